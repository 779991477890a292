"""Triggers that keep the cubes of published listings right inside each writing transaction."""

from django.db import migrations

RENT_STEPS = [6000, 8000, 10000, 12000, 15000, 18000, 22000]
PRICE_STEPS = [2000000, 3000000, 4000000, 5000000, 6000000, 8000000]


def step(column, steps):
    cases = " ".join(f"WHEN {column} <= {limit} THEN {i}" for i, limit in enumerate(steps))
    return f"CASE WHEN {column} IS NULL THEN -1 {cases} ELSE {len(steps)} END"


# table, cube, column of the cube -> expression over a row of the table
CUBES = [
    (
        "digital_stemme_home",
        "digital_stemme_homecube",
        {
            "kind": "kind",
            "dwelling": "dwelling",
            "neighbourhood": "neighbourhood",
            "bedrooms": "CASE WHEN bedrooms IS NULL THEN -1 ELSE LEAST(bedrooms, 5) END",
            "pets": "pets",
            "step_free": "step_free",
            "rent_step": step("rent_nok", RENT_STEPS),
            "price_step": step("price_nok", PRICE_STEPS),
            "available_month": "COALESCE(EXTRACT(YEAR FROM available_from)::int * 12"
            " + EXTRACT(MONTH FROM available_from)::int - 1, -1)",
        },
    ),
    (
        "digital_stemme_vacancy",
        "digital_stemme_vacancycube",
        {
            name: name
            for name in (
                "occupation",
                "extent",
                "engagement",
                "sector",
                "work_language",
                "remote",
                "place",
                "is_member_employer",
            )
        },
    ),
]


def function_sql(table, cube, columns):
    names = ", ".join(columns)
    expressions = ", ".join(columns.values())
    numbers = ", ".join(str(i + 1) for i in range(len(columns)))

    def changes(*sources):
        parts = " UNION ALL ".join(
            f"SELECT {expressions}, {sign} AS n FROM {rows} WHERE state = 'published'"
            for rows, sign in sources
        )
        # The order keeps two writers that touch the same combinations from waiting for each other.
        return f"""
            INSERT INTO {cube} ({names}, n)
            SELECT {names}, sum(n) FROM ({parts}) AS change ({names}, n)
            GROUP BY {names} HAVING sum(n) <> 0 ORDER BY {numbers}
            ON CONFLICT ({names}) DO UPDATE SET n = {cube}.n + excluded.n;
        """

    added, removed = ("new_rows", "1"), ("old_rows", "-1")
    return f"""
        CREATE FUNCTION {table}_count() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'INSERT' THEN {changes(added)}
            ELSIF TG_OP = 'UPDATE' THEN {changes(added, removed)}
            ELSIF TG_OP = 'DELETE' THEN {changes(removed)}
            ELSE DELETE FROM {cube};
            END IF;
            RETURN NULL;
        END $$;
        CREATE TRIGGER {table}_count_insert AFTER INSERT ON {table}
            REFERENCING NEW TABLE AS new_rows
            FOR EACH STATEMENT EXECUTE FUNCTION {table}_count();
        CREATE TRIGGER {table}_count_update AFTER UPDATE ON {table}
            REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
            FOR EACH STATEMENT EXECUTE FUNCTION {table}_count();
        CREATE TRIGGER {table}_count_delete AFTER DELETE ON {table}
            REFERENCING OLD TABLE AS old_rows
            FOR EACH STATEMENT EXECUTE FUNCTION {table}_count();
        CREATE TRIGGER {table}_count_truncate AFTER TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION {table}_count();
    """


def drop_sql(table):
    triggers = "".join(
        f"DROP TRIGGER {table}_count_{event} ON {table};"
        for event in ("insert", "update", "delete", "truncate")
    )
    return f"{triggers} DROP FUNCTION {table}_count();"


class Migration(migrations.Migration):
    dependencies = [("digital_stemme", "0001_initial")]

    operations = [
        migrations.RunSQL(function_sql(table, cube, columns), drop_sql(table))
        for table, cube, columns in CUBES
    ]
