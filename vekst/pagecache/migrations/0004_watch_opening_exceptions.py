from django.db import migrations

from vekst.pagecache.triggers import watch


class Migration(migrations.Migration):
    dependencies = [
        ("pagecache", "0003_watch_series"),
        ("bypuls", "0007_exceptions_and_holidays"),
    ]

    operations = [watch("bypuls_openingexception")]
