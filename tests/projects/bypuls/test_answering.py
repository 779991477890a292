"""What people send in has an answer by a date, and everything said on the way is kept."""

import datetime as dt

import pytest
import time_machine
from django.template import engines
from django.test import Client
from django.urls import reverse

from members.accounts.models import User
from members.mailings.models.delivery import Delivery
from projects.bypuls.events import answering, duplicates, moderation
from projects.bypuls.models import Event, SubmissionNote
from projects.bypuls.own_data import own_data
from projects.bypuls.retention import RULES
from tests.members.accounts.factories import UserFactory
from tests.projects.bypuls.factories import NOW, OSLO, EventFactory
from tests.projects.bypuls.test_admin import BACKEND, act
from tests.projects.bypuls.test_submissions import NEW, a_submission, filled_in, path_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def _loose_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    # Unfold's own templates name variables that are not always given.
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", "")


@pytest.fixture
def office(client: Client, programme_officer: User, _loose_templates: None) -> Client:
    client.force_login(programme_officer, backend=BACKEND)
    return client


@pytest.mark.parametrize(
    ("came_in", "answered"),
    [
        ("2026-11-23T09:00", "2026-11-25T15:30"),
        ("2026-11-21T12:00", "2026-11-24T15:30"),
        ("2026-11-26T23:59", "2026-11-30T15:30"),
        ("2026-12-22T10:00", "2026-12-28T15:30"),
        ("2027-03-24T10:00", "2027-03-31T15:30"),
        ("2027-05-13T10:00", "2027-05-18T15:30"),
    ],
    ids=["Monday", "Saturday", "Thursday night", "Christmas", "Easter", "17 May"],
)
def test_an_answer_is_due_after_two_working_days(came_in: str, answered: str):
    at = dt.datetime.fromisoformat(came_in).replace(tzinfo=OSLO)

    assert answering.answer_due(at) == dt.datetime.fromisoformat(answered).replace(tzinfo=OSLO)


def test_the_sender_is_told_when_the_answer_comes(client: Client):
    client.post(NEW, filled_in())

    event = Event.objects.get()
    promise = "svar innen tirsdag 24. november"
    assert event.answer_due_at == dt.datetime(2026, 11, 24, 15, 30, tzinfo=OSLO)
    assert promise in client.get(NEW).content.decode()
    assert promise in Delivery.objects.get().body.text
    assert promise in client.get(path_of(event)).content.decode()
    assert "Tuesday 24 November" in client.get("/en" + path_of(event)).content.decode()
    assert "innen tirsdag 24. november" in client.get(NEW + "takk/").content.decode()


def test_the_whole_conversation_is_kept_and_shown_to_the_sender(client: Client):
    client.post(NEW, filled_in())
    event = Event.objects.get()
    moderation.ask_changes(event.pk, note="Hvor er kjøkkenet?", at=NOW + dt.timedelta(hours=1))
    with time_machine.travel(NOW + dt.timedelta(hours=2), tick=False):
        client.post(path_of(event), filled_in(save="1", message="I kjelleren på skolen."))
    moderation.ask_changes(event.pk, note="Hvilken skole?", at=NOW + dt.timedelta(hours=3))

    page = client.get(path_of(event)).content.decode()

    kinds = SubmissionNote.objects.order_by("created_at").values_list("kind", flat=True)
    assert list(kinds) == ["sent-in", "changes-asked", "sent-again", "changes-asked"]
    for text in ("Hvor er kjøkkenet?", "I kjelleren på skolen.", "Hvilken skole?"):
        assert text in page


def test_sent_in_again_there_is_a_new_date_for_the_answer(client: Client):
    event = a_submission()
    moderation.ask_changes(event.pk, note="Hvor?", at=NOW)

    with time_machine.travel(NOW + dt.timedelta(days=9), tick=False):
        client.post(path_of(event), filled_in(save="1"))

    event.refresh_from_db()
    assert event.answer_due_at == dt.datetime(2026, 12, 2, 15, 30, tzinfo=OSLO)


