import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from members.mailings.models.delivery import Delivery, DeliveryState
from projects.bypuls.events.changes import cancel_event, move_event, postpone
from projects.bypuls.models import Event, ReminderRule, SignUp
from projects.bypuls.signups.confirming import confirm, free, free_unanswered
from projects.bypuls.signups.errors import ClosedError, SignUpError
from projects.bypuls.signups.figures import figures_of
from projects.bypuls.signups.reminder_mails import confirm_url
from projects.bypuls.signups.reminder_rules import save_rule
from projects.bypuls.signups.reminders import write_due
from projects.bypuls.signups.seats import counter_drift
from projects.bypuls.signups.signup import Party, sign_up
from tests.projects.bypuls.factories import NOW, OSLO, EventFactory

pytestmark = pytest.mark.django_db
# The event is on Saturday 28 November at noon; people are asked two days before.
ASKED = dt.datetime(2026, 11, 26, 10, tzinfo=OSLO)
DEADLINE = dt.datetime(2026, 11, 27, 10, tzinfo=OSLO)


def an_event(*, frees: int | None = 24 * 60, **fields: object) -> Event:
    event = EventFactory.create(capacity=2, **fields)
    rule = ReminderRule(
        event=event,
        purpose="confirm",
        offset_minutes=-2 * 24 * 60,
        local_time=dt.time(10),
        frees_after_minutes=frees,
    )
    save_rule(rule, at=NOW)
    return event


def join(event: Event, email: str, at: dt.datetime = NOW, **fields: object) -> SignUp:
    party = Party(name=email[0].upper(), email=email, **fields)  # type: ignore[arg-type]
    return sign_up(event.pk, party, at=at).signup


def ask(*, sent: dt.datetime | None = ASKED) -> None:
    """Write the questions, and send them."""
    write_due(at=ASKED)
    if sent is not None:
        Delivery.objects.filter(kind="signup-asked").update(
            state=DeliveryState.SENT, finished_at=sent
        )


def kinds(email: str) -> list[str]:
    rows = Delivery.objects.filter(recipient=email).order_by("pk")
    return list(rows.values_list("kind", flat=True))


def state(signup: SignUp) -> str:
    assert counter_drift() == []
    signup.refresh_from_db()
    return signup.state


def test_those_with_a_seat_are_asked_once_with_a_deadline_whether_or_not_they_want_reminders():
    event = an_event()
    signup = join(event, "a@example.no", wants_reminder=False)
    join(event, "b@example.no")
    join(event, "ko@example.no")

    ask(sent=None)
    ask(sent=None)

    asked = Delivery.objects.filter(kind="signup-asked").select_related("body")
    assert sorted(mail.recipient for mail in asked) == ["a@example.no", "b@example.no"]
    mail = asked.get(recipient="a@example.no")
    assert "Svar innen 27. november 2026 kl. 10.00" in mail.body.text
    assert confirm_url(signup) in mail.body.text
    assert mail.mandatory is True
    signup.refresh_from_db()
    assert (signup.asked_at, signup.answer_due_at) == (ASKED, DEADLINE)
    assert figures_of(event, at=ASKED).asked == 2


def test_who_says_yes_keeps_the_seat_and_who_says_nothing_loses_it_to_the_queue():
    event = an_event()
    yes, silent, waits = (join(event, f"{name}@example.no") for name in ("ja", "taus", "ko"))
    ask()
    confirm(yes.pk, at=ASKED)

    assert free_unanswered(at=DEADLINE - dt.timedelta(minutes=1)) == 0
    assert free_unanswered(at=DEADLINE) == 1
    assert free_unanswered(at=DEADLINE) == 0

    assert [state(row) for row in (yes, silent, waits)] == ["attending", "lapsed", "offered"]
    assert kinds("taus@example.no") == ["signup-receipt", "signup-asked", "signup-cancelled"]
    mail = Delivery.objects.get(kind="signup-cancelled")
    assert "fikk ikke svar i tide" in mail.body.text
    assert "METHOD:CANCEL" in mail.body.attachments[0]["content"]
    assert kinds("ko@example.no")[-1] == "signup-offered"
    assert figures_of(event, at=DEADLINE).confirmed == 1


