"""
A calendar of one's own sign-ups, to subscribe to: known by a signed address that can be called back.

The address is given to nobody but the holder of the e-mail address: by mail, or on Min side. A link to one
sign-up may have been passed on, and is no key to the others.
"""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from members.mailings.ledger import MailKind, enqueue
from projects.bypuls.calendar.calendar_file import calendar_text
from projects.bypuls.models import EventStatus, OwnCalendar, Publication, SignUp, SignUpState
from vekst.links import BadLinkError, make_token, read_token

CALENDAR_LINK = "bypuls.own-calendar"
# What was held lately stays, so that it does not vanish from calendars the same evening.
LOOK_BACK = dt.timedelta(days=30)
MOST = 500
IN_CALENDAR = (SignUpState.ATTENDING, SignUpState.OFFERED, SignUpState.WAITING)


# --- The address ----------------------------------------------------------------------------------
def find(token: str) -> OwnCalendar | None:
    """Return the calendar that the address names; None when it is called back, or none of ours."""
    try:
        pk = read_token(CALENDAR_LINK, token)
    except BadLinkError:
        return None
    return OwnCalendar.objects.filter(pk=pk).first()


def address_of(calendar: OwnCalendar, name: str) -> str:
    """Return the address of the calendar's page or file, by the name of its view."""
    token = make_token(CALENDAR_LINK, calendar.pk)
    return settings.SITE_URL + reverse(f"bypuls:{name}", args=[token])


def open_for(email: str, *, at: dt.datetime) -> OwnCalendar:
    """Return the calendar of this address, made if it has none."""
    address = email.strip().lower()
    calendar, _made = OwnCalendar.objects.get_or_create(email=address, defaults={"created_at": at})
    return calendar


@transaction.atomic
def renew(email: str, *, at: dt.datetime) -> OwnCalendar:
    """Give the calendar a new address. Whoever subscribes by the old one gets nothing any more."""
    close(email)
    return open_for(email, at=at)


def close(email: str) -> bool:
    """Call the address back; return whether there was one."""
    return bool(OwnCalendar.objects.filter(email=email.strip().lower()).delete()[0])


@transaction.atomic
def send_address(email: str, *, language: str, is_new: bool = False, at: dt.datetime) -> None:
    """Mail the address to whom it belongs, at most once an hour unless it `is_new`."""
    calendar = renew(email, at=at) if is_new else open_for(email, at=at)
    with translation.override(language):
        context = {
            "url": address_of(calendar, "own_calendar"),
            "is_new": is_new,
            "programme": settings.PROGRAMME_NAME,
        }
        title = render_to_string("bypuls/mail/own_calendar_subject.txt", context)
        text = render_to_string("bypuls/mail/own_calendar_body.txt", context)
    enqueue(
        kind=MailKind.SIGNUP_RECEIPT,
        subject=f"calendar-{calendar.pk}-{at.astimezone(dt.UTC):%Y%m%d%H}",
        recipient=calendar.email,
        title=title,
        text=text.strip() + "\n",
        mandatory=True,
        at=at,
    )


# --- What stands in it ----------------------------------------------------------------------------
def signups_in(calendar: OwnCalendar, *, at: dt.datetime) -> list[SignUp]:
    """
    Return what the address has a seat at or waits for, by the start, with `event` and its `venue`.

    What is called off is not there, so that it disappears from the calendar; what is moved stands at its
    new time. One query.
    """
    signups = SignUp.objects.filter(
        email=calendar.email,
        state__in=IN_CALENDAR,
        event__publication=Publication.PUBLISHED,
        event__is_date_set=True,
        event__ends_at__gte=at - LOOK_BACK,
    )
    ahead = signups.exclude(event__status=EventStatus.CANCELLED).select_related("event__venue")
    return list(ahead.order_by("event__starts_at", "event", "pk")[:MOST])


def own_calendar_text(calendar: OwnCalendar, *, at: dt.datetime) -> str:
    """Return the calendar file. A party that has split stands there once, with the seat it has."""
    events, has_seat = {}, dict[int, bool]()
    for signup in signups_in(calendar, at=at):
        events[signup.event_id] = signup.event
        seated = signup.state == SignUpState.ATTENDING
        has_seat[signup.event_id] = has_seat.get(signup.event_id, False) or seated
    name = _("Påmeldingene mine: %(programme)s") % {"programme": settings.PROGRAMME_NAME}
    return calendar_text(events.values(), name=name, own=has_seat)
