from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import F


def copy(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Say that the names written so far are in Bokmål."""
    apps.get_model("bypuls", "EventSeries").objects.filter(title_nb=None).update(title_nb=F("title"))


class Migration(migrations.Migration):
    dependencies = [("bypuls", "0023_series_titles_in_english")]

    operations = [migrations.RunPython(copy, migrations.RunPython.noop)]
