"""A receipt is written before the lock on the event is taken, and used only if it is still true."""

import datetime as dt

import pytest
from django.utils import timezone

from members.mailings.models.delivery import Delivery
from projects.bypuls.models import Event, SignUp
from projects.bypuls.signups.signup import Party, prepare, sign_up
from projects.bypuls.signups.ticket import ticket_code
from tests.projects.bypuls.factories import NOW, EventFactory, VenueFactory

pytestmark = pytest.mark.django_db

KARI = Party(name="Kari", email="kari@example.no")


def read(event: Event) -> Event:
    """Return the event as the page has read it, before anybody holds the lock."""
    return Event.objects.defer("search").get(pk=event.pk)


def what_was_mailed(email: str = "kari@example.no") -> tuple[str, str, list[dict[str, str]]]:
    body = Delivery.objects.get(recipient=email).body
    return body.title, body.text, body.attachments


def test_a_prepared_receipt_says_what_any_other_says():
    event = EventFactory.create(title="Quiz", venue=VenueFactory.create(name="Krona"))
    plain = sign_up(event.pk, Party(name="Kari", email="ola@example.no"), at=NOW).signup
    prepared = prepare(read(event), KARI)
    assert prepared is not None

    signup = sign_up(event.pk, KARI, at=NOW, prepared=prepared).signup

    assert signup.pk == prepared.signup_id
    title, text, files = what_was_mailed()
    assert ticket_code(signup) in text
    assert [file["name"] for file in files] == ["invite.ics", "billett.png"]
    other_title, other_text, other_files = what_was_mailed("ola@example.no")
    assert title == other_title
    links = [word for word in text.split() if "/min-pamelding/" in word]
    other_links = [word for word in other_text.split() if "/min-pamelding/" in word]
    expected = other_text.replace(ticket_code(plain), ticket_code(signup))
    for mine, others in zip(links, other_links, strict=True):
        expected = expected.replace(others, mine)
    assert text == expected
    assert files[0]["content"] == other_files[0]["content"].replace("ola@", "kari@")


def test_preparing_leaves_nothing_behind():
    event = EventFactory.create()

    prepare(read(event), KARI)

    assert not SignUp.objects.exists()
    assert not Delivery.objects.exists()


def test_an_event_that_was_changed_meanwhile_is_told_as_it_is_now():
    event = EventFactory.create(title="Quiz")
    prepared = prepare(read(event), KARI)
    later = event.starts_at + dt.timedelta(days=1)
    Event.objects.filter(pk=event.pk).update(starts_at=later, ends_at=later + dt.timedelta(hours=2))
    event.refresh_from_db()

    sign_up(event.pk, KARI, at=NOW, prepared=prepared)

    _title, _text, files = what_was_mailed()
    start = next(line for line in files[0]["content"].splitlines() if "DTSTART;" in line)
    assert timezone.localtime(later).strftime(":%Y%m%dT%H%M") in start


def test_others_who_sign_up_meanwhile_do_not_spoil_it():
    event = EventFactory.create(capacity=5)
    prepared = prepare(read(event), KARI)
    sign_up(event.pk, Party(name="Ola", email="ola@example.no"), at=NOW)

    signup = sign_up(event.pk, KARI, at=NOW, prepared=prepared).signup

    assert prepared is not None
    assert signup.pk == prepared.signup_id


def test_whoever_is_too_late_gets_the_mail_of_the_queue():
    event = EventFactory.create(capacity=1, title="Quiz")
    prepared = prepare(read(event), KARI)
    sign_up(event.pk, Party(name="Ola", email="ola@example.no"), at=NOW)

    outcome = sign_up(event.pk, KARI, at=NOW, prepared=prepared)

    assert (outcome.state, outcome.number) == ("waiting", 1)
    title, text, files = what_was_mailed()
    assert "venteliste" in title.lower()
    assert files == []


def test_a_house_that_is_full_prepares_nothing():
    event = EventFactory.create(capacity=1)
    sign_up(event.pk, Party(name="Ola", email="ola@example.no"), at=NOW)

    assert prepare(read(event), KARI) is None


def test_one_receipt_for_two_presses():
    event = EventFactory.create()
    first, second = prepare(read(event), KARI), prepare(read(event), KARI)

    one = sign_up(event.pk, KARI, at=NOW, prepared=first)
    again = sign_up(event.pk, KARI, at=NOW, prepared=second)

    assert one.signup == again.signup
    assert Delivery.objects.count() == 1
