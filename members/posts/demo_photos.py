"""Pictures of the demo content: a landscape for each post, and one of people, with crop, focus and consent."""

import datetime

from django.core.files.base import ContentFile

from members.posts.demo_pictures import paint
from members.posts.models import ConsentHow, Photo, Post, PostItem
from members.posts.pictures import consents, keeping

PEOPLE = ("Eksempelperson Én", "Eksempelperson To", "Eksempelperson Tre", "Eksempelperson Fire")
CREDIT = "Eksempel"
# As an editor would cut it: less sky, and the people in focus.
CROP: dict[str, object] = {"cut_top": 12, "cut_left": 8, "focus_x": 66, "focus_y": 70}


def put_landscape_in(
    post: Post, *, palette: str, alt: str, seed: int, at: datetime.datetime
) -> Photo:
    """Paint the picture on top of a post."""
    picture = keeping.keep(
        ContentFile(paint(palette=palette, seed=seed), "eksempel.jpg"),
        description=alt,
        credit=CREDIT,
        shows_people=False,
        at=at,
        by=None,
    )
    return Photo.objects.create(
        post=post,
        picture=picture,
        alt=alt,
        caption="Tegnet landskap, laget til eksempelinnholdet.",
        credit=CREDIT,
    )


def put_people_in(item: PostItem, *, at: datetime.datetime) -> Photo:
    """Paint four people who have all agreed, beside a piece."""
    alt = "Illustrasjon: fire personer i silhuett foran åser i kveldslys."
    picture = keeping.keep(
        ContentFile(paint(palette="evening", seed=7, people=len(PEOPLE)), "eksempel.jpg"),
        description=alt,
        credit=CREDIT,
        at=at,
        by=None,
    )
    keeping.change(picture_id=picture.pk, fields=CROP, at=at, by=None)
    consents.record(
        picture_id=picture.pk,
        people=PEOPLE,
        how=ConsentHow.SIGN_UP,
        given_on=at.date(),
        expires_on=at.date() + datetime.timedelta(days=730),
        at=at,
        by=None,
    )
    return Photo.objects.create(
        post=item.post,
        item=item,
        picture=picture,
        alt=alt,
        caption="Tegnede deltakere. Slik ser et bilde ut der alle har samtykket.",
        credit=CREDIT,
    )