def test_refused_it_is_withdrawn_and_the_sender_is_told_why():
    event = a_submission()

    moderation.refuse(event.pk, reason="Det er ikke i Kongsberg.", at=NOW)

    event.refresh_from_db()
    assert event.publication == "withdrawn"
    assert "Det er ikke i Kongsberg." in Delivery.objects.get().body.text


@pytest.mark.parametrize(
    ("publication", "reason", "message"),
    [
        ("submitted", " ", "Skriv hvorfor"),
        ("published", "Nei", "Bare det som venter"),
        ("withdrawn", "Nei", "Bare det som venter"),
    ],
)
def test_a_refusal_needs_a_reason_and_something_that_waits(publication, reason, message):
    event = EventFactory.create(publication=publication)

    with pytest.raises(moderation.SubmissionError, match=message):
        moderation.refuse(event.pk, reason=reason, at=NOW)


def test_an_event_without_a_date_gathers_interest(client: Client):
    when = {"starts_at_0": "", "starts_at_1": "", "ends_at_0": "", "ends_at_1": ""}
    refused = client.post(NEW, filled_in(**when, is_date_open="on")).content.decode()
    assert "Skriv omtrent når det blir." in refused

    client.post(NEW, filled_in(**when, is_date_open="on", date_note="våren 2027"))

    event = Event.objects.get()
    assert (event.is_date_set, event.date_note, event.takes_signups) == (False, "våren 2027", True)
    assert "våren 2027" in Delivery.objects.get().body.text


def test_with_a_date_both_times_must_be_given(client: Client):
    when = {"starts_at_0": "", "starts_at_1": ""}

    response = client.post(NEW, filled_in(**when))

    assert "starts_at" in response.context["form"].errors
    assert not Event.objects.exists()


def test_the_sender_is_told_gently_that_it_may_stand_there_already(client: Client):
    start = dt.datetime(2026, 12, 12, 18, tzinfo=OSLO)
    there = EventFactory.create(title="Kransekakekurs", starts_at=start, organiser="Bakerne")

    client.post(NEW, filled_in())

    event = Event.objects.get(publication="submitted")
    assert event.possible_duplicate_of == there
    assert there.get_absolute_url() in Delivery.objects.get().body.text
    assert there.get_absolute_url() in client.get(path_of(event)).content.decode()


def test_what_others_have_sent_in_is_not_shown_to_the_sender(client: Client):
    start = dt.datetime(2026, 12, 12, 18, tzinfo=OSLO)
    there = EventFactory.create(
        title="Kransekakekurs", starts_at=start, organiser="Bakerne", publication="submitted"
    )

    client.post(NEW, filled_in())

    event = Event.objects.exclude(pk=there.pk).get()
    assert event.possible_duplicate_of == there
    assert there.slug + "/" not in client.get(path_of(event)).content.decode()


# --- The office -----------------------------------------------------------------------------------
def waiting(title: str, due: str, **fields: object) -> Event:
    moment = dt.datetime.fromisoformat(due).replace(tzinfo=OSLO)
    return EventFactory.create(
        title=title, publication="submitted", answer_due_at=moment, submitted_at=NOW, **fields
    )


def test_the_office_is_told_once_a_working_day_of_what_is_due():
    monday = dt.datetime(2026, 11, 23, 8, 10, tzinfo=OSLO)
    waiting("Sent ute", "2026-11-20T15:30")
    waiting("I dag", "2026-11-23T15:30")
    waiting("I morgen", "2026-11-24T15:30")

    assert moderation.remind_office(at=NOW) == 0
    assert moderation.remind_office(at=monday) == 2
    moderation.remind_office(at=monday + dt.timedelta(hours=1))

    mail = Delivery.objects.get()
    assert (mail.kind, mail.recipient) == ("operations-notice", "vekst@example.no")
    assert "2 arrangementer venter på svar i dag" in mail.body.title
    assert "Sent ute" in mail.body.text.partition("Disse skal ha svar i dag")[0]
    assert "I morgen" not in mail.body.text


