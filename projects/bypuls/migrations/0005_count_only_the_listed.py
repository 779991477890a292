"""Leave events for a closed circle out of the counts, and let the queue be numbered from now on."""

from django.db import migrations, models

COLUMNS = "topic, audience, language, is_free, has_room, venue_id"

FUNCTION = f"""
CREATE OR REPLACE FUNCTION bypuls_count_events() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    horizon timestamptz;
BEGIN
    -- A sign-up that leaves the event open changes nothing that is counted, and takes no lock.
    -- The inner question is read only for updates: other statements have no table of both kinds.
    IF TG_OP = 'UPDATE' THEN
        IF NOT EXISTS (
            SELECT 1 FROM old_rows o JOIN new_rows n USING (id)
            WHERE (o.publication, o.is_unlisted, o.starts_at, o.topic, o.audience, o.language, o.is_free, o.has_room, o.venue_id)
                IS DISTINCT FROM
                (n.publication, n.is_unlisted, n.starts_at, n.topic, n.audience, n.language, n.is_free, n.has_room, n.venue_id)
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
        WHERE publication = 'published' AND NOT is_unlisted AND starts_at >= horizon GROUP BY {COLUMNS};
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO bypuls_eventcount ({COLUMNS}, number)
        SELECT {COLUMNS}, -count(*) FROM old_rows
        WHERE publication = 'published' AND NOT is_unlisted AND starts_at >= horizon GROUP BY {COLUMNS};
    ELSE
        INSERT INTO bypuls_eventcount ({COLUMNS}, number)
        SELECT {COLUMNS}, sum(number) FROM (
            SELECT {COLUMNS}, -1 AS number FROM old_rows
            WHERE publication = 'published' AND NOT is_unlisted AND starts_at >= horizon
            UNION ALL
            SELECT {COLUMNS}, 1 FROM new_rows
            WHERE publication = 'published' AND NOT is_unlisted AND starts_at >= horizon
        ) AS change GROUP BY {COLUMNS} HAVING sum(number) <> 0;
    END IF;
    RETURN NULL;
END $$;
"""



class Migration(migrations.Migration):
    dependencies = [("bypuls", "0004_number_the_queues")]

    operations = [
        migrations.RunSQL(FUNCTION, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='signup',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['waiting', 'offered']), _negated=True), ('queue_number__isnull', False), _connector='OR'), name='bypuls_signup_queue_numbered'),
        ),
    ]
