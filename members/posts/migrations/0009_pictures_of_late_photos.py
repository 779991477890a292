"""
Give the last photos their pictures: those that code of before 0006 put in while it ran beside 0005.

The old columns are in the database and no longer in the models, so they are read as they stand.
"""

from django.db import migrations
from django.utils import timezone

LATE = """
    SELECT photo.id, photo.image, photo.width, photo.height, photo.alt, photo.credit,
           photo.shows_people, photo.consent_confirmed_at, account.id, post.created_at
    FROM posts_photo photo
    JOIN posts_post post ON post.id = photo.post_id
    LEFT JOIN accounts_user account ON account.id = photo.consent_confirmed_by_id
    WHERE photo.picture_id IS NULL
    ORDER BY photo.id
"""


def make_pictures(apps, schema_editor):
    Photo = apps.get_model("posts", "Photo")
    Picture = apps.get_model("posts", "Picture")
    PictureConsent = apps.get_model("posts", "PictureConsent")
    now = timezone.now()
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(LATE)
        rows = cursor.fetchall()
    for pk, image, width, height, alt, credit, shows_people, consent_at, consent_by, since in rows:
        picture = Picture(
            width=width,
            height=height,
            shown_width=width,
            shown_height=height,
            description=alt,
            credit=credit,
            shows_people=shows_people,
            consent_at=consent_at,
            consent_by_id=consent_by,
            changed_at=now,
            uploaded_at=since,
        )
        picture.file.name = image
        picture.save()
        Photo.objects.filter(pk=pk).update(picture=picture)
        if consent_at is not None:
            PictureConsent.objects.create(
                picture=picture,
                person="Ikke navngitt",
                how="spoken",
                given_on=timezone.localdate(consent_at),
                recorded_at=consent_at,
                recorded_by_id=consent_by,
            )


class Migration(migrations.Migration):

    dependencies = [("posts", "0008_workflow")]

    operations = [migrations.RunPython(make_pictures, migrations.RunPython.noop)]
