from django.db import migrations

from vekst.pagecache.triggers import watch


class Migration(migrations.Migration):
    dependencies = [
        ("pagecache", "0005_watch_places_and_pulse"),
        ("bypuls", "0003_wider_events"),
    ]

    operations = [watch("bypuls_seriesexception"), watch("bypuls_schoolholiday")]
