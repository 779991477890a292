import datetime
import io

import factory
from django.core.files.base import ContentFile
from factory.django import DjangoModelFactory
from PIL import Image

from members.posts.models import Photo, Post, PostItem, PostState

NOW = datetime.datetime(2026, 3, 13, 14, tzinfo=datetime.UTC)


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (160, 90), "#00594f").save(out, "JPEG")
    return out.getvalue()


class PostFactory(DjangoModelFactory[Post]):
    class Meta:
        model = Post

    year = 2026
    week = factory.Sequence(lambda n: n % 52 + 1)
    title = factory.Sequence(lambda n: f"Frokost og framdrift {n}")
    intro = "Uka i Kongsberg, fortalt kort."

    class Params:
        published = factory.Trait(state=PostState.PUBLISHED, published_at=NOW)


class PostItemFactory(DjangoModelFactory[PostItem]):
    class Meta:
        model = PostItem

    post = factory.SubFactory(PostFactory)
    position = factory.Sequence(int)
    weekday = 4
    heading = factory.Sequence(lambda n: f"Frokostmøte {n}")
    body = "<p>Over 30 var med, og <strong>praten</strong> gikk.</p>"


class PhotoFactory(DjangoModelFactory[Photo]):
    class Meta:
        model = Photo
        # The picture is on disk when the row is written.
        skip_postgeneration_save = True

    post = factory.SubFactory(PostFactory)
    image = factory.LazyFunction(lambda: ContentFile(picture(), "bilde.jpg"))
    alt = "Morgenlys over Nymoen"
    caption = "Torsdag morgen på Nymoen."
    credit = "Eksempel"
    shows_people = False
