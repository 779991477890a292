"""What the sender of a listing hears from us, in the language in which it was sent in."""

import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from members.mailings.ledger import MailKind, enqueue
from members.mailings.models import Delivery
from projects.digital_stemme.models import Home, Vacancy
from vekst.links import BadLinkError, make_token, read_token

__all__ = ["BadLinkError", "listing_of", "manage_url", "write"]


def _purpose(model: type[Home | Vacancy]) -> str:
    return "home" if model is Home else "vacancy"


def manage_url(listing: Home | Vacancy) -> str:
    """Return the absolute address where the sender changes or withdraws the listing."""
    purpose = _purpose(type(listing))
    path = reverse(
        f"digital_stemme:{purpose}_edit", args=[make_token(f"{purpose}-edit", listing.pk)]
    )
    return settings.SITE_URL + path


def listing_of(model: type[Home | Vacancy], token: str) -> int:
    """Return the primary key of the listing that a mailed link is for. Raises BadLinkError."""
    return read_token(f"{_purpose(model)}-edit", token)


def _occasion(listing: Home | Vacancy, event: str) -> str:
    """The same event of the same version mails once; the end is an occasion of its own day."""
    name = f"{_purpose(type(listing))}-{listing.pk}"
    if event == "expiring":
        return f"{name}-{_last_day(listing)}"
    return f"{name}-v{listing.version}-{event}"


def _last_day(listing: Home | Vacancy) -> datetime.date:
    if isinstance(listing, Home):
        return listing.expires_on
    return timezone.localdate(listing.expires_at - datetime.timedelta(seconds=1))


def write(
    listing: Home | Vacancy, *, event: str, kind: MailKind, at: datetime.datetime
) -> Delivery | None:
    """Write the mail of one event into the ledger; None without an address or when it is there already."""
    if not listing.contact_email:
        return None
    with translation.override(listing.submitted_language):
        context = {
            "listing": listing,
            "is_home": isinstance(listing, Home),
            "manage_url": manage_url(listing),
            "public_url": settings.SITE_URL + listing.get_absolute_url(),
            "last_day": _last_day(listing),
            "programme_name": settings.PROGRAMME_NAME,
            "contact_email": settings.CONTACT_EMAIL,
        }
        title = render_to_string(f"digital_stemme/mail/{event}_subject.txt", context)
        text = render_to_string(f"digital_stemme/mail/{event}_body.txt", context)
    return enqueue(
        kind=kind,
        subject=_occasion(listing, event),
        recipient=listing.contact_email,
        title=title,
        text=text,
        mandatory=True,
        at=at,
    )
