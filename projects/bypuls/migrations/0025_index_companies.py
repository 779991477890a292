from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bypuls", "0024_series_titles_are_bokmal")]

    operations = [
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                *map(
                    models.F,
                    (
                        *("company", "starts_at", "ends_at", "id", "topic", "audience", "language"),
                        *("is_free", "has_room", "venue", "main_project"),
                    ),
                ),
                condition=models.Q(
                    ("is_date_set", True),
                    ("is_unlisted", False),
                    ("publication", "published"),
                    ("company__isnull", False),
                ),
                name="bypuls_event_by_company",
            ),
        ),
    ]
