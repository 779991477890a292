from django.db import migrations

from vekst.pagecache.triggers import watch


class Migration(migrations.Migration):
    dependencies = [
        ("pagecache", "0010_watch_corrections"),
        ("mailings", "0015_reader_counts"),
    ]

    operations = [watch("mailings_readercount")]