def test_who_says_no_frees_the_seat_at_once():
    event = an_event()
    no, _b, waits = (join(event, f"{name}@example.no") for name in ("nei", "b", "ko"))
    ask()

    free(no.pk, at=ASKED)
    free(no.pk, at=ASKED)

    assert [state(no), state(waits)] == ["cancelled", "offered"]
    assert kinds("nei@example.no").count("signup-cancelled") == 1


def test_without_a_deadline_nobody_loses_the_seat():
    event = an_event(frees=None)
    signup = join(event, "a@example.no")
    ask()

    assert free_unanswered(at=event.starts_at - dt.timedelta(hours=3)) == 0

    assert state(signup) == "attending"
    assert "Hører vi ikke fra deg" not in Delivery.objects.get(kind="signup-asked").body.text


def test_nobody_loses_a_seat_at_night():
    an_event(frees=36 * 60)
    event = Event.objects.get()
    signup = join(event, "a@example.no")
    ask()

    signup.refresh_from_db()
    morning = dt.datetime(2026, 11, 28, 7, 30, tzinfo=OSLO)
    assert signup.answer_due_at == morning
    assert free_unanswered(at=morning - dt.timedelta(minutes=1)) == 0
    assert free_unanswered(at=morning) == 1


def test_nobody_loses_a_seat_in_the_last_two_hours():
    event = an_event()
    signup = join(event, "a@example.no")
    ask()

    assert free_unanswered(at=event.starts_at - dt.timedelta(hours=2)) == 0
    assert state(signup) == "attending"


@pytest.mark.parametrize(
    ("sent", "freed"),
    [
        (None, None),
        (DEADLINE - dt.timedelta(hours=12), DEADLINE),
        (DEADLINE, DEADLINE + dt.timedelta(hours=12)),
    ],
    ids=["not sent", "half of the time", "late"],
)
def test_nobody_loses_a_seat_for_a_question_that_came_late(sent, freed):
    event = an_event()
    join(event, "a@example.no")
    ask(sent=sent)
    last = event.starts_at - dt.timedelta(hours=3)

    if freed is None:
        assert free_unanswered(at=last) == 0
        return
    assert free_unanswered(at=freed - dt.timedelta(minutes=1)) == 0
    # At night it waits for the morning.
    assert free_unanswered(at=max(freed, dt.datetime(2026, 11, 27, 10, tzinfo=OSLO))) in (0, 1)
    free_unanswered(at=last)
    assert SignUp.objects.get().state == "lapsed"


@pytest.mark.parametrize("outcome", ["bounced", "failed", "missed"])
def test_a_question_that_never_arrived_costs_nobody_the_seat(outcome):
    event = an_event()
    signup = join(event, "a@example.no")
    ask()
    Delivery.objects.filter(kind="signup-asked").update(state=outcome)

    assert free_unanswered(at=DEADLINE) == 0

    assert state(signup) == "attending"
    assert signup.answer_due_at is None


def test_after_three_days_without_beat_nobody_is_asked_and_nobody_loses_a_seat():
    event = an_event(starts_at=NOW + dt.timedelta(days=30))
    signup = join(event, "a@example.no")
    due = ReminderRule.objects.get().due_at

    write_due(at=due + dt.timedelta(days=1, minutes=1))

    signup.refresh_from_db()
    assert (signup.asked_at, signup.answer_due_at) == (None, None)
    assert ReminderRule.objects.get().state == "missed"
    mail = Delivery.objects.get(kind="signup-asked")
    assert mail.stale_at is not None
    assert mail.stale_at <= due + dt.timedelta(days=1)


