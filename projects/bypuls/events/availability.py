"""Say in words whether there is room at an event, and whether it takes place at all."""

import datetime as dt
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.bypuls.models import Admission, Event, EventStatus
from vekst import formats

# From here on the page says how many are left, which makes people hurry.
FEW = 10


@dataclass(frozen=True)
class Availability:
    """
    A label for a tag, its colour, and whether the sign-up form would take anybody now.

    `note` says for whom the seats are, when they are not for all.
    """

    label: str
    color: str
    is_open: bool = False
    has_seats: bool = False
    note: str = ""


def describe(event: Event, *, at: dt.datetime, held: int = 0) -> Availability:
    """
    Return how it stands with room at `event`.

    `held` seats are kept for those who fill in the form; a list that does not ask for them says how it
    will be if nobody finishes.
    """
    if event.status == EventStatus.CANCELLED:
        return Availability(_("Avlyst"), "danger")
    if event.status == EventStatus.POSTPONED:
        return Availability(_("Utsatt"), "warning")
    if event.status == EventStatus.HELD or (event.is_date_set and event.ends_at <= at):
        return Availability(_("Er holdt"), "neutral")
    if not event.takes_signups:
        return Availability(_("Bare møt opp"), "success", has_seats=True)
    if event.is_date_set and at >= event.closes_at:
        return Availability(_("Påmeldingen er stengt"), "neutral")
    if event.signup_opens_at is not None and at < event.signup_opens_at:
        opens = formats.day_text(event.signup_opens_at)
        return Availability(_("Påmeldingen åpner %(date)s") % {"date": opens}, "info")
    note = _for_whom(event, at)
    if event.admission == Admission.INVITED:
        return Availability(_("Bare for inviterte"), "neutral", note=note)
    if not event.is_date_set:
        return Availability(_("Meld interesse"), "info", is_open=True, note=note)
    room = _room(event, held, note)
    circle = _circle(event, at) if room.has_seats else ""
    # A card has room for one word or two, and "free seats" would be untrue for most of its readers.
    return replace(room, label=circle, color="info") if circle else room


def _circle(event: Event, at: dt.datetime) -> str:
    """Name those whom the free seats are for, in a word or two; empty when they are for all."""
    if event.admission == Admission.FORUM:
        return _("Bare for forumet")
    if event.admission == Admission.MEMBERS:
        return _("For medlemmer")
    if event.members_first_until is not None and at < event.members_first_until:
        return _("Medlemmer først")
    return ""


def _for_whom(event: Event, at: dt.datetime) -> str:
    if event.admission == Admission.INVITED:
        return _("Lenken til påmelding står i invitasjonen.")
    if event.admission == Admission.FORUM:
        return _("Bare for dem som har plass i forumet.")
    if event.admission == Admission.MEMBERS:
        return _("For ansatte i medlemsbedrifter.")
    if event.members_first_until is not None and at < event.members_first_until:
        return _("Bare for ansatte i medlemsbedrifter fram til %(moment)s.") % {
            "moment": formats.moment_text(event.members_first_until)
        }
    return ""


def _room(event: Event, held: int, note: str) -> Availability:
    left = event.seats_left
    free = None if left is None else max(left - held, 0)
    if event.waiting_taken == 0 and (free is None or free >= FEW):
        return Availability(_("Ledige plasser"), "success", is_open=True, has_seats=True, note=note)
    if event.waiting_taken == 0 and free:
        label = ngettext("%(count)s plass igjen", "%(count)s plasser igjen", free)
        return Availability(
            label % {"count": free}, "gold", is_open=True, has_seats=True, note=note
        )
    if event.waiting_taken == 0 and left:
        return Availability(_("Holdt av akkurat nå"), "warning", is_open=True, note=note)
    if event.waiting_left:
        return Availability(_("Fullt – venteliste"), "warning", is_open=True, note=note)
    return Availability(_("Fullt"), "danger")
