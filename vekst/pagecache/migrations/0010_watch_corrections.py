from django.db import migrations

from vekst.pagecache.triggers import watch


class Migration(migrations.Migration):
    dependencies = [
        ("pagecache", "0009_watch_cards"),
        ("posts", "0008_workflow"),
    ]

    operations = [watch("posts_correctionnote")]
