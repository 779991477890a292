import datetime as dt

import pytest

from members.mailings.models.delivery import Delivery
from projects.bypuls.models import Event, SignUp
from projects.bypuls.signups.queue import (
    accept_offer,
    change_capacity,
    decline_offer,
    drive_queues,
    expire_offers,
    offer_seats,
    queue_number,
)
from projects.bypuls.signups.seats import counter_drift
from projects.bypuls.signups.signup import (
    ClosedError,
    OfferGoneError,
    Party,
    SignUpError,
    cancel,
    change_size,
    sign_up,
)
from tests.projects.bypuls.factories import NOW, EventFactory

pytestmark = pytest.mark.django_db
# The deadline of an offer made at noon, a week ahead.
TOMORROW = NOW + dt.timedelta(days=1)


def join(event: Event, email: str, size: int = 1, at: dt.datetime = NOW) -> SignUp:
    return sign_up(event.pk, Party(name=email[0].upper(), email=email, size=size), at=at).signup


def line(policy: str, capacity: int, *sizes: int) -> tuple[Event, list[SignUp]]:
    """An event that the first party fills, with the others in the queue: a, b, c …"""
    event = EventFactory.create(
        queue_policy=policy, capacity=capacity, waiting_list_capacity=30, max_group_size=10
    )
    parties = zip("abcdefgh", sizes, strict=False)
    return event, [join(event, f"{letter}@example.no", size) for letter, size in parties]


def states(event: Event) -> list[tuple[str, str, int]]:
    """Everybody's letter, state and the people it goes for, in the order they came."""
    event.refresh_from_db()
    assert counter_drift() == []
    rows = SignUp.objects.filter(event=event).order_by("pk")
    return [(row.email[0], row.state, row.offered_size or row.size) for row in rows]


def mails(email: str) -> list[Delivery]:
    return list(Delivery.objects.filter(recipient=email).order_by("pk").select_related("body"))


def test_a_free_seat_is_an_offer_with_a_deadline_and_counts_as_taken():
    event, (first, second, _third) = line("strict", 1, 1, 1, 1)

    cancel(first.pk, at=NOW)

    second.refresh_from_db()
    assert (second.state, second.offer_expires_at) == ("offered", TOMORROW)
    assert (event.seats_taken, states(event)[2]) == (0, ("c", "waiting", 1))
    assert (event.seats_taken, event.waiting_taken) == (1, 1)
    mail = mails("b@example.no")[-1]
    assert (mail.kind, mail.stale_at) == ("signup-offered", TOMORROW)
    assert "Svar innen 22. november 2026 kl. 12.00" in mail.body.text
    assert mail.body.attachments == []


def test_yes_gives_the_seat_with_calendar_file_and_ticket_and_twice_is_once():
    event, (first, second) = line("strict", 1, 1, 1)
    cancel(first.pk, at=NOW)

    for _ in range(2):
        accept_offer(second.pk, at=NOW)

    assert states(event)[1] == ("b", "attending", 1)
    assert [mail.kind for mail in mails("b@example.no")] == [
        "signup-receipt",
        "signup-offered",
        "signup-promoted",
    ]
    files = [file["name"] for file in mails("b@example.no")[-1].body.attachments]
    assert files == ["invite.ics", "billett.png"]


def test_no_lets_the_next_have_it():
    event, (first, second, _third) = line("strict", 1, 1, 1, 1)
    cancel(first.pk, at=NOW)

    for _ in range(2):
        decline_offer(second.pk, at=NOW)

    assert states(event)[1:] == [("b", "cancelled", 1), ("c", "offered", 1)]
    assert mails("b@example.no")[-1].kind == "signup-cancelled"
    with pytest.raises(OfferGoneError):
        accept_offer(second.pk, at=NOW)