def test_who_signs_up_after_the_question_was_due_is_not_asked():
    event = an_event()
    join(event, "sen@example.no", at=ASKED)

    ask(sent=None)

    assert kinds("sen@example.no") == ["signup-receipt"]


def test_a_moved_event_asks_anew_about_the_new_time():
    event = an_event()
    yes, silent = join(event, "ja@example.no"), join(event, "taus@example.no")
    ask()
    confirm(yes.pk, at=ASKED)

    move_event(
        event.pk,
        starts_at=event.starts_at + dt.timedelta(days=7),
        ends_at=event.ends_at + dt.timedelta(days=7),
        venue=None,
        place="Torget",
        reason="",
        at=ASKED + dt.timedelta(hours=1),
    )
    assert free_unanswered(at=DEADLINE) == 0
    write_due(at=ASKED + dt.timedelta(days=7))

    assert kinds("ja@example.no").count("signup-asked") == 2
    for signup in (yes, silent):
        assert state(signup) == "attending"
        assert signup.answer_due_at == DEADLINE + dt.timedelta(days=7)


def test_a_postponed_event_takes_nobody_s_seat_also_when_it_is_on_again():
    event = an_event()
    signup = join(event, "a@example.no")
    ask()
    postpone(event.pk, reason="", at=ASKED + dt.timedelta(hours=1))

    assert free_unanswered(at=DEADLINE) == 0
    move_event(
        event.pk,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        venue=None,
        place="Torget",
        reason="",
        at=DEADLINE,
    )

    assert free_unanswered(at=DEADLINE + dt.timedelta(hours=1)) == 0
    assert state(signup) == "attending"


def test_there_is_nothing_to_confirm_for_who_has_no_seat_or_too_late():
    event = an_event()
    first, _b, waits = (join(event, f"{name}@example.no") for name in "abc")

    with pytest.raises(SignUpError, match="ingen plass"):
        confirm(waits.pk, at=NOW)
    with pytest.raises(ClosedError, match="har begynt"):
        confirm(first.pk, at=event.starts_at)
    cancel_event(event.pk, reason="", at=NOW)
    with pytest.raises(ClosedError, match="avlyst"):
        confirm(first.pk, at=NOW)


# --- Pages ------------------------------------------------------------------------------------


def path(signup: SignUp) -> str:
    return "/" + confirm_url(signup).split("/", 3)[3]


def test_a_link_scanner_changes_nothing_and_the_buttons_do(client: Client):
    soon = timezone.now() + dt.timedelta(days=2)
    event = EventFactory.create(starts_at=soon, capacity=1)
    signup = join(event, "a@example.no", at=timezone.now(), size=1)

    page = client.get(path(signup)).content.decode()
    assert "Ja, jeg kommer" in page
    assert state(signup) == "attending"
    assert signup.confirmed_at is None

    page = client.post(path(signup), {"action": "confirm"}, follow=True).content.decode()
    assert "Da ses vi!" in page
    assert state(signup) == "attending"
    assert signup.confirmed_at is not None


def test_no_on_the_page_signs_off_and_a_second_tab_is_told(client: Client):
    soon = timezone.now() + dt.timedelta(days=2)
    event = EventFactory.create(starts_at=soon, capacity=1)
    signup = join(event, "a@example.no", at=timezone.now())

    page = client.post(path(signup), {"action": "free"}, follow=True).content.decode()
    assert "Takk for beskjeden" in page
    page = client.post(path(signup), {"action": "confirm"}, follow=True).content.decode()

    assert "Du har ingen plass å bekrefte" in page
    assert state(signup) == "cancelled"


def test_the_link_of_another_purpose_does_not_open_the_page(client: Client):
    signup = join(an_event(), "a@example.no")
    token = path(signup).split("/")[-2]

    assert client.get(f"/arrangementer/sporreundersokelse/{token}/").status_code == 404
    assert client.get(f"/arrangementer/min-pamelding/{token}/").status_code == 404
