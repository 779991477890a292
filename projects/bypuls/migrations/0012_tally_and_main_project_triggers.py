"""Keep the tally of public events and their main project right inside every transaction. See `counts.py`."""

from django.db import migrations

FACETS = ("topic", "audience", "language", "is_free", "has_room", "venue_id", "main_project")
NAMES = ("topic", "audience", "language", "free", "room", "venue", "main_project")
CELL = ", ".join(f"coalesce({name}, '')" for name in NAMES)


def row(alias: str) -> str:
    columns = ("publication", "is_unlisted", "is_date_set", "starts_at", *FACETS)
    return ", ".join(f"{alias}.{column}" for column in columns)


def rows(table: str, sign: int) -> str:
    return (
        f"SELECT {sign} AS sign, topic, audience, language, "
        "CASE WHEN is_free THEN 'ja' ELSE '-' END AS free, "
        "CASE WHEN has_room THEN 'ja' ELSE '-' END AS room, "
        "coalesce(venue_id::text, '-') AS venue, "
        "coalesce(nullif(main_project, ''), '-') AS main_project "
        f"FROM {table} WHERE publication = 'published' AND NOT is_unlisted AND is_date_set "
        "AND starts_at >= horizon"
    )


def insert(*sources: str) -> str:
    return f"""
        INSERT INTO bypuls_eventtally (cell, number)
        SELECT concat_ws('/', {CELL}), sum(sign) FROM ({" UNION ALL ".join(sources)}) AS changed
        GROUP BY CUBE ({", ".join(NAMES)})
        HAVING sum(sign) <> 0 AND free IS DISTINCT FROM '-' AND room IS DISTINCT FROM '-'
            AND venue IS DISTINCT FROM '-' AND main_project IS DISTINCT FROM '-';
    """


TALLY = f"""
CREATE FUNCTION bypuls_tally_events() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    horizon timestamptz;
BEGIN
    -- A sign-up that leaves the event open changes nothing that is counted, and takes no lock.
    -- The inner question is read only for updates: other statements have no table of both kinds.
    IF TG_OP = 'UPDATE' THEN
        IF NOT EXISTS (
            SELECT 1 FROM old_rows o JOIN new_rows n USING (id)
            WHERE ({row("o")}) IS DISTINCT FROM ({row("n")})
        ) THEN
            RETURN NULL;
        END IF;
    END IF;
    -- The share lock makes whoever moves the horizon wait for us, and us for them.
    SELECT starts_at INTO horizon FROM bypuls_eventtallyhorizon WHERE id = 1 FOR SHARE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'INSERT' THEN {insert(rows("new_rows", 1))}
    ELSIF TG_OP = 'DELETE' THEN {insert(rows("old_rows", -1))}
    ELSE {insert(rows("old_rows", -1), rows("new_rows", 1))}
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER bypuls_tally_insert AFTER INSERT ON bypuls_event
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION bypuls_tally_events();
CREATE TRIGGER bypuls_tally_update AFTER UPDATE ON bypuls_event
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION bypuls_tally_events();
CREATE TRIGGER bypuls_tally_delete AFTER DELETE ON bypuls_event
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION bypuls_tally_events();
"""
NO_TALLY = """
DROP TRIGGER bypuls_tally_insert ON bypuls_event;
DROP TRIGGER bypuls_tally_update ON bypuls_event;
DROP TRIGGER bypuls_tally_delete ON bypuls_event;
DROP FUNCTION bypuls_tally_events();
"""

MAIN_PROJECT = """
CREATE FUNCTION bypuls_event_main_project() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The share lock waits for whoever is moving the project to another main project.
    NEW.main_project := coalesce(
        (SELECT main_project FROM portfolio_project WHERE id = NEW.project_id FOR SHARE), ''
    );
    RETURN NEW;
END $$;
CREATE TRIGGER bypuls_event_main_project BEFORE INSERT OR UPDATE OF project_id, main_project ON bypuls_event
    FOR EACH ROW EXECUTE FUNCTION bypuls_event_main_project();
CREATE FUNCTION bypuls_project_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE bypuls_event SET main_project = NEW.main_project WHERE project_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER bypuls_project_moved AFTER UPDATE OF main_project ON portfolio_project
    FOR EACH ROW WHEN (OLD.main_project IS DISTINCT FROM NEW.main_project)
    EXECUTE FUNCTION bypuls_project_moved();
"""
NO_MAIN_PROJECT = """
DROP TRIGGER bypuls_project_moved ON portfolio_project;
DROP FUNCTION bypuls_project_moved();
DROP TRIGGER bypuls_event_main_project ON bypuls_event;
DROP FUNCTION bypuls_event_main_project();
"""


class Migration(migrations.Migration):
    dependencies = [("bypuls", "0011_main_project_and_tally")]

    operations = [
        migrations.RunSQL(TALLY, NO_TALLY),
        migrations.RunSQL(MAIN_PROJECT, NO_MAIN_PROJECT),
    ]