def test_no_answer_in_time_lets_the_next_have_it_at_once():
    event, (first, second, third) = line("strict", 1, 1, 1, 1)
    cancel(first.pk, at=NOW)

    assert expire_offers(at=TOMORROW - dt.timedelta(seconds=1)) == 0
    assert expire_offers(at=TOMORROW) == 1
    assert expire_offers(at=TOMORROW) == 0

    assert states(event)[1:] == [("b", "lapsed", 1), ("c", "offered", 1)]
    third.refresh_from_db()
    assert third.offer_expires_at == TOMORROW + dt.timedelta(days=1)
    assert mails("b@example.no")[-1].body.title == f"Fristen gikk ut: {event.title}"
    with pytest.raises(OfferGoneError, match="Fristen"):
        accept_offer(second.pk, at=TOMORROW)


def test_an_answer_after_the_deadline_is_too_late_also_before_anybody_has_noticed():
    event, (first, second) = line("strict", 1, 1, 1)
    cancel(first.pk, at=NOW)

    with pytest.raises(OfferGoneError, match="Fristen"):
        accept_offer(second.pk, at=TOMORROW)

    assert states(event)[1][1] == "offered"


def test_whoever_did_not_answer_may_sign_up_again_and_stands_last():
    event, (first, _second, _third) = line("strict", 1, 1, 1, 1)
    cancel(first.pk, at=NOW)
    expire_offers(at=TOMORROW)

    assert queue_number(join(event, "b@example.no", at=TOMORROW)) == 1
    assert states(event)[-1] == ("b", "waiting", 1)


def test_a_party_may_take_fewer_seats_than_it_is_offered():
    event, (first, second, _third) = line("strict", 3, 3, 3, 1)
    cancel(first.pk, at=NOW)

    with pytest.raises(SignUpError, match="tilbudt 3"):
        accept_offer(second.pk, at=NOW, size=4)
    accept_offer(second.pk, at=NOW, size=2)

    assert states(event)[1:] == [("b", "attending", 2), ("c", "offered", 1)]


def test_whoever_is_offered_a_seat_may_sign_off_but_must_answer_before_changing():
    event, (first, second, _third) = line("strict", 2, 2, 2, 1)
    cancel(first.pk, at=NOW)

    with pytest.raises(SignUpError, match="Svar på tilbudet"):
        change_size(second.pk, 1, at=NOW)
    cancel(second.pk, at=NOW)

    assert states(event)[1:] == [("b", "cancelled", 2), ("c", "offered", 1)]


# --- Three policies: a group of three waits first, two seats become free ---------------------------


def two_seats_free(policy: str, *rest: int) -> tuple[Event, list[SignUp]]:
    event, people = line(policy, 5, 2, 3, 3, *rest)
    assert [row[1] for row in states(event)] == ["attending", "attending"] + ["waiting"] * (
        1 + len(rest)
    )
    cancel(people[0].pk, at=NOW)
    return event, people[2:]


def test_strict_order_waits_until_the_first_fits():
    event, _people = two_seats_free("strict", 1, 2)

    assert states(event)[2:] == [("c", "waiting", 3), ("d", "waiting", 1), ("e", "waiting", 2)]
    assert drive_queues(at=NOW) == 0


def test_filling_goes_on_to_those_who_fit_and_splits_nobody():
    event, _people = two_seats_free("fill", 1, 2, 1)

    assert states(event)[2:] == [
        ("c", "waiting", 3),
        ("d", "offered", 1),
        ("e", "waiting", 2),
        ("f", "offered", 1),
    ]


def test_splitting_asks_the_first_that_does_not_fit():
    event, (group, *_rest) = two_seats_free("split", 1, 2)

    assert states(event)[2:] == [("c", "offered", 2), ("d", "waiting", 1), ("e", "waiting", 2)]
    assert (event.seats_taken, event.waiting_taken) == (5, 4)
    assert "Det er 2 ledige plasser, og dere er 3" in mails("c@example.no")[-1].body.text

    accept_offer(group.pk, at=NOW)

    assert states(event)[2:] == [
        ("c", "attending", 2),
        ("d", "waiting", 1),
        ("e", "waiting", 2),
        ("c", "waiting", 1),
    ]
    rest = SignUp.objects.get(split_from=group)
    assert (rest.queue_number, queue_number(rest)) == (group.queue_number, 1)
    assert "som nummer 1, med en lenke for seg" in mails("c@example.no")[-1].body.text
    change_capacity(event.pk, capacity=6, waiting_list_capacity=30, at=NOW)
    assert accept_offer(rest.pk, at=NOW).state == "attending"
    assert (states(event)[-1], event.seats_taken) == (("c", "attending", 1), 6)


