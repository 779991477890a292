"""Say in words whether there is room at an event, and whether it takes place at all."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.bypuls.models import Event, EventStatus
from vekst import formats

# From here on the page says how many are left, which makes people hurry.
FEW = 10


@dataclass(frozen=True)
class Availability:
    """A label for a tag, its colour, and whether the sign-up form would take anybody now."""

    label: str
    color: str
    is_open: bool = False
    has_seats: bool = False


def describe(event: Event, *, at: dt.datetime) -> Availability:
    """Return how it stands with room at `event`."""
    if event.status == EventStatus.CANCELLED:
        return Availability(_("Avlyst"), "danger")
    if event.status == EventStatus.POSTPONED:
        return Availability(_("Utsatt"), "warning")
    if event.status == EventStatus.HELD or event.ends_at <= at:
        return Availability(_("Er holdt"), "neutral")
    if not event.takes_signups:
        return Availability(_("Bare møt opp"), "success", has_seats=True)
    if at >= event.closes_at:
        return Availability(_("Påmeldingen er stengt"), "neutral")
    if event.signup_opens_at is not None and at < event.signup_opens_at:
        opens = formats.day_text(event.signup_opens_at)
        return Availability(_("Påmeldingen åpner %(date)s") % {"date": opens}, "info")
    return _room(event)


def _room(event: Event) -> Availability:
    left = event.seats_left
    if event.waiting_taken == 0 and (left is None or left >= FEW):
        return Availability(_("Ledige plasser"), "success", is_open=True, has_seats=True)
    if event.waiting_taken == 0 and left:
        label = ngettext("%(count)s plass igjen", "%(count)s plasser igjen", left)
        return Availability(label % {"count": left}, "gold", is_open=True, has_seats=True)
    if event.waiting_left:
        return Availability(_("Fullt – venteliste"), "warning", is_open=True)
    return Availability(_("Fullt"), "danger")
