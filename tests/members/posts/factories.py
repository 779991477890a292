import datetime
import io
from typing import Any

import factory
from django.core.files.base import ContentFile
from factory.django import DjangoModelFactory
from PIL import Image

from members.posts.models import Photo, Picture, Post, PostItem, PostState
from members.posts.pictures import keeping

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


class PictureFactory(DjangoModelFactory[Picture]):
    """A picture with its files on the disk, as the editors' form leaves it before a worker has come."""

    class Meta:
        model = Picture

    description = "Morgenlys over Nymoen"
    credit = "Eksempel"
    shows_people = False
    at = NOW
    by = None

    @classmethod
    def _create(cls, model_class: type[Picture], *args: Any, **kwargs: Any) -> Picture:
        file = ContentFile(kwargs.pop("content", None) or picture(), "bilde.jpg")
        return keeping.keep(file, **kwargs)


class PhotoFactory(DjangoModelFactory[Photo]):
    class Meta:
        model = Photo

    class Params:
        shows_people = False

    post = factory.SubFactory(PostFactory)
    picture = factory.SubFactory(
        PictureFactory, shows_people=factory.SelfAttribute("..shows_people")
    )
    alt = "Morgenlys over Nymoen"
    caption = "Torsdag morgen på Nymoen."
    credit = "Eksempel"
