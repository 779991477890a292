"""Let the trigger note the main project of the events that are there."""

from django.db import migrations

FILL = "UPDATE bypuls_event SET main_project = '' WHERE project_id IS NOT NULL;"


class Migration(migrations.Migration):
    dependencies = [("bypuls", "0012_tally_and_main_project_triggers")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
