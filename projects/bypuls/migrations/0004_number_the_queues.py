"""Number those who wait, in the order in which they came."""

from django.db import migrations

NUMBER = """
UPDATE bypuls_signup SET queue_number = numbered.number
FROM (
    SELECT id, row_number() OVER (PARTITION BY event_id ORDER BY id) AS number
    FROM bypuls_signup WHERE state = 'waiting'
) AS numbered WHERE numbered.id = bypuls_signup.id;
UPDATE bypuls_event SET queue_counter = longest.number
FROM (SELECT event_id, max(queue_number) AS number FROM bypuls_signup GROUP BY event_id) AS longest
WHERE longest.event_id = bypuls_event.id AND longest.number IS NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("bypuls", "0003_wider_events")]

    operations = [migrations.RunSQL(NUMBER, migrations.RunSQL.noop)]