@pytest.mark.parametrize("answer", ["no", "none"])
def test_whoever_does_not_want_to_split_waits_whole_and_is_passed_by_until_all_fit(answer):
    event, (group, single, *_rest) = two_seats_free("split", 1, 2)

    if answer == "no":
        decline_offer(group.pk, at=NOW)
    else:
        assert expire_offers(at=TOMORROW) == 1
        assert "Dere står fortsatt på ventelisten" in mails("c@example.no")[-1].body.text

    group.refresh_from_db()
    assert group.refuses_split
    # The next that fits, and then the next that does not is asked in its turn.
    assert states(event)[2:] == [("c", "waiting", 3), ("d", "offered", 1), ("e", "offered", 1)]
    assert queue_number(group) == 1
    change_capacity(event.pk, capacity=8, waiting_list_capacity=30, at=NOW)
    assert states(event)[2] == ("c", "offered", 3)
    assert single.event_id == event.pk


def test_a_party_asked_to_split_gets_what_it_lacks_before_those_behind_it():
    event, (group, *_rest) = two_seats_free("split", 1)

    change_capacity(event.pk, capacity=6, waiting_list_capacity=30, at=NOW)

    assert states(event)[2:] == [("c", "offered", 3), ("d", "waiting", 1)]
    assert "dere kan få 3 plasser" in mails("c@example.no")[-1].body.text
    accept_offer(group.pk, at=NOW)
    assert not SignUp.objects.filter(split_from=group)


def test_the_queue_keeps_room_for_a_party_that_may_say_no_to_splitting():
    event = EventFactory.create(queue_policy="split", capacity=2, waiting_list_capacity=3)
    group = join(event, "a@example.no", 3)
    assert states(event) == [("a", "offered", 2)]

    with pytest.raises(SignUpError, match="fullt"):
        join(event, "b@example.no", 2)
    with pytest.raises(SignUpError, match="3 står på ventelisten"):
        change_capacity(event.pk, capacity=2, waiting_list_capacity=2, at=NOW)
    decline_offer(group.pk, at=NOW)

    assert states(event) == [("a", "waiting", 3)]


def test_a_group_that_does_not_fit_is_asked_to_split_as_it_signs_up():
    event, (_first, group) = line("split", 3, 1, 3)

    outcome = sign_up(event.pk, Party(name="C", email="c@example.no", size=1), at=NOW)

    assert states(event)[1:] == [("b", "offered", 2), ("c", "waiting", 1)]
    assert (outcome.state, outcome.number) == ("waiting", 1)
    assert group.state == "offered"


@pytest.mark.parametrize(("policy", "state"), [("strict", "waiting"), ("fill", "attending")])
def test_a_single_newcomer_passes_a_group_only_where_seats_are_filled(policy, state):
    event, _people = line(policy, 5, 3, 3)

    assert join(event, "ny@example.no").state == state
    assert join(event, "par@example.no", 2).state == "waiting"
    assert states(event)[1] == ("b", "waiting", 3)


def test_a_newcomer_stands_behind_those_who_wait_for_a_seat_that_just_became_free():
    event, (first, _second) = line("fill", 1, 1, 1)
    SignUp.objects.filter(pk=first.pk).update(state="cancelled", cancelled_at=NOW)
    Event.objects.filter(pk=event.pk).update(seats_taken=0)

    assert join(event, "ny@example.no").state == "waiting"


