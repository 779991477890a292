"""
One event from the day it is sent in until its minutes are out, told by the mail that people got.

The clock is moved four hours at a time. At every stop each beat job runs twice, and the ledger is
sent to a real SMTP server; people answer by the links in the mails that came out of it.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

import icalendar
import pytest
import time_machine
from django.test import Client

from members.mailings.models.delivery import Delivery, DeliveryState
from members.mailings.sending import send_due
from projects.bypuls import tasks
from projects.bypuls.events import moderation
from projects.bypuls.events.afterwards import publish_material
from projects.bypuls.events.changes import move_event
from projects.bypuls.events.survey import survey_results
from projects.bypuls.models import Event, ReminderRule, ReminderState, SignUp, Topic
from projects.bypuls.signups import reminder_rules
from projects.bypuls.signups.check_in import check_in
from projects.bypuls.signups.figures import figures_of
from projects.bypuls.signups.queue import queue_number
from projects.bypuls.signups.seats import counter_drift
from projects.bypuls.signups.signup import Party, cancel, sign_up
from tests.members.mailings.smtp_sink import Sink, start_sink
from tests.projects.bypuls.factories import OSLO

pytestmark = pytest.mark.django_db
TITLE = "Frokost om robotikk"
BEAT_JOBS = (
    tasks.write_event_reminders,
    tasks.write_announcements,
    tasks.settle_queues,
    tasks.settle_events,
)


def moment(day: int, hour: int, minute: int = 0) -> dt.datetime:
    """A moment of December 2026; day 0 is 30 November, a Monday."""
    start = dt.datetime(2026, 11, 30, hour, minute, tzinfo=OSLO)
    return start + dt.timedelta(days=day)


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    found, controller = start_sink()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", found.port
    yield found
    controller.stop()


@dataclass
class Town:
    """The clock, the mail that came, and the people who answer it."""

    sink: Sink
    clock: Any

    def go_to(self, until: dt.datetime) -> None:
        """Let the time pass until `until`, with every beat job on the way, each of them twice."""
        now = dt.datetime.now(tz=OSLO)
        while now < until:
            now = min(now + dt.timedelta(hours=4), until)
            self.clock.move_to(now, tick=False)
            self.beat()

    def beat(self) -> None:
        for job in BEAT_JOBS * 2:
            job()
        for _ in range(2):
            send_due(clock=lambda: dt.datetime.now(tz=OSLO))

    def letters(self, name: str) -> list[EmailMessage]:
        return [found.message for found in self.sink.to(f"{name}@example.no")]

    def link(self, name: str, path: str) -> str:
        """The address of this kind in the latest mail to the person that holds one."""
        for letter in reversed(self.letters(name)):
            found = re.search(rf"http://testserver(/{path}/\S+)", text_of(letter))
            if found:
                return found.group(1)
        raise AssertionError(f"{name} was never sent a link to {path}")

    def answer(self, name: str, path: str, **data: str) -> None:
        """Press a button on the page that the person's mail leads to. Opening it changes nothing."""
        address = self.link(name, path)
        before = list(SignUp.objects.order_by("pk").values())
        assert Client().get(address).status_code == 200
        assert list(SignUp.objects.order_by("pk").values()) == before
        assert Client().post(address, data).status_code in (200, 302)
        # A double click, or another tab.
        Client().post(address, data)


