from django.db import migrations

from vekst.pagecache.triggers import watch

TABLES = ("bypuls_counter", "bypuls_countreading", "bypuls_meetingroom", "bypuls_venuephoto")


class Migration(migrations.Migration):
    dependencies = [
        ("pagecache", "0004_watch_opening_exceptions"),
        ("bypuls", "0009_places_kept_and_pulse"),
    ]

    operations = [watch(table) for table in TABLES]
