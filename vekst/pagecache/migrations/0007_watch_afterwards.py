from django.db import migrations

from vekst.pagecache.triggers import watch


class Migration(migrations.Migration):
    dependencies = [
        ("pagecache", "0006_watch_skipped_days"),
        ("bypuls", "0016_afterwards_and_answers"),
    ]

    operations = [
        watch("bypuls_eventmaterial"),
        watch("bypuls_eventphoto"),
        watch("bypuls_surveyanswer"),
    ]