def text_of(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def calendar_of(letter: EmailMessage) -> tuple[str, int, str] | None:
    """The calendar file that came along: what it does, its SEQUENCE, and the day of the event."""
    files = [part for part in letter.walk() if part.get_content_type() == "text/calendar"]
    if not files:
        return None
    (part,) = files
    calendar: Any = icalendar.Calendar.from_ical(part.get_content())
    (entry,) = calendar.walk("VEVENT")
    assert entry["UID"] == Event.objects.get().uid
    assert calendar["METHOD"] == part.get_param("method")
    assert entry["ATTENDEE"] == f"mailto:{letter['To']}"
    start = entry.decoded("DTSTART").astimezone(OSLO)
    return str(calendar["METHOD"]), int(entry["SEQUENCE"]), f"{start:%d.%m. %H.%M}"


def story(town: Town, name: str) -> list[tuple[str, str, tuple[str, int, str] | None]]:
    """Every mail to the person as it came out of the server: kind, title, and what its calendar file does."""
    kinds = dict(Delivery.objects.values_list("message_id", "kind"))
    return [
        (kinds[str(letter["Message-ID"]).strip()], str(letter["Subject"]), calendar_of(letter))
        for letter in town.letters(name)
    ]


def join(event: Event, name: str, **fields: Any) -> SignUp:
    party = Party(name=name.capitalize(), email=f"{name}@example.no", **fields)
    return sign_up(event.pk, party, at=dt.datetime.now(tz=OSLO)).signup


def an_event_sent_in(town: Town) -> Event:
    event = Event(
        title=TITLE,
        summary="Kaffe og roboter",
        starts_at=moment(10, 12),
        ends_at=moment(10, 14),
        place="Torget",
        organiser="Kari",
        topic=Topic.TECHNOLOGY,
        takes_signups=True,
        capacity=3,
        waiting_list_capacity=5,
        submitter_name="Kari",
        submitter_email="kari@example.no",
    )
    moderation.submit(event, at=moment(0, 10))
    town.beat()
    moderation.publish(event.pk, at=moment(0, 10))
    rule = ReminderRule(
        event=event,
        purpose="confirm",
        offset_minutes=-2 * 24 * 60,
        local_time=dt.time(10),
        frees_after_minutes=24 * 60,
    )
    reminder_rules.save_rule(rule, at=moment(0, 10))
    return event


def test_each_person_gets_each_mail_once_through_the_whole_life_of_an_event(sink: Sink):
    with time_machine.travel(moment(0, 10), tick=False) as clock:
        town = Town(sink, clock)
        event = an_event_sent_in(town)

        # It fills up, and four wait.
        names = ["anna", "bo", "cato", "dina", "emil", "fia", "gry"]
        people = {name: join(event, name) for name in names}
        join(event, "anna")  # the same form once more
        town.beat()
        assert [queue_number(people[name]) for name in names[3:]] == [1, 2, 3, 4]

        # Bo signs off; Dina is offered the seat and does not answer; Emil takes it.
        cancel(people["bo"].pk, at=moment(0, 10))
        town.go_to(moment(1, 10))
        town.answer("emil", "arrangementer/min-pamelding", action="accept")
        assert states(event) == "anna:attending bo:cancelled cato:attending dina:lapsed " + (
            "emil:attending fia:waiting gry:waiting"
        )

        # It is moved one day; everybody who still wants to come is told.
        town.go_to(moment(4, 12))
        move_event(
            event.pk,
            starts_at=moment(11, 12),
            ends_at=moment(11, 14),
            venue=None,
            place="Torget",
            reason="Salen er opptatt.",
            at=moment(4, 12),
        )
        town.beat()

        # Two days before, those with a seat are asked. Anna comes, Emil does not, Cato says nothing.
        town.go_to(moment(9, 10))
        town.answer("anna", "arrangementer/bekreft", action="confirm")
        town.answer("emil", "arrangementer/bekreft", action="free")
        town.beat()
        town.answer("fia", "arrangementer/min-pamelding", action="accept")
        town.go_to(moment(10, 10))
        town.answer("gry", "arrangementer/min-pamelding", action="accept")
        assert states(event) == "anna:attending bo:cancelled cato:lapsed dina:lapsed " + (
            "emil:cancelled fia:attending gry:attending"
        )

        # The day: Anna and Fia come, Gry stays away.
        town.go_to(moment(11, 12))
        for name in ("anna", "fia"):
            check_in(people[name].pk, size=1, at=moment(11, 12), by=None)
        town.go_to(moment(11, 14))
        event.refresh_from_db()
        assert (event.status, event.attendance) == ("held", 2)
        assert figures_of(event, at=moment(11, 14)).missing == 1

        # The morning after: the survey. Kari is reminded of the minutes until they are out.
        town.go_to(moment(12, 12))
        for name, rating in (("anna", "5"), ("fia", "4")):
            town.answer(name, "arrangementer/sporreundersokelse", rating=rating)
        assert survey_results(event).count == 2
        publish_material(
            event.pk,
            kind="minutes",
            title="Referat",
            link="https://example.no/referat",
            by=None,
            at=moment(12, 13),
        )
        town.go_to(moment(19, 12))

        expect_the_mail(town)
    assert counter_drift() == []
    assert set(ReminderRule.objects.values_list("state", flat=True)) == {ReminderState.DONE}
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.SENT}


