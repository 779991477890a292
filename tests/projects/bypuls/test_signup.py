import datetime as dt

import pytest

from members.mailings.models.delivery import Delivery
from projects.bypuls.models import Event, SignUp
from projects.bypuls.signups.queue import change_capacity
from projects.bypuls.signups.seats import counter_drift
from projects.bypuls.signups.signup import (
    ClosedError,
    FullError,
    Party,
    SignUpError,
    cancel,
    change_size,
    sign_up,
)
from tests.projects.bypuls.factories import NOW, EventFactory

pytestmark = pytest.mark.django_db


def join(event: Event, email: str, size: int = 1, at: dt.datetime = NOW) -> SignUp:
    return sign_up(event.pk, Party(name=email[0].upper(), email=email, size=size), at=at).signup


def states(event: Event) -> list[tuple[str, str]]:
    rows = SignUp.objects.filter(event=event).order_by("pk").values_list("email", "state")
    return [(email.partition("@")[0], state) for email, state in rows]


def counters(event: Event) -> tuple[int, int]:
    event.refresh_from_db()
    assert counter_drift() == []
    return event.seats_taken, event.waiting_taken


def mails(email: str) -> list[tuple[str, str]]:
    rows = Delivery.objects.filter(recipient=email).order_by("pk")
    return [(row.kind, row.body.title) for row in rows]


def test_a_seat_gives_a_receipt_with_a_calendar_file():
    event = EventFactory.create(title="Quiz")

    join(event, "Kari@Example.no", size=2)

    assert counters(event) == (2, 0)
    delivery = Delivery.objects.get()
    assert (delivery.recipient, delivery.kind) == ("kari@example.no", "signup-receipt")
    assert delivery.body.title == "Du er påmeldt: Quiz"
    assert "/arrangementer/min-pamelding/" in delivery.body.text
    assert "METHOD:REQUEST" in delivery.body.attachments[0]["content"]


def test_the_queue_is_told_its_number_and_gets_no_calendar_file():
    event = EventFactory.create(capacity=1)
    join(event, "a@example.no")
    join(event, "b@example.no")

    join(event, "c@example.no")

    delivery = Delivery.objects.get(recipient="c@example.no")
    assert "du er nummer 2 på ventelisten" in delivery.body.text
    assert delivery.body.attachments == []
    assert counters(event) == (1, 2)


def test_full_means_full():
    event = EventFactory.create(capacity=1, waiting_list_capacity=1)
    join(event, "a@example.no")
    join(event, "b@example.no")

    with pytest.raises(FullError, match="ventelisten er full"):
        join(event, "c@example.no")

    assert counters(event) == (1, 1)
    assert mails("c@example.no") == []


def test_a_group_of_three_is_not_split_over_two_seats():
    event = EventFactory.create(capacity=5)
    join(event, "a@example.no", size=3)

    join(event, "b@example.no", size=3)

    assert states(event) == [("a", "attending"), ("b", "waiting")]
    assert counters(event) == (3, 3)


def test_nobody_passes_a_group_that_waits():
    event = EventFactory.create(capacity=5)
    join(event, "a@example.no", size=3)
    join(event, "b@example.no", size=3)

    join(event, "c@example.no", size=1)

    assert states(event)[-1] == ("c", "waiting")


def test_a_group_too_large_for_the_queue_is_refused_whole():
    event = EventFactory.create(capacity=2, waiting_list_capacity=2)
    join(event, "a@example.no", size=2)

    with pytest.raises(FullError):
        join(event, "b@example.no", size=3)

    assert counters(event) == (2, 0)


def test_cancelling_offers_seats_in_order_until_one_does_not_fit():
    event = EventFactory.create(capacity=4, waiting_list_capacity=10)
    first = join(event, "a@example.no", size=3)
    join(event, "b@example.no", size=1)
    join(event, "c@example.no", size=2)
    join(event, "d@example.no", size=2)
    join(event, "e@example.no", size=1)

    cancel(first.pk, at=NOW)

    assert states(event) == [
        ("a", "cancelled"),
        ("b", "attending"),
        ("c", "offered"),
        ("d", "waiting"),
        ("e", "waiting"),
    ]
    assert counters(event) == (3, 3)
    assert mails("c@example.no")[-1][0] == "signup-offered"


def test_cancelling_twice_mails_once():
    event = EventFactory.create()
    signup = join(event, "a@example.no")

    cancel(signup.pk, at=NOW)
    cancel(signup.pk, at=NOW)

    kinds = [kind for kind, _title in mails("a@example.no")]
    assert kinds == ["signup-receipt", "signup-cancelled"]
    assert counters(event) == (0, 0)
    cancelled = Delivery.objects.get(kind="signup-cancelled")
    assert "METHOD:CANCEL" in cancelled.body.attachments[0]["content"]


def test_one_may_come_back_after_cancelling():
    event = EventFactory.create()
    cancel(join(event, "a@example.no").pk, at=NOW)

    join(event, "a@example.no")

    assert counters(event) == (1, 0)
    assert len(mails("a@example.no")) == 3


def test_a_double_click_is_one_sign_up_with_one_mail_and_the_same_answer():
    event = EventFactory.create(capacity=1, waiting_list_capacity=0)
    party = Party(name="A", email="a@example.no")
    first = sign_up(event.pk, party, at=NOW)

    second = sign_up(event.pk, party, at=NOW + dt.timedelta(seconds=1))

    assert (first.state, second.state) == ("attending", "attending")
    assert (first.is_new, second.is_new) == (True, False)
    assert len(mails("a@example.no")) == 1
    assert counters(event) == (1, 0)


