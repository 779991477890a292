"""A series is found as long as it has public dates ahead: what changes with them notes it too."""

from django.db import migrations

# Of all that is written to an event, only this says something of its series. Sign-ups change the counters
# alone, many times a second, and must not fill the queue.
SAYS = (
    "publication, is_unlisted, is_date_set, status, starts_at, ends_at, summary_nb, summary_en, "
    "organiser, place, venue_id, topic, series_id"
)
OLD = ", ".join(f"o.{name}" for name in SAYS.split(", "))
NEW = ", ".join(f"n.{name}" for name in SAYS.split(", "))

CREATE = f"""
CREATE FUNCTION search_note_series() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO search_change (kind, object_id)
            SELECT DISTINCT 'series', series_id FROM new_rows WHERE series_id IS NOT NULL;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO search_change (kind, object_id)
            SELECT DISTINCT 'series', series_id FROM old_rows WHERE series_id IS NOT NULL;
    ELSE
        INSERT INTO search_change (kind, object_id)
            SELECT DISTINCT 'series', series_id FROM (
                SELECT unnest(ARRAY[o.series_id, n.series_id]) AS series_id
                FROM new_rows n JOIN old_rows o USING (id)
                WHERE (o.series_id IS NOT NULL OR n.series_id IS NOT NULL)
                AND ({OLD}) IS DISTINCT FROM ({NEW})
            ) AS said WHERE series_id IS NOT NULL;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER search_inserted_date AFTER INSERT ON bypuls_event
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION search_note_series();
CREATE TRIGGER search_updated_date AFTER UPDATE ON bypuls_event
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION search_note_series();
CREATE TRIGGER search_deleted_date AFTER DELETE ON bypuls_event
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION search_note_series();

CREATE FUNCTION search_note_whole_series() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Also the one that this one goes on from: only the newest is found.
    INSERT INTO search_change (kind, object_id)
        SELECT DISTINCT 'series', series_id
        FROM changed_rows CROSS JOIN LATERAL unnest(ARRAY[id, continues_id]) AS series_id
        WHERE series_id IS NOT NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER search_inserted_series AFTER INSERT ON bypuls_eventseries
    REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION search_note_whole_series();
CREATE TRIGGER search_updated_series AFTER UPDATE ON bypuls_eventseries
    REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION search_note_whole_series();
CREATE TRIGGER search_deleted_series AFTER DELETE ON bypuls_eventseries
    REFERENCING OLD TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION search_note_whole_series();
"""
DROP = """
DROP TRIGGER search_inserted_series ON bypuls_eventseries;
DROP TRIGGER search_updated_series ON bypuls_eventseries;
DROP TRIGGER search_deleted_series ON bypuls_eventseries;
DROP FUNCTION search_note_whole_series();
DROP TRIGGER search_inserted_date ON bypuls_event;
DROP TRIGGER search_updated_date ON bypuls_event;
DROP TRIGGER search_deleted_date ON bypuls_event;
DROP FUNCTION search_note_series();
"""


class Migration(migrations.Migration):
    dependencies = [("search", "0002_note_changes"), ("bypuls", "0024_series_titles_are_bokmal")]

    operations = [
        migrations.RunSQL(CREATE, DROP),
        # Those that are there already, to be indexed when the job runs next.
        migrations.RunSQL(
            "INSERT INTO search_change (kind, object_id) SELECT 'series', id FROM bypuls_eventseries",
            migrations.RunSQL.noop,
        ),
    ]
