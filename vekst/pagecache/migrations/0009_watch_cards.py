from django.db import migrations

from vekst.pagecache.triggers import watch


class Migration(migrations.Migration):
    dependencies = [
        ("pagecache", "0008_watch_pictures"),
        ("posts", "0007_cards"),
    ]

    operations = [watch("posts_postcard")]