def test_with_nothing_due_nobody_is_told():
    waiting("I morgen", "2026-11-24T15:30")

    assert moderation.remind_office(at=dt.datetime(2026, 11, 23, 8, tzinfo=OSLO)) == 0
    assert not Delivery.objects.exists()


def test_the_queue_has_the_most_urgent_first_and_marks_what_is_late(office: Client):
    waiting("Senest", "2026-11-27T15:30")
    waiting("Forfalt", "2026-11-20T15:30")
    waiting("Idag", "2026-11-21T15:30")
    EventFactory.create(title="Publisert")

    page = office.get(reverse("admin:bypuls_event_changelist") + "?svar=venter").content.decode()

    places = [page.index(f">{title}<") for title in ("Forfalt", "Idag", "Senest")]
    assert places == sorted(places)
    assert ">Publisert<" not in page.partition("<tbody")[2]
    assert "Over fristen" in page
    late = office.get(reverse("admin:bypuls_event_changelist") + "?svar=forfalt").content.decode()
    assert ">Senest<" not in late


def test_the_front_page_of_the_admin_counts_what_is_late(office: Client):
    waiting("Forfalt", "2026-11-20T15:30")

    page = office.get("/admin/").content.decode()

    assert "arrangementer skulle hatt svar alt" in page
    assert "?svar=forfalt" in page


def test_staff_refuse_in_the_admin_and_who_did_it_is_kept(office: Client, programme_officer: User):
    event = a_submission()

    event = act(office, event, "refuse_one", reason="Det er reklame.")

    assert event.publication == "withdrawn"
    note = SubmissionNote.objects.get()
    assert (note.kind, note.text, note.by) == ("refused", "Det er reklame.", programme_officer)


def test_staff_decide_about_two_that_look_alike(office: Client):
    start = dt.datetime(2026, 12, 12, 18, tzinfo=OSLO)
    first = EventFactory.create(title="Quiz på torget", starts_at=start)
    second = EventFactory.create(title="Quiz på torget!", starts_at=start)
    third = EventFactory.create(title="Quiz på Torget", starts_at=start)
    duplicates.flag_duplicates([second.pk, third.pk], at=NOW)
    listed = office.get(reverse("admin:bypuls_event_changelist") + "?fra=dobbelt")
    assert "Quiz på torget!" in listed.content.decode()

    second = act(office, second, "same_one")
    third = act(office, third, "distinct_one")

    assert (second.publication, second.replaced_by) == ("withdrawn", first)
    assert (third.publication, third.possible_duplicate_of) == ("published", None)


def test_actions_on_look_alikes_are_offered_only_where_there_is_one(office: Client):
    event = EventFactory.create()

    page = office.get(reverse("admin:bypuls_event_change", args=[event.pk])).content.decode()

    assert "det-samme" not in page
    assert "avsla" not in page


def test_a_year_after_the_event_the_conversation_is_forgotten():
    event = a_submission()
    moderation.ask_changes(event.pk, note="Ring meg", at=NOW)
    rule = next(rule for rule in RULES if "samtalen" in str(rule.data))

    assert rule.apply(event.ends_at + dt.timedelta(days=364), False) == 0
    assert rule.apply(event.ends_at + dt.timedelta(days=366), False) == 1

    event.refresh_from_db()
    assert not SubmissionNote.objects.exists()
    assert (event.submitter_email, event.moderation_note) == ("", "")


def test_what_was_said_is_in_the_file_that_the_sender_may_ask_for():
    event = a_submission()
    moderation.ask_changes(event.pk, note="Hvor er det?", at=NOW)
    user = UserFactory.create(email="kari@example.no")

    (row,) = own_data(user)["events_sent_in_conversation"]

    assert (row["kind"], row["text"]) == ("changes-asked", "Hvor er det?")
