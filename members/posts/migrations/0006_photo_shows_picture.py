"""
A photo no longer holds a file of its own.

The old columns stay in the database, with defaults, so that code of before this change still runs beside
the new; a later migration drops them and lets no photo be without a picture.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

OLD = ("image", "width", "height", "shows_people", "consent_confirmed_at", "consent_confirmed_by")
DEFAULTS = {"image": "''", "width": "0", "height": "0", "shows_people": "true"}


class Migration(migrations.Migration):

    dependencies = [
        ("posts", "0005_pictures_of_photos"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # An account is deleted without asking a column that nobody reads.
        migrations.AlterField(
            model_name="photo",
            name="consent_confirmed_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="bekreftet av",
            ),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"ALTER TABLE posts_photo ALTER COLUMN {column} SET DEFAULT {default}",
                    f"ALTER TABLE posts_photo ALTER COLUMN {column} DROP DEFAULT",
                )
                for column, default in DEFAULTS.items()
            ],
            state_operations=[
                *(migrations.RemoveField(model_name="photo", name=name) for name in OLD),
                migrations.AlterField(
                    model_name="photo",
                    name="picture",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="photos",
                        to="posts.picture",
                        verbose_name="bilde",
                    ),
                ),
            ],
        ),
        migrations.AlterModelOptions(
            name="photo",
            options={
                "default_manager_name": "objects",
                "verbose_name": "bilde i post",
                "verbose_name_plural": "bilder i poster",
            },
        ),
    ]
