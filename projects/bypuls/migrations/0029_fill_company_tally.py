"""Count what companies hold already. Whoever changes an event meanwhile waits for the horizon."""

from django.db import migrations

NAMES = ("topic", "audience", "language", "free", "room", "venue", "main_project")
CELL = ", ".join(f"coalesce({name}, '')" for name in NAMES)

FILL = f"""
SELECT starts_at FROM bypuls_eventtallyhorizon WHERE id = 1 FOR UPDATE;
DELETE FROM bypuls_companytally;
INSERT INTO bypuls_companytally (company_id, cell, number)
SELECT company_id, concat_ws('/', {CELL}), count(*) FROM (
    SELECT company_id, topic, audience, language,
        CASE WHEN is_free THEN 'ja' ELSE '-' END AS free,
        CASE WHEN has_room THEN 'ja' ELSE '-' END AS room,
        coalesce(venue_id::text, '-') AS venue,
        coalesce(nullif(main_project, ''), '-') AS main_project
    FROM bypuls_event
    WHERE publication = 'published' AND NOT is_unlisted AND is_date_set AND company_id IS NOT NULL
        AND starts_at >= (SELECT starts_at FROM bypuls_eventtallyhorizon WHERE id = 1)
) AS counted
GROUP BY company_id, CUBE ({", ".join(NAMES)})
HAVING free IS DISTINCT FROM '-' AND room IS DISTINCT FROM '-'
    AND venue IS DISTINCT FROM '-' AND main_project IS DISTINCT FROM '-';
"""


class Migration(migrations.Migration):
    dependencies = [("bypuls", "0028_company_tally")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
