from django.db import migrations

from vekst.pagecache.triggers import watch


class Migration(migrations.Migration):
    dependencies = [
        ("pagecache", "0002_watch_public_tables"),
        ("bypuls", "0003_wider_events"),
    ]

    operations = [watch("bypuls_eventseries")]
