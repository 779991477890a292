from django.db import migrations

from vekst.pagecache.triggers import watch


class Migration(migrations.Migration):
    dependencies = [
        ("pagecache", "0007_watch_afterwards"),
        ("posts", "0004_pictures"),
    ]

    operations = [watch("posts_picture")]
