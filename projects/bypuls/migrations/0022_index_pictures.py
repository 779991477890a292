from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bypuls", "0021_free_slugs")]

    operations = [
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                models.F("picture"),
                condition=models.Q(("picture", ""), _negated=True),
                name="bypuls_event_picture",
            ),
        ),
    ]