# --- When nobody is offered anything ---------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "cancelled"},
        {"status": "postponed"},
        {"status": "held"},
        {"publication": "withdrawn"},
        {"starts_at": NOW, "ends_at": NOW + dt.timedelta(hours=1)},
    ],
    ids=["called off", "postponed", "held", "withdrawn", "begun"],
)
def test_nobody_is_offered_seats_of_what_they_cannot_come_to(fields):
    event, (_first, _second) = line("strict", 1, 1, 1)
    Event.objects.filter(pk=event.pk).update(capacity=5, **fields)

    assert drive_queues(at=NOW) == 0
    assert offer_seats(Event.objects.get(pk=event.pk), at=NOW) == []
    change_capacity(event.pk, capacity=6, waiting_list_capacity=30, at=NOW)

    assert states(event)[1] == ("b", "waiting", 1)
    assert [mail.kind for mail in mails("b@example.no")] == ["signup-receipt"]


def test_an_offer_of_an_event_that_was_called_off_can_be_answered_no_more_and_ends_unsaid():
    event, (first, second) = line("strict", 1, 1, 1)
    cancel(first.pk, at=NOW)
    Event.objects.filter(pk=event.pk).update(status="cancelled")

    with pytest.raises(ClosedError, match="avlyst"):
        accept_offer(second.pk, at=NOW)
    expire_offers(at=TOMORROW)

    assert states(event)[1] == ("b", "lapsed", 1)
    assert mails("b@example.no")[-1].kind == "signup-offered"


def test_an_offer_that_a_postponement_made_unanswerable_is_made_again_for_the_new_date():
    event, (first, _second) = line("strict", 1, 1, 1)
    cancel(first.pk, at=NOW)
    Event.objects.filter(pk=event.pk).update(status="postponed")
    expire_offers(at=TOMORROW)
    assert states(event)[1] == ("b", "waiting", 1)

    Event.objects.filter(pk=event.pk).update(status="planned")

    assert drive_queues(at=TOMORROW) == 1
    assert states(event)[1] == ("b", "offered", 1)


def test_an_offer_made_at_night_is_mailed_in_the_morning_and_counts_from_then():
    event, (first, second) = line("strict", 1, 1, 1)
    night = NOW.replace(hour=23)

    cancel(first.pk, at=night)

    second.refresh_from_db()
    morning = NOW.replace(hour=7, minute=30) + dt.timedelta(days=1)
    assert mails("b@example.no")[-1].next_attempt_at == morning
    assert second.offer_expires_at == morning + dt.timedelta(days=1)


def test_seats_that_became_free_unseen_are_offered_by_the_beat():
    event, _people = line("strict", 1, 1, 1, 1)
    Event.objects.filter(pk=event.pk).update(capacity=2)

    assert drive_queues(at=NOW) == 1
    assert drive_queues(at=NOW) == 0

    assert [row[1] for row in states(event)] == ["attending", "offered", "waiting"]


def test_the_counters_are_checked_with_offers_and_splits():
    event, _people = two_seats_free("split")
    Event.objects.filter(pk=event.pk).update(waiting_taken=3)

    assert counter_drift() == [(event.pk, 5, 1)]


def test_an_offer_to_split_that_ends_after_a_change_of_policy_finds_room_in_the_queue_again():
    event, (_first, asked) = line("split", 4, 2, 4)
    assert states(event)[1][1] == "offered"
    Event.objects.filter(pk=event.pk).update(queue_policy="strict", waiting_list_capacity=4)

    with pytest.raises(SignUpError):
        sign_up(event.pk, Party(name="Ny", email="ny@example.no", size=2), at=NOW)
    expire_offers(at=TOMORROW)

    assert SignUp.objects.get(pk=asked.pk).state == "waiting"


def test_one_event_that_fails_does_not_stop_the_offers_of_the_others(caplog):
    broken, rows = line("strict", 1, 1, 1)
    whole, others = line("strict", 1, 1, 1)
    for first in (rows[0], others[0]):
        cancel(first.pk, at=NOW)
    Event.objects.filter(pk=broken.pk).update(seats_taken=0)

    assert expire_offers(at=TOMORROW) == 1

    assert SignUp.objects.get(pk=others[1].pk).state == "lapsed"
    assert f"offers of event {broken.pk} failed" in caplog.text
