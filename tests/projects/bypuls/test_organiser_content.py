"""What an organiser prepares and puts out: questions, reminders, guests, the next one, and afterwards."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from members.accounts.models import User
from members.mailings.models.delivery import Delivery
from projects.bypuls.models import (
    Answer,
    Event,
    EventLogEntry,
    Question,
    ReminderRule,
    SignUp,
)
from projects.bypuls.own_data import own_data
from projects.bypuls.retention import RULES
from projects.bypuls.signups import check_in
from tests.members.accounts.factories import UserFactory
from tests.projects.bypuls.factories import NOW, EventFactory, SignUpFactory
from tests.projects.bypuls.test_organiser_access import organise, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def event() -> Event:
    return EventFactory.create(title="Frokostmøte")


@pytest.fixture
def organiser(event: Event) -> Client:
    organise(event)
    return signed_in(UserFactory.create(email="arr@example.no"))


def address(event: Event, page: str = "") -> str:
    return f"/min-side/arrangementer/{event.slug}/{page}"


# --- Questions ------------------------------------------------------------------------------------------
def asked(**changes: str) -> dict[str, str]:
    return {
        "action": "save",
        "text": "Hva vil du høre om?",
        "kind": "choice",
        "options": "Strøm\nBolig",
        "purpose": "Vi velger tema",
        "position": "1",
        **changes,
    }


def test_a_question_is_written_changed_and_removed(organiser: Client, event: Event):
    page = address(event, "sporsmal/")
    organiser.post(page, asked())
    question = event.questions.get()
    assert question.choices == ["Strøm", "Bolig"]

    organiser.post(page, asked(question=str(question.pk), text="Hvilket tema?"))
    question.refresh_from_db()
    assert question.text == "Hvilket tema?"
    organiser.post(page, {"action": "remove", "question": str(question.pk)})

    assert not event.questions.exists()


def test_a_question_that_somebody_has_answered_stays(organiser: Client, event: Event):
    question = Question.objects.create(event=event, text="Tema?", purpose="Tema")
    Answer.objects.create(signup=SignUpFactory.create(event=event), question=question, text="Strøm")

    page = organiser.post(
        address(event, "sporsmal/"),
        {"action": "remove", "question": str(question.pk)},
        follow=True,
    )

    assert "Noen har alt svart" in page.content.decode()
    assert event.questions.exists()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"text": ""}, "data-error-summary"),
        ({"purpose": ""}, "data-error-summary"),
        ({"options": ""}, "Skriv minst ett svaralternativ."),
        ({"kind": "tull"}, "data-error-summary"),
        ({"text": "Finnes"}, "Dette spørsmålet står der alt."),
    ],
)
def test_an_unfinished_question_is_told(
    organiser: Client, event: Event, changes: dict[str, str], told: str
):
    Question.objects.create(event=event, text="Finnes", purpose="P")

    page = organiser.post(address(event, "sporsmal/"), asked(**changes)).content.decode()

    assert told in page
    assert event.questions.count() == 1


def test_a_question_of_another_event_cannot_be_changed_from_here(organiser: Client, event: Event):
    foreign = Question.objects.create(event=EventFactory.create(), text="Deres", purpose="P")

    organiser.post(address(event, "sporsmal/"), {"action": "remove", "question": str(foreign.pk)})
    organiser.post(address(event, "sporsmal/"), asked(question=str(foreign.pk), text="Vår"))

    foreign.refresh_from_db()
    assert foreign.text == "Deres"
    assert event.questions.get().text == "Vår"


# --- Reminders --------------------------------------------------------------------------------------------
def rule(**changes: str) -> dict[str, str]:
    return {
        "action": "add",
        "purpose": "remind",
        "audience": "attending",
        "amount": "2",
        "unit": "hours",
        "direction": "start-before",
        "local_time": "",
        "text": "",
        "frees_after_hours": "",
        **changes,
    }


def test_a_reminder_is_described_in_words_and_removed(organiser: Client, event: Event):
    page = address(event, "paminnelser/")
    organiser.post(page, rule())
    made = ReminderRule.objects.get(event=event)
    assert (made.offset_minutes, made.due_at) == (-120, event.starts_at - dt.timedelta(hours=2))

    organiser.post(page, {"action": "remove", "rule": str(made.pk)})

    assert not ReminderRule.objects.exists()


def test_confirm_or_free_the_seat(organiser: Client, event: Event):
    sent = rule(purpose="confirm", amount="2", unit="days", frees_after_hours="24")

    organiser.post(address(event, "paminnelser/"), sent | {"audience": "queue"})

    made = ReminderRule.objects.get(event=event)
    assert (made.frees_after_minutes, made.audience) == (24 * 60, "attending")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"frees_after_hours": "5"}, "Bare den som er spurt, kan miste plassen."),
        ({"purpose": "confirm", "direction": "end-after"}, "Spør før arrangementet"),
        ({"purpose": "survey"}, "Dette sendes etter arrangementet."),
        ({"amount": "-1"}, "data-error-summary"),
        ({"amount": "9" * 20}, "data-error-summary"),
        ({"local_time": "25:00"}, "data-error-summary"),
    ],
)
def test_an_impossible_reminder_is_told(
    organiser: Client, event: Event, changes: dict[str, str], told: str
):
    page = organiser.post(address(event, "paminnelser/"), rule(**changes)).content.decode()

    assert told in page
    assert not ReminderRule.objects.exists()


def test_the_same_reminder_twice_is_told(organiser: Client, event: Event):
    organiser.post(address(event, "paminnelser/"), rule())

    page = organiser.post(address(event, "paminnelser/"), rule()).content.decode()

    assert "Denne påminnelsen står der alt." in page
    assert ReminderRule.objects.count() == 1


def test_the_usual_reminders_are_put_in_at_once(organiser: Client, event: Event):
    organiser.post(address(event, "paminnelser/"), {"action": "usual"})

    assert ReminderRule.objects.filter(event=event).count() > 1


# --- Guests -----------------------------------------------------------------------------------------------
def test_the_example_of_a_line_can_be_read(organiser: Client, event: Event):
    page = organiser.get(address(event, "inviter/")).content.decode()

    assert "Kari Nordmann &lt;kari@example.no&gt;" in page


def test_pasted_addresses_are_invited_once_each(organiser: Client, event: Event):
    people = "kari@example.no\nNils Nilsen <nils@example.no>\n\nKARI@example.no\n"
    for _time in range(2):
        organiser.post(address(event, "inviter/"), {"action": "invite", "people": people})

    letters = Delivery.objects.filter(kind="event-invitation").order_by("recipient")
    assert [letter.recipient for letter in letters] == ["kari@example.no", "nils@example.no"]
    assert event.invitations.get(email="nils@example.no").name == "Nils Nilsen"
    assert list(event.log.values_list("kind", "detail")) == [("invited", "2")]


def test_wrong_lines_are_told_by_number_and_nobody_is_invited(organiser: Client, event: Event):
    people = "kari@example.no\nnils@\nbare et navn"

    page = organiser.post(
        address(event, "inviter/"), {"action": "invite", "people": people}
    ).content.decode()

    assert "linje 2: nils@" in page
    assert "linje 3: bare et navn" in page
    assert "kari@example.no" in page
    assert not event.invitations.exists()


def test_an_invitation_is_withdrawn_from_here_only(organiser: Client, event: Event):
    other = EventFactory.create()
    mine = event.invitations.create(email="kari@example.no", created_at=NOW)
    foreign = other.invitations.create(email="kari@example.no", created_at=NOW)

    for invitation in (mine, foreign):
        organiser.post(
            address(event, "inviter/"), {"action": "withdraw", "invitation": str(invitation.pk)}
        )

    mine.refresh_from_db()
    foreign.refresh_from_db()
    assert mine.withdrawn_at is not None
    assert foreign.withdrawn_at is None


# --- The next one -------------------------------------------------------------------------------------------
def test_the_next_one_is_a_draft_that_is_handed_in(organiser: Client, event: Event):
    SignUpFactory.create(event=event)
    Question.objects.create(event=event, text="Tema?", purpose="Tema")
    sent = {"starts_at_0": "2027-01-14", "starts_at_1": "08:00"}

    page = organiser.post(address(event, "kopier/"), sent, follow=True).content.decode()

    assert "Dette er et utkast" in page
    new = Event.objects.exclude(pk=event.pk).get()
    assert (new.publication, new.signups.count(), new.questions.count()) == ("draft", 0, 1)
    page = organiser.post(address(new, "send-inn/"), follow=True).content.decode()
    assert "Sendt inn." in page
    new.refresh_from_db()
    assert (new.publication, new.submitter_email) == ("submitted", "arr@example.no")
    assert Delivery.objects.filter(recipient="arr@example.no", kind="submission-receipt").exists()


def test_a_published_event_cannot_be_handed_in_again(organiser: Client, event: Event):
    page = organiser.post(address(event, "send-inn/"), follow=True).content.decode()

    assert "Arrangementet er alt sendt inn." in page
    event.refresh_from_db()
    assert event.publication == "published"


@pytest.mark.parametrize("when", [("2020-01-01", "08:00"), ("", ""), ("2027-03-28", "02:30")])
def test_an_impossible_next_time_is_told(organiser: Client, event: Event, when: tuple[str, str]):
    sent = {"starts_at_0": when[0], "starts_at_1": when[1]}

    page = organiser.post(address(event, "kopier/"), sent).content.decode()

    assert "data-error-summary" in page
    assert Event.objects.count() == 1


# --- Two tabs, and a date at last -----------------------------------------------------------------------------
def test_the_second_of_two_tabs_is_told_what_the_first_did(organiser: Client, event: Event):
    stale = {"action": "postpone", "reason": "Snø", "seen": str(event.sequence)}
    organiser.post(address(event, "endre/"), stale)

    page = organiser.post(
        address(event, "endre/"), stale | {"action": "cancel", "is_sure": "on"}
    ).content.decode()

    assert "data-error-summary" in page
    event.refresh_from_db()
    assert event.status == "postponed"


def test_whoever_has_seen_the_newest_may_go_on_with_what_they_wrote(
    organiser: Client, event: Event
):
    old = {"action": "cancel", "is_sure": "on", "reason": "Syk", "seen": str(event.sequence)}
    organiser.post(address(event, "endre/"), {"action": "postpone", "seen": str(event.sequence)})

    page = organiser.post(address(event, "endre/"), old)
    form = page.context["call_off"]
    again = {name: form[name].value() for name in ("is_sure", "reason", "seen")}
    organiser.post(address(event, "endre/"), {"action": "cancel", **again})

    event.refresh_from_db()
    assert event.status == "cancelled"
    assert again["reason"] == "Syk"


def test_a_date_that_ends_before_it_begins_is_told_beside_the_field(organiser: Client):
    event = EventFactory.create(is_date_set=False, date_note="våren 2027")
    organise(event)
    sent = {
        "action": "set-date",
        "starts_at_0": "2027-04-14",
        "starts_at_1": "10:00",
        "ends_at_0": "2027-04-14",
        "ends_at_1": "08:00",
    }

    page = organiser.post(address(event, "endre/"), sent)

    assert list(page.context["set_date"].errors) == ["ends_at"]


def test_the_date_is_set_and_those_interested_are_asked(organiser: Client):
    event = EventFactory.create(is_date_set=False, date_note="våren 2027")
    organise(event)
    SignUpFactory.create(event=event, state="interested", email="kari@example.no")
    sent = {
        "action": "set-date",
        "starts_at_0": "2027-04-14",
        "starts_at_1": "08:00",
        "ends_at_0": "2027-04-14",
        "ends_at_1": "10:00",
    }

    page = organiser.post(address(event, "endre/"), sent, follow=True).content.decode()

    assert "1 påmelding har fått beskjed." in page
    event.refresh_from_db()
    assert event.is_date_set
    assert Delivery.objects.filter(recipient="kari@example.no").count() == 1


# --- Personal data ------------------------------------------------------------------------------------------------
def test_what_an_organiser_did_is_in_their_own_file(organiser: Client, event: Event):
    organiser.post(address(event, "dor/"), {"action": "make", "label": "Inngang B"})
    user = User.objects.get(email="arr@example.no")

    data = own_data(user)

    assert data["events_organised"][0]["event__title"] == "Frokostmøte"
    assert data["done_as_organiser"][0]["kind"] == "door-opened"
    assert data["door_links"][0]["label"] == "Inngang B"


def test_organisers_are_forgotten_a_year_after_and_the_door_after_thirty_days(
    organiser: Client, event: Event
):
    signup = SignUpFactory.create(event=event)
    organiser.post(address(event, "dor/"), {"action": "make", "label": ""})
    check_in.check_in(signup.pk, size=1, at=NOW, by=None)
    (rule_of_organisers,) = [one for one in RULES if "er arrangør" in str(one.data)]

    def left_after(days: int) -> tuple[int, int, int, int]:
        at = event.ends_at + dt.timedelta(days=days)
        counted = rule_of_organisers.apply(at, True)
        assert rule_of_organisers.apply(at, False) == counted
        return (
            event.door_links.count(),
            event.door_presses.count(),
            event.organisers.count(),
            EventLogEntry.objects.filter(event=event).count(),
        )

    assert left_after(29) == (1, 1, 1, 1)
    assert left_after(31) == (0, 0, 1, 1)
    assert left_after(366) == (0, 0, 0, 0)
    assert SignUp.objects.filter(pk=signup.pk).exists()
