"""
What is put out after an event: slides, minutes and pictures, with the consent of those pictured.

Files and pictures have no address of their own: the views ask each time whether they may be seen.
"""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from members.accounts.models import User
from members.posts.models import PostItem
from projects.bypuls.events.survey import SurveyResults, survey_results
from projects.bypuls.models import Event, EventMaterial, EventPhoto, EventStatus, MaterialKind
from vekst.uploads import clean_document, clean_picture


class AfterwardsError(Exception):
    """That cannot be put out; the message can be shown."""


@transaction.atomic
def publish_material(
    event_id: int,
    *,
    kind: str,
    title: str,
    file: UploadedFile | None = None,
    link: str = "",
    by: User | None,
    at: dt.datetime,
) -> EventMaterial:
    """
    Put out a file or a link. Raises AfterwardsError before the event has begun, and ValidationError for a
    file that is none of ours.
    """
    event = Event.objects.select_for_update().get(pk=event_id)
    _check_begun(event, at)
    material = EventMaterial(
        event=event,
        kind=MaterialKind(kind),
        title=title.strip(),
        link=link,
        added_by=by,
        added_at=at,
        published_at=at,
    )
    if file is not None:
        keep_file(material, file)
    material.full_clean()
    material.save()
    return material


def keep_file(material: EventMaterial, upload: UploadedFile) -> None:
    """Give the row a file that somebody sent, checked. The row is not saved. Raises ValidationError."""
    content = clean_document(upload)
    suffix = (content.name or "").rpartition(".")[2]
    stem = (upload.name or "").rpartition("/")[2].rpartition(".")[0] or str(_("fil"))
    material.file.save(content.name or "", content, save=False)
    material.file_name = f"{stem[:100]}.{suffix}"
    material.size_bytes = content.size


@transaction.atomic
def remove_material(material_id: int, *, by: User | None) -> None:
    """Take a file or a link away, from the disk too. One that is gone changes nothing."""
    material = EventMaterial.objects.select_for_update().filter(pk=material_id).first()
    if material is None:
        return
    file = material.file
    material.delete()
    if file:
        transaction.on_commit(lambda: file.delete(save=False))


@transaction.atomic
def add_photo(
    event_id: int,
    *,
    picture: UploadedFile,
    alt: str,
    caption: str = "",
    credit: str = "",
    shows_people: bool = True,
    consent_note: str = "",
    by: User | None,
    at: dt.datetime,
) -> EventPhoto:
    """
    Put out a picture, written anew. Raises AfterwardsError when people can be recognised and nobody says
    that they agree, and ValidationError for what is no picture.
    """
    event = Event.objects.select_for_update().get(pk=event_id)
    _check_begun(event, at)
    if shows_people and not consent_note.strip():
        raise AfterwardsError(_("Skriv hvem på bildet som har sagt ja til å vises."))
    photo = EventPhoto(
        event=event,
        picture=clean_picture(picture),
        alt=alt.strip(),
        caption=caption.strip(),
        credit=credit.strip(),
        shows_people=shows_people,
        consent_note=consent_note.strip() if shows_people else "",
        consent_at=at if shows_people else None,
        consent_by=by if shows_people else None,
        added_at=at,
        published_at=at,
    )
    photo.full_clean(exclude=["picture"])
    photo.save()
    return photo


def _check_begun(event: Event, at: dt.datetime) -> None:
    if at < event.starts_at:
        raise AfterwardsError(_("Arrangementet har ikke begynt."))
    if event.status in (EventStatus.CANCELLED, EventStatus.POSTPONED):
        raise AfterwardsError(
            _("Arrangementet er %(status)s.") % {"status": event.get_status_display().lower()}
        )


# --- Consent -----------------------------------------------------------------------------------
@dataclass(frozen=True)
class Use:
    """A place where a picture was shown."""

    title: str
    url: str


def uses_of(photo: EventPhoto) -> list[Use]:
    """Return where the picture is or was shown: the event's page, and posts with its address in the text."""
    event = photo.event
    uses = [Use(event.title, event.get_absolute_url())]
    # The address without a language; that of any other holds it too.
    with translation.override(settings.LANGUAGE_CODE):
        address = reverse("bypuls:event_photo", args=[event.slug, photo.pk])
    items = PostItem.objects.filter(body__contains=address).select_related("post")
    posts = {item.post_id: item.post for item in items.order_by("post_id")}
    return uses + [Use(str(post), post.get_absolute_url()) for post in posts.values()]


@transaction.atomic
def withdraw_consent(photo_id: int, *, by: User | None, at: dt.datetime) -> list[Use]:
    """
    Hide a picture at once, because somebody on it does not want to be shown any more.

    Returns where it was used, so that whoever runs those pages can put another in its place. A second
    time changes nothing.
    """
    photo = EventPhoto.objects.select_for_update().select_related("event").get(pk=photo_id)
    if photo.consent_withdrawn_at is None:
        photo.consent_withdrawn_at, photo.withdrawn_by = at, by
        photo.save(update_fields=["consent_withdrawn_at", "withdrawn_by"])
    return uses_of(photo)


# --- For the page of the event -----------------------------------------------------------------
@dataclass(frozen=True)
class Afterwards:
    """What the public page of an event that is over shows of it."""

    materials: list[EventMaterial]
    photos: list[EventPhoto]
    attendance: int | None
    survey: SurveyResults

    @property
    def is_empty(self) -> bool:
        has_figures = self.attendance is not None or self.survey.is_shown
        return not (self.materials or self.photos or has_figures)


def afterwards_of(event: Event, *, at: dt.datetime) -> Afterwards | None:
    """Return what is out after an event that has begun; None while it lies ahead. Four queries."""
    if at < event.starts_at:
        return None
    materials = list(EventMaterial.objects.published(at).filter(event=event).order_by("kind", "pk"))
    photos = list(EventPhoto.objects.shown().filter(event=event).order_by("pk"))
    for material in materials:
        material.event = event
    for photo in photos:
        photo.event = event
    return Afterwards(materials, photos, event.attendance, survey_results(event))