def states(event: Event) -> str:
    rows = SignUp.objects.filter(event=event).order_by("email")
    return " ".join(f"{row.email.partition('@')[0]}:{row.state}" for row in rows)


RECEIPT = ("signup-receipt", f"Du er påmeldt: {TITLE}", ("REQUEST", 0, "10.12. 12.00"))
QUEUED = ("signup-receipt", f"Du står på venteliste: {TITLE}", None)
OFFERED = ("signup-offered", f"Ledig plass til deg: {TITLE}", None)
PROMOTED = ("signup-promoted", f"Du har fått plass: {TITLE}", ("REQUEST", 1, "11.12. 12.00"))
MOVED = ("event-moved", f"Ny tid: {TITLE}", ("REQUEST", 1, "11.12. 12.00"))
ASKED = ("signup-asked", f"Kommer du? {TITLE}", None)
REMINDED = ("event-reminder", f"I morgen: {TITLE}", None)
SURVEY = ("event-survey", f"Hvordan var {TITLE}?", None)


def expect_the_mail(town: Town) -> None:
    """Everybody got this, in this order, and nothing else."""
    expected: dict[str, list[tuple[str, str, tuple[str, int, str] | None]]] = {
        "anna": [RECEIPT, MOVED, ASKED, REMINDED, SURVEY],
        "bo": [
            RECEIPT,
            ("signup-cancelled", f"Du er avmeldt: {TITLE}", ("CANCEL", 0, "10.12. 12.00")),
        ],
        "cato": [
            RECEIPT,
            MOVED,
            ASKED,
            (
                "signup-cancelled",
                f"Plassen din er gitt videre: {TITLE}",
                ("CANCEL", 1, "11.12. 12.00"),
            ),
        ],
        "dina": [QUEUED, OFFERED, ("signup-cancelled", f"Fristen gikk ut: {TITLE}", None)],
        "emil": [
            QUEUED,
            OFFERED,
            ("signup-promoted", PROMOTED[1], ("REQUEST", 0, "10.12. 12.00")),
            MOVED,
            ASKED,
            ("signup-cancelled", f"Du er avmeldt: {TITLE}", ("CANCEL", 1, "11.12. 12.00")),
        ],
        "fia": [QUEUED, (*MOVED[:2], None), OFFERED, PROMOTED, REMINDED, SURVEY],
        "gry": [QUEUED, (*MOVED[:2], None), OFFERED, PROMOTED],
        "kari": [
            ("submission-receipt", f"Vi har fått arrangementet: {TITLE}", None),
            ("submission-decided", f"Publisert: {TITLE}", None),
            ("organiser-notice", f"Hvordan gikk det med {TITLE}?", None),
        ],
    }
    assert {name: story(town, name) for name in expected} == expected
    assert len(town.sink.received) == sum(len(mails) for mails in expected.values())
    ids = [found.message_id for found in town.sink.received]
    assert len(set(ids)) == len(ids)
    for name, mails in expected.items():
        sequences = [calendar[1] for _kind, _title, calendar in mails if calendar]
        assert sequences == sorted(sequences), name
        kinds = [kind for kind, _title, _calendar in mails]
        assert len(set(kinds)) == len(kinds), name