def test_signing_up_again_later_tells_the_owner_of_the_address_alone():
    event = EventFactory.create()
    join(event, "a@example.no")

    outcome = sign_up(
        event.pk, Party(name="Fremmed", email="a@example.no"), at=NOW + dt.timedelta(days=1)
    )

    assert outcome.state == "attending"
    assert mails("a@example.no")[-1][1].startswith("Du er alt påmeldt")
    assert counters(event) == (1, 0)


def test_a_stranger_hears_the_same_of_a_full_event_whether_or_not_the_address_is_signed_up():
    event = EventFactory.create(capacity=1, waiting_list_capacity=0)
    join(event, "a@example.no")

    outcome = sign_up(
        event.pk, Party(name="Fremmed", email="a@example.no"), at=NOW + dt.timedelta(days=1)
    )

    assert outcome.state == "full"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"takes_signups": False}, "ingen påmelding"),
        ({"signup_opens_at": NOW + dt.timedelta(days=1)}, "ikke åpnet"),
        ({"signup_closes_at": NOW}, "stengt"),
        ({"starts_at": NOW}, "stengt"),
        ({"status": "cancelled"}, "avlyst"),
        ({"publication": "withdrawn"}, "ikke publisert"),
    ],
)
def test_closed_says_why(fields, message):
    event = EventFactory.create(**fields)

    with pytest.raises(ClosedError, match=message):
        join(event, "a@example.no")


def test_staff_sign_up_a_caller_after_closing_but_not_beyond_the_capacity():
    event = EventFactory.create(signup_closes_at=NOW, capacity=1, waiting_list_capacity=0)
    sign_up(event.pk, Party(name="A", email="a@example.no"), at=NOW, by_staff=True)

    with pytest.raises(FullError):
        sign_up(event.pk, Party(name="B", email="b@example.no"), at=NOW, by_staff=True)


@pytest.mark.parametrize("size", [0, -1, 6])
def test_a_party_has_the_size_the_event_allows(size):
    with pytest.raises(SignUpError, match="fra 1 til 5"):
        join(EventFactory.create(), "a@example.no", size=size)


def test_five_more_seats_are_offered_to_exactly_five():
    event = EventFactory.create(capacity=1, waiting_list_capacity=10)
    for letter in "abcdefgh":
        join(event, f"{letter}@example.no")

    offered = change_capacity(event.pk, capacity=6, waiting_list_capacity=10, at=NOW)

    assert [signup.email[0] for signup in offered] == ["b", "c", "d", "e", "f"]
    assert counters(event) == (6, 2)
    assert Delivery.objects.filter(kind="signup-offered").count() == 5
    assert change_capacity(event.pk, capacity=6, waiting_list_capacity=10, at=NOW) == []


def test_unlimited_seats_empty_the_queue():
    event = EventFactory.create(capacity=1)
    for letter in "abcd":
        join(event, f"{letter}@example.no")

    change_capacity(event.pk, capacity=None, waiting_list_capacity=0, at=NOW)

    assert counters(event) == (4, 0)


def test_fewer_seats_than_people_is_refused():
    event = EventFactory.create(capacity=3, waiting_list_capacity=2)
    for letter in "abcd":
        join(event, f"{letter}@example.no")

    with pytest.raises(SignUpError, match="3 er alt påmeldt"):
        change_capacity(event.pk, capacity=2, waiting_list_capacity=2, at=NOW)
    with pytest.raises(SignUpError, match="1 står på ventelisten"):
        change_capacity(event.pk, capacity=3, waiting_list_capacity=0, at=NOW)

    assert counters(event) == (3, 1)


def test_a_smaller_party_frees_seats_for_the_queue():
    event = EventFactory.create(capacity=3)
    signup = join(event, "a@example.no", size=3)
    join(event, "b@example.no", size=2)

    change_size(signup.pk, 1, at=NOW)

    assert states(event)[-1] == ("b", "offered")
    assert counters(event) == (3, 0)


def test_a_larger_party_needs_seats_and_does_not_pass_the_queue():
    event = EventFactory.create(capacity=3)
    signup = join(event, "a@example.no")
    change_size(signup.pk, 2, at=NOW)
    with pytest.raises(FullError):
        change_size(signup.pk, 4, at=NOW)
    join(event, "b@example.no", size=2)
    with pytest.raises(FullError, match="kø"):
        change_size(signup.pk, 3, at=NOW)

    assert counters(event) == (2, 2)


def test_a_cancelled_sign_up_cannot_grow():
    event = EventFactory.create()
    signup = join(event, "a@example.no")
    cancel(signup.pk, at=NOW)

    with pytest.raises(SignUpError, match="avmeldt"):
        change_size(signup.pk, 2, at=NOW)


def test_the_receipt_is_in_the_language_of_the_sign_up():
    event = EventFactory.create(title="Quiz")

    sign_up(event.pk, Party(name="A", email="a@example.no", language="en"), at=NOW)

    delivery = Delivery.objects.get()
    assert "/en/arrangementer/min-pamelding/" in delivery.body.text


def test_drift_between_counters_and_rows_is_found():
    event = EventFactory.create()
    join(event, "a@example.no")
    Event.objects.filter(pk=event.pk).update(seats_taken=2)

    assert counter_drift() == [(event.pk, 1, 0)]
