"""Demo content of what comes in: a calendar of somebody else's, read twice, and a queue that waits for answers."""

import datetime as dt

from django.utils import timezone

from projects.bypuls.events.answering import answer_due
from projects.bypuls.events.duplicates import flag_duplicates
from projects.bypuls.events.importing import feeds
from projects.bypuls.models import Event, ImportSource, NoteKind, Publication, SubmissionNote, Topic

SOURCE = "Eksempel: Sølvbyen strikkeklubb"
FILE = "strikkeklubben.ics"
KNITTING = "Strikkekveld for alle"
# As a calendar program would write it; the days are filled in from the day of loading.
CALENDAR = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Eksempel//Kalender//NO
BEGIN:VEVENT
UID:strikkekveld@strikk.example.no
DTSTART;TZID=Europe/Oslo:{tuesday}T180000
DTEND;TZID=Europe/Oslo:{tuesday}T200000
RRULE:FREQ=WEEKLY;COUNT=6
EXDATE;TZID=Europe/Oslo:{third_tuesday}T180000
SUMMARY:{title}
LOCATION:Kongsberg bibliotek
DESCRIPTION:Ta med det du strikker på\\, eller lån garn av oss. Arrangementet er oppdiktet.
END:VEVENT
BEGIN:VEVENT
UID:strikkekveld@strikk.example.no
RECURRENCE-ID;TZID=Europe/Oslo:{second_tuesday}T180000
DTSTART;TZID=Europe/Oslo:{second_tuesday}T{hour}0000
DTEND;TZID=Europe/Oslo:{second_tuesday}T210000
SUMMARY:{title}
LOCATION:Kongsberg bibliotek
DESCRIPTION:Ta med det du strikker på\\, eller lån garn av oss. Arrangementet er oppdiktet.
END:VEVENT
BEGIN:VEVENT
UID:strikkehelg@strikk.example.no
DTSTART;VALUE=DATE:{saturday}
DTEND;VALUE=DATE:{monday}
SUMMARY:Strikkehelg på hytta
LOCATION:Hytta til strikkeklubben
DESCRIPTION:To dager med pinner og peis. Arrangementet er oppdiktet.
END:VEVENT
BEGIN:VEVENT
UID:feil@strikk.example.no
DTSTART;TZID=Europe/Oslo:{saturday}T180000
DTEND;TZID=Europe/Oslo:{saturday}T170000
SUMMARY:Oppføring med feil slutt
LOCATION:Kongsberg bibliotek
END:VEVENT
END:VCALENDAR
"""
_SENDER = {"submitter_name": "Eksempel Innsender", "submitter_email": "innsender@example.no"}


def load(*, at: dt.datetime) -> None:
    """Read the calendar as it was yesterday and as it is today, and let three submissions wait."""
    if ImportSource.objects.filter(name=SOURCE).exists():
        return
    source = ImportSource.objects.create(
        name=SOURCE,
        organiser="Eksempel: Sølvbyen strikkeklubb",
        topic=Topic.SOCIAL,
        publishes_at_once=True,
        is_example=True,
        place="Kongsberg",
    )
    for moment, hour in ((at - dt.timedelta(days=1), "18"), (at, "19")):
        feeds.import_file(
            source,
            _calendar(at, hour=hour).encode(),
            file_name=FILE,
            keep_good=True,
            is_everything=True,
            at=moment,
        )
    _queue(at)


def _tuesday(at: dt.datetime) -> dt.date:
    """The first Tuesday that lies a whole day or more ahead."""
    today = timezone.localdate(at)
    return today + dt.timedelta(days=2 + (1 - today.weekday() - 2) % 7)


def _calendar(at: dt.datetime, *, hour: str) -> str:
    tuesday = _tuesday(at)
    days = {
        "tuesday": 0,
        "second_tuesday": 7,
        "third_tuesday": 14,
        "saturday": 11,
        "monday": 13,
    }
    written = {
        name: f"{tuesday + dt.timedelta(days=number):%Y%m%d}" for name, number in days.items()
    }
    return CALENDAR.format(title=KNITTING, hour=hour, **written)


def _queue(at: dt.datetime) -> None:
    day = dt.timedelta(days=1)
    evening = timezone.make_aware(dt.datetime.combine(_tuesday(at), dt.time(18)))
    late = _submission("Kransekakekurs for nybegynnere", evening + 16 * day, sent=at - 5 * day)
    fresh = _submission("Strikkekveld for alle!", evening, sent=at, place="Biblioteket")
    Event.objects.filter(pk=fresh.pk).update(organiser="Eksempel: Sølvbyen strikkeklubb")
    asked = _submission("Loppemarked i gymsalen", evening + 20 * day, sent=at - 2 * day)
    note = "Hvilken skole er det? Skriv gjerne adressen, så finner folk fram."
    Event.objects.filter(pk=asked.pk).update(
        publication=Publication.CHANGES_ASKED, moderation_note=note
    )
    SubmissionNote.objects.create(
        event=asked, kind=NoteKind.CHANGES_ASKED, text=note, created_at=at - day
    )
    flag_duplicates([late.pk, fresh.pk, asked.pk], at=at)


def _submission(
    title: str, starts_at: dt.datetime, *, sent: dt.datetime, place: str = "Skolekjøkkenet"
) -> Event:
    """Write a submission without mail: nobody with this address exists."""
    event = Event.objects.create(
        title=title,
        slug=f"eksempel-innsendt-{starts_at:%Y%m%d}-{len(title)}",
        summary="Et oppdiktet tips som viser køen av det folk sender inn.",
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(hours=2),
        place=place,
        organiser="Eksempel Forening",
        topic=Topic.SOCIAL,
        is_example=True,
        publication=Publication.SUBMITTED,
        submitted_at=sent,
        answer_due_at=answer_due(sent),
        created_at=sent,
        changed_at=sent,
        **_SENDER,
    )
    SubmissionNote.objects.create(event=event, kind=NoteKind.SENT_IN, created_at=sent)
    return event
