"""Triggers that keep the small cube of homes right, as 0002 does for the large one; and its first fill."""

from django.db import migrations

COLUMNS = {
    "kind": "kind",
    "dwelling": "dwelling",
    "neighbourhood": "neighbourhood",
    "bedrooms": "CASE WHEN bedrooms IS NULL THEN -1 ELSE LEAST(bedrooms, 5) END",
    "pets": "pets",
    "step_free": "step_free",
}
NAMES = ", ".join(COLUMNS)
NUMBERS = ", ".join(str(i + 1) for i in range(len(COLUMNS)))
CUBE = "digital_stemme_homesmallcube"


def changes(*sources):
    parts = " UNION ALL ".join(
        f"SELECT {', '.join(COLUMNS.values())}, {sign} AS n FROM {rows} WHERE state = 'published'"
        for rows, sign in sources
    )
    return f"""
        INSERT INTO {CUBE} ({NAMES}, n)
        SELECT {NAMES}, sum(n) FROM ({parts}) AS change ({NAMES}, n)
        GROUP BY {NAMES} HAVING sum(n) <> 0 ORDER BY {NUMBERS}
        ON CONFLICT ({NAMES}) DO UPDATE SET n = {CUBE}.n + excluded.n;
    """


FORWARD = f"""
    CREATE FUNCTION digital_stemme_home_count_small() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN {changes(("new_rows", "1"))}
        ELSIF TG_OP = 'UPDATE' THEN {changes(("new_rows", "1"), ("old_rows", "-1"))}
        ELSIF TG_OP = 'DELETE' THEN {changes(("old_rows", "-1"))}
        ELSE DELETE FROM {CUBE};
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER digital_stemme_home_count_small_insert AFTER INSERT ON digital_stemme_home
        REFERENCING NEW TABLE AS new_rows
        FOR EACH STATEMENT EXECUTE FUNCTION digital_stemme_home_count_small();
    CREATE TRIGGER digital_stemme_home_count_small_update AFTER UPDATE ON digital_stemme_home
        REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
        FOR EACH STATEMENT EXECUTE FUNCTION digital_stemme_home_count_small();
    CREATE TRIGGER digital_stemme_home_count_small_delete AFTER DELETE ON digital_stemme_home
        REFERENCING OLD TABLE AS old_rows
        FOR EACH STATEMENT EXECUTE FUNCTION digital_stemme_home_count_small();
    CREATE TRIGGER digital_stemme_home_count_small_truncate AFTER TRUNCATE ON digital_stemme_home
        FOR EACH STATEMENT EXECUTE FUNCTION digital_stemme_home_count_small();
    INSERT INTO {CUBE} ({NAMES}, n)
    SELECT {NAMES}, sum(n) FROM digital_stemme_homecube GROUP BY {NAMES};
"""
BACKWARD = (
    "".join(
        f"DROP TRIGGER digital_stemme_home_count_small_{event} ON digital_stemme_home;"
        for event in ("insert", "update", "delete", "truncate")
    )
    + "DROP FUNCTION digital_stemme_home_count_small();"
)


class Migration(migrations.Migration):
    dependencies = [("digital_stemme", "0004_small_cube")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
