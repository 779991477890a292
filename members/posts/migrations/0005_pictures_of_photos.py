from django.db import migrations
from django.utils import timezone


def make_pictures(apps, schema_editor):
    """Give each photo the picture that it has shown so far, with the consent that was confirmed."""
    Photo = apps.get_model("posts", "Photo")
    Picture = apps.get_model("posts", "Picture")
    PictureConsent = apps.get_model("posts", "PictureConsent")
    now = timezone.now()
    for photo in Photo.objects.filter(picture=None).select_related("post").order_by("pk"):
        picture = Picture(
            width=photo.width,
            height=photo.height,
            shown_width=photo.width,
            shown_height=photo.height,
            description=photo.alt,
            credit=photo.credit,
            shows_people=photo.shows_people,
            consent_at=photo.consent_confirmed_at,
            consent_by_id=photo.consent_confirmed_by_id,
            changed_at=now,
            uploaded_at=photo.post.created_at,
        )
        # The file stays where it is; a worker makes the sizes beside it.
        picture.file.name = photo.image.name
        picture.save()
        photo.picture = picture
        photo.save(update_fields=["picture"])
        if photo.consent_confirmed_at is not None:
            PictureConsent.objects.create(
                picture=picture,
                person="Ikke navngitt",
                how="spoken",
                given_on=timezone.localdate(photo.consent_confirmed_at),
                recorded_at=photo.consent_confirmed_at,
                recorded_by_id=photo.consent_confirmed_by_id,
            )


class Migration(migrations.Migration):

    dependencies = [("posts", "0004_pictures")]

    operations = [migrations.RunPython(make_pictures, migrations.RunPython.noop)]
