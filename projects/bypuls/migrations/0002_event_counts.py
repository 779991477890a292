"""Keep the counts of public events right inside every transaction that changes one. See `counts.py`."""

from django.db import migrations

COLUMNS = "topic, audience, language, is_free, has_room, venue_id"

FUNCTION = f"""
CREATE FUNCTION bypuls_count_events() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    horizon timestamptz;
BEGIN
    -- A sign-up that leaves the event open changes nothing that is counted, and takes no lock.
    -- The inner question is read only for updates: other statements have no table of both kinds.
    IF TG_OP = 'UPDATE' THEN
        IF NOT EXISTS (
            SELECT 1 FROM old_rows o JOIN new_rows n USING (id)
            WHERE (o.publication, o.starts_at, o.topic, o.audience, o.language, o.is_free, o.has_room, o.venue_id)
                IS DISTINCT FROM
                (n.publication, n.starts_at, n.topic, n.audience, n.language, n.is_free, n.has_room, n.venue_id)
        ) THEN
            RETURN NULL;
        END IF;
    END IF;
    -- The share lock makes whoever moves the horizon wait for us, and us for them.
    SELECT starts_at INTO horizon FROM bypuls_eventcounthorizon WHERE id = 1 FOR SHARE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'INSERT' THEN
        INSERT INTO bypuls_eventcount ({COLUMNS}, number)
        SELECT {COLUMNS}, count(*) FROM new_rows
        WHERE publication = 'published' AND starts_at >= horizon GROUP BY {COLUMNS};
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO bypuls_eventcount ({COLUMNS}, number)
        SELECT {COLUMNS}, -count(*) FROM old_rows
        WHERE publication = 'published' AND starts_at >= horizon GROUP BY {COLUMNS};
    ELSE
        INSERT INTO bypuls_eventcount ({COLUMNS}, number)
        SELECT {COLUMNS}, sum(number) FROM (
            SELECT {COLUMNS}, -1 AS number FROM old_rows
            WHERE publication = 'published' AND starts_at >= horizon
            UNION ALL
            SELECT {COLUMNS}, 1 FROM new_rows
            WHERE publication = 'published' AND starts_at >= horizon
        ) AS change GROUP BY {COLUMNS} HAVING sum(number) <> 0;
    END IF;
    RETURN NULL;
END $$;
"""


def trigger(event: str, tables: str) -> str:
    return (
        f"CREATE TRIGGER bypuls_count_{event.lower()} AFTER {event} ON bypuls_event "
        f"REFERENCING {tables} FOR EACH STATEMENT EXECUTE FUNCTION bypuls_count_events();"
    )


class Migration(migrations.Migration):
    dependencies = [("bypuls", "0001_initial")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION bypuls_count_events();"),
        migrations.RunSQL(
            trigger("INSERT", "NEW TABLE AS new_rows"),
            "DROP TRIGGER bypuls_count_insert ON bypuls_event;",
        ),
        migrations.RunSQL(
            trigger("UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
            "DROP TRIGGER bypuls_count_update ON bypuls_event;",
        ),
        migrations.RunSQL(
            trigger("DELETE", "OLD TABLE AS old_rows"),
            "DROP TRIGGER bypuls_count_delete ON bypuls_event;",
        ),
    ]
