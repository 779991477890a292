"""The people who keep a place's page: invited by staff, handed over to a colleague; and the photos they send."""

import datetime as dt

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from members.accounts.models import User
from members.mailings.ledger import MailKind, enqueue
from projects.bypuls.models import Venue, VenueContact, VenuePhoto
from projects.bypuls.places.keeping import ProposalError

MOST_WAITING_PHOTOS = 10


@transaction.atomic
def invite(
    venue: Venue,
    *,
    email: str,
    name: str = "",
    is_trusted: bool = True,
    by: User | None,
    at: dt.datetime,
) -> VenueContact:
    """Let the person keep the place's page, and mail them how. Whoever does already is told again."""
    contact, _created = VenueContact.objects.get_or_create(
        venue=venue,
        email=email.strip().lower(),
        defaults={
            "name": name.strip(),
            "is_trusted": is_trusted,
            "added_by": by,
            "added_at": at,
        },
    )
    _mail(contact, "contact_invited", f"venue-contact-{contact.pk}-{at:%Y-%m-%d}", by=by, at=at)
    return contact


@transaction.atomic
def hand_over(
    contact: VenueContact, *, email: str, name: str, stays: bool, by: User, at: dt.datetime
) -> VenueContact:
    """
    Let a colleague keep the page, beside the contact or in their stead. Raises ProposalError.

    The colleague is trusted as the contact is, no more.
    """
    if email.strip().lower() == contact.email:
        raise ProposalError(_("Det er din egen adresse."))
    colleague = invite(
        contact.venue, email=email, name=name, is_trusted=contact.is_trusted, by=by, at=at
    )
    if not stays:
        contact.delete()
    return colleague


@transaction.atomic
def send_photo(
    contact: VenueContact,
    picture: "ContentFile[bytes]",
    *,
    alt: str,
    credit: str,
    at: dt.datetime,
) -> VenuePhoto:
    """Keep a cleaned picture until staff have looked at it. Raises ProposalError."""
    Venue.objects.select_for_update().get(pk=contact.venue_id)
    waiting = VenuePhoto.objects.filter(venue=contact.venue_id, approved_at=None).count()
    if waiting >= MOST_WAITING_PHOTOS:
        raise ProposalError(
            _("Det ligger alt mange bilder og venter på svar. Send flere når vi har sett på dem.")
        )
    last = VenuePhoto.objects.filter(venue=contact.venue_id).count()
    return VenuePhoto.objects.create(
        venue=contact.venue,
        picture=picture,
        alt=alt,
        credit=credit,
        position=last,
        sent_at=at,
        sent_by=contact.email,
    )


@transaction.atomic
def approve_photo(photo_id: int, *, at: dt.datetime) -> VenuePhoto:
    """Show the photo on the place's page."""
    photo = VenuePhoto.objects.select_for_update().get(pk=photo_id)
    if photo.approved_at is None:
        photo.approved_at = at
        photo.save(update_fields=["approved_at"])
        _mail_photo(photo, "photo_approved", "", at=at)
    return photo


@transaction.atomic
def remove_photo(photo_id: int, *, reply: str = "", at: dt.datetime) -> None:
    """Take the photo away, file and all, and tell whoever sent it if it was never shown."""
    photo = VenuePhoto.objects.select_for_update().get(pk=photo_id)
    if photo.approved_at is None:
        _mail_photo(photo, "photo_refused", reply, at=at)
    storage, name = photo.picture.storage, photo.picture.name
    photo.delete()
    transaction.on_commit(lambda: storage.delete(str(name)))


def _mail(
    contact: VenueContact, template: str, occasion: str, *, by: User | None, at: dt.datetime
) -> None:
    context = {
        "contact": contact,
        "venue": contact.venue,
        "by": by.get_full_name() if by else "",
        "venue_url": settings.SITE_URL + contact.venue.get_absolute_url(),
        "keeping_url": settings.SITE_URL + reverse("bypuls:kept_venue", args=[contact.venue.slug]),
        "programme": settings.PROGRAMME_NAME,
    }
    _send(MailKind.VENUE_CONTACT, occasion, contact.email, template, context, at=at)


def _mail_photo(photo: VenuePhoto, template: str, reply: str, *, at: dt.datetime) -> None:
    if not photo.sent_by:
        return
    context = {
        "photo": photo,
        "venue": photo.venue,
        "reply": reply.strip(),
        "venue_url": settings.SITE_URL + photo.venue.get_absolute_url(),
        "programme": settings.PROGRAMME_NAME,
    }
    occasion = f"venue-photo-{photo.pk}-{template}"
    _send(MailKind.SUBMISSION_DECIDED, occasion, photo.sent_by, template, context, at=at)


def _send(
    kind: MailKind,
    occasion: str,
    recipient: str,
    template: str,
    context: dict[str, object],
    *,
    at: dt.datetime,
) -> None:
    enqueue(
        kind=kind,
        subject=occasion,
        recipient=recipient,
        title=render_to_string(f"bypuls/mail/{template}_subject.txt", context),
        text=render_to_string(f"bypuls/mail/{template}_body.txt", context).strip() + "\n",
        mandatory=True,
        at=at,
    )
