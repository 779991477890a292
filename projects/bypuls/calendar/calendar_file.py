"""Calendar files (RFC 5545): the same UID everywhere, and a higher SEQUENCE after each change."""

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Component, vCalAddress, vText
from icalendar import Event as Entry

from members.mailings.ledger import Attachment
from projects.bypuls.models import Event, EventStatus, SignUp
from vekst import formats

PUBLISH, REQUEST, CANCEL = "PUBLISH", "REQUEST", "CANCEL"
# The rule of the European Union since 1996, in local time as it is before each change (RFC 5545, 3.6.5).
_ZONE = """\
BEGIN:VTIMEZONE
TZID:Europe/Oslo
BEGIN:DAYLIGHT
DTSTART:19960331T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
"""
_STATUS = {
    EventStatus.POSTPONED: "TENTATIVE",
    EventStatus.CANCELLED: "CANCELLED",
}


def calendar_text(
    events: Iterable[Event],
    *,
    method: str = PUBLISH,
    attendee: SignUp | None = None,
    name: str = "",
    own: Mapping[int, bool] | None = None,
) -> str:
    """
    Return a calendar with these events; they need `venue`.

    `REQUEST` and `CANCEL` are for one attendee's own calendar and need `attendee`; `PUBLISH` is for
    downloads and subscriptions. In a subscription to one's `own` sign-ups that says of each event, by its
    key, whether one has a seat there or waits for one.
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.PROGRAMME_NAME}//Arrangementer//NO")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    if name:
        calendar.add("x-wr-calname", name)
        calendar.add("name", name)
        calendar.add("refresh-interval", dt.timedelta(hours=1), parameters={"value": "DURATION"})
        calendar.add("x-published-ttl", "PT1H")
    calendar.add_component(_zone())
    for event in events:
        has_seat = own[event.pk] if own is not None else None
        calendar.add_component(_entry(event, method, attendee, has_seat))
    return bytes(calendar.to_ical()).decode()


@cache
def _zone() -> Component:
    """The time zone, read once: one calendar after the other is written when an event changes."""
    return Component.from_ical(_ZONE)


def _entry(event: Event, method: str, attendee: SignUp | None, has_seat: bool | None) -> Entry:
    entry = Entry()
    usual = "TENTATIVE" if has_seat is False else "CONFIRMED"
    status = "CANCELLED" if method == CANCEL else _STATUS.get(EventStatus(event.status), usual)
    address = settings.SITE_URL + event.get_absolute_url()
    entry.add("uid", event.uid)
    entry.add("dtstamp", event.changed_at.astimezone(dt.UTC))
    entry.add("last-modified", event.changed_at.astimezone(dt.UTC))
    entry.add("sequence", event.sequence)
    entry.add("summary", _title(event, waits=has_seat is False))
    starts_at, ends_at = timezone.localtime(event.starts_at), timezone.localtime(event.ends_at)
    if formats.is_whole_days(starts_at, ends_at):
        entry.add("dtstart", starts_at.date())
        entry.add("dtend", ends_at.date())
    else:
        entry.add("dtstart", starts_at)
        entry.add("dtend", ends_at)
    entry.add("location", location_text(event))
    if event.venue is not None and event.venue.latitude is not None:
        entry.add("geo", (float(event.venue.latitude), float(event.venue.longitude or 0)))
    # What is for a closed circle has no page of its own to lead to.
    shows_page = has_seat is None or event.is_listed
    if shows_page:
        entry.add("url", address)
    entry.add("description", f"{event.summary}\n\n{address}" if shows_page else event.summary)
    entry.add("status", status)
    entry.add("transp", "OPAQUE" if attendee or has_seat else "TRANSPARENT")
    entry.add("categories", [event.get_topic_display()])
    _relate(entry, event)
    if attendee is not None:
        _invite(entry, event, attendee, method)
    return entry


def _title(event: Event, *, waits: bool) -> str:
    if event.status == EventStatus.CANCELLED:
        # For programs that show what is called off; most take it out by its status.
        return _("Avlyst: %(title)s") % {"title": event.title}
    if event.status == EventStatus.POSTPONED:
        return _("Utsatt: %(title)s") % {"title": event.title}
    if waits:
        return _("På venteliste: %(title)s") % {"title": event.title}
    return event.title


def _relate(entry: Entry, event: Event) -> None:
    """Say which dates are of one series. Each has a UID of its own, see docs/adr/006."""
    if event.series_id is not None:
        host = urlsplit(settings.SITE_URL).hostname or "localhost"
        uid = f"serie-{event.series_id}@{host}"
        entry.add("related-to", uid, parameters={"reltype": "PARENT"})


def _invite(entry: Entry, event: Event, attendee: SignUp, method: str) -> None:
    organiser = vCalAddress(f"mailto:{event.contact_email or settings.CONTACT_EMAIL}")
    organiser.params["CN"] = vText(event.organiser)
    entry.add("organizer", organiser)
    person = vCalAddress(f"mailto:{attendee.email}")
    person.params["CN"] = vText(attendee.name)
    person.params["PARTSTAT"] = vText("ACCEPTED" if method == REQUEST else "DECLINED")
    person.params["RSVP"] = vText("FALSE")
    entry.add("attendee", person, encode=False)


def location_text(event: Event) -> str:
    """Return where it is with the address of the place; needs `venue`."""
    parts = [event.place_text]
    if event.venue is not None and event.venue.full_address:
        parts.append(event.venue.full_address)
    return ", ".join(parts)


def attachment(event: Event, signup: SignUp, *, method: str) -> Attachment:
    """Return the file that puts the event into, or takes it out of, this person's calendar."""
    return {
        "name": "invite.ics",
        "type": f"text/calendar; method={method}; charset=utf-8",
        "content": calendar_text([event], method=method, attendee=signup),
    }
