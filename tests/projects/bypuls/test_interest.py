import datetime as dt

import pytest

from members.mailings.models.delivery import Delivery
from projects.bypuls.events.changes import cancel_event, postpone
from projects.bypuls.models import Event, SignUp
from projects.bypuls.signups.interest import answer_interest, set_date
from projects.bypuls.signups.seats import counter_drift
from projects.bypuls.signups.signup import FullError, Party, SignUpError, cancel, sign_up
from tests.projects.bypuls.factories import NOW, EventFactory

pytestmark = pytest.mark.django_db
START = NOW + dt.timedelta(days=30)
END = START + dt.timedelta(hours=2)


def undated(**fields: object) -> Event:
    # What stands as the time means nothing yet, even when it has passed.
    fields = {"starts_at": NOW - dt.timedelta(days=1), "capacity": 2, **fields}
    return EventFactory.create(is_date_set=False, date_note="Våren 2027", **fields)


def join(event: Event, email: str, size: int = 1) -> SignUp:
    return sign_up(event.pk, Party(name="A", email=email, size=size), at=NOW).signup


def kinds(email: str) -> list[str]:
    return list(
        Delivery.objects.filter(recipient=email).order_by("pk").values_list("kind", flat=True)
    )


def test_until_the_date_is_set_the_interest_of_any_number_is_noted():
    event = undated(waiting_list_capacity=0)

    for number in range(4):
        assert join(event, f"p{number}@example.no", 2).state == "interested"

    event.refresh_from_db()
    assert (event.seats_taken, event.waiting_taken, counter_drift()) == (0, 0, [])
    mail = Delivery.objects.get(recipient="p0@example.no")
    assert "Datoen er ikke bestemt ennå" in mail.body.text
    assert "Våren 2027" in mail.body.text
    assert mail.body.attachments == []


def test_when_the_date_is_set_everybody_who_is_interested_is_asked_once():
    event = undated()
    join(event, "a@example.no")
    cancel(join(event, "nei@example.no").pk, at=NOW)

    assert set_date(event.pk, starts_at=START, ends_at=END, at=NOW) == 1
    with pytest.raises(SignUpError, match="alt bestemt"):
        set_date(event.pk, starts_at=START, ends_at=END, at=NOW)

    event.refresh_from_db()
    assert (event.starts_at, event.is_date_set, event.sequence) == (START, True, 1)
    assert kinds("a@example.no") == ["signup-receipt", "signup-asked"]
    assert "21. desember 2026" in Delivery.objects.get(kind="signup-asked").body.text


def test_those_who_answer_first_get_the_seats_and_the_others_wait():
    event = undated(waiting_list_capacity=1)
    people = [join(event, f"{letter}@example.no") for letter in "abcd"]
    with pytest.raises(SignUpError, match="ikke bestemt"):
        answer_interest(people[0].pk, comes=True, at=NOW)
    set_date(event.pk, starts_at=START, ends_at=END, at=NOW)

    for signup in (people[3], people[1], people[1], people[0]):
        answer_interest(signup.pk, comes=True, at=NOW)
    with pytest.raises(FullError):
        answer_interest(people[2].pk, comes=True, at=NOW)

    states = SignUp.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["waiting", "attending", "interested", "attending"]
    assert counter_drift() == []
    assert kinds("b@example.no") == ["signup-receipt", "signup-asked", "signup-receipt"]
    assert kinds("a@example.no")[-1] == "signup-receipt"


def test_no_means_no_and_is_told_without_a_word_of_seats_or_queues():
    event = undated()
    signup = join(event, "a@example.no")
    set_date(event.pk, starts_at=START, ends_at=END, at=NOW)

    for _ in range(2):
        answer_interest(signup.pk, comes=False, at=NOW)

    signup.refresh_from_db()
    assert signup.state == "cancelled"
    mail = Delivery.objects.get(kind="signup-cancelled")
    assert "notert at du ikke kommer" in mail.body.text


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "message"),
    [
        (NOW, END, "fram i tid"),
        (START, START, "etter starten"),
        (START, START + dt.timedelta(days=32), "31 dager"),
    ],
)
def test_an_impossible_date_is_refused_and_nobody_is_asked(starts_at, ends_at, message):
    event = undated()
    join(event, "a@example.no")

    with pytest.raises(SignUpError, match=message):
        set_date(event.pk, starts_at=starts_at, ends_at=ends_at, at=NOW)

    assert kinds("a@example.no") == ["signup-receipt"]


def test_a_postponed_event_without_a_date_is_planned_again_when_it_gets_one():
    event = undated()
    signup = join(event, "a@example.no")
    postpone(event.pk, reason="Foredragsholderen er syk", at=NOW)

    assert set_date(event.pk, starts_at=START, ends_at=END, at=NOW) == 1

    event.refresh_from_db()
    assert (event.status, event.status_reason, event.starts_at) == ("planned", "", START)
    assert answer_interest(signup.pk, comes=True, at=NOW).state == "attending"


def test_what_is_called_off_gets_no_date():
    event = undated()
    cancel_event(event.pk, reason="", at=NOW)

    with pytest.raises(SignUpError, match="avlyst"):
        set_date(event.pk, starts_at=START, ends_at=END, at=NOW)
