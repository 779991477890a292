"""
The unsubscribe link of a newsletter, as a mail program presses it.

Source: RFC 8058 (2017): POST with `List-Unsubscribe=One-Click`, without cookies or other context.
"""

import re

import pytest
from django.test import Client
from fast_mail_parser import parse_email

from members.mailings import newsletters, sending
from members.mailings.models import Consent, Delivery, MailKind, Newsletter, Subscriber, Topic
from tests.members.mailings.factories import (
    NOW,
    ConsentFactory,
    NewsletterFactory,
    SubscriberFactory,
)
from tests.members.mailings.smtp_sink import Sink

pytestmark = pytest.mark.django_db

SITE = "http://testserver"


def mail_out(topic: Topic = Topic.WEEKLY) -> Newsletter:
    newsletter = NewsletterFactory.create(topic=topic)
    newsletters.start(newsletter=newsletter, at=NOW, by=None)
    sending.send_due(clock=lambda: NOW)
    return newsletter


def path_in_header(sink: Sink, subscriber: Subscriber) -> str:
    """The address that a mail program finds in the newest message to the person."""
    headers = dict(parse_email(sink.to(subscriber.email)[-1].raw).headers)
    assert headers["List-Unsubscribe-Post"] == ["List-Unsubscribe=One-Click"]
    (given,) = headers["List-Unsubscribe"]
    found = re.match(rf"<{SITE}(/[^>]+)>", given)
    assert found
    return found.group(1)


def stranger() -> Client:
    """A computer with no cookies, and one that Django's own protection of forms applies to."""
    return Client(enforce_csrf_checks=True)


def press(path: str):
    return stranger().post(path, {"List-Unsubscribe": "One-Click"})


def topics_of(subscriber: Subscriber) -> set[str]:
    return set(subscriber.consents.in_force().values_list("topic", flat=True))


@pytest.fixture
def subscriber() -> Subscriber:
    """A person who gets the weekly post and homes."""
    person = SubscriberFactory.create(email="kari@example.no")
    for topic in (Topic.WEEKLY, Topic.HOMES):
        ConsentFactory.create(subscriber=person, topic=topic)
    ConsentFactory.create(subscriber__email="ola@example.no")
    return person


def test_the_link_in_a_message_that_arrived(sink: Sink, subscriber: Subscriber):
    mail_out()
    path = path_in_header(sink, subscriber)

    # A link scanner opens it, more than once and in more than one way: nothing changes.
    for method in ("get", "head", "get"):
        assert getattr(stranger(), method)(path).status_code == 200
    assert topics_of(subscriber) == {Topic.WEEKLY, Topic.HOMES}

    response = press(path)
    assert response.status_code == 200
    assert not response.cookies
    assert topics_of(subscriber) == {Topic.HOMES}
    after_once = list(Consent.objects.order_by("pk").values())

    assert press(path).status_code == 200
    assert list(Consent.objects.order_by("pk").values()) == after_once

    # The next campaign leaves that person out, and nobody else; the other topic goes on.
    sink.received.clear()
    following = mail_out()
    mail_out(Topic.HOMES)
    rows = Delivery.objects.filter(kind=MailKind.NEWSLETTER, subject=following.occasion)
    assert set(rows.values_list("recipient", flat=True)) == {"ola@example.no"}
    assert len(sink.to("ola@example.no")) == 1
    (homes,) = sink.to(subscriber.email)
    assert "<bolig." in str(homes.message["List-Id"])


def test_the_link_in_the_words_of_the_message_is_the_same(sink: Sink, subscriber: Subscriber):
    mail_out()
    path = path_in_header(sink, subscriber)

    mail = parse_email(sink.to(subscriber.email)[0].raw)

    assert SITE + path in mail.text_plain[0]
    assert SITE + path in mail.text_html[0]


def test_a_link_of_an_old_message_does_not_end_a_yes_that_was_given_again_by_being_opened(
    sink: Sink, subscriber: Subscriber
):
    mail_out()
    path = path_in_header(sink, subscriber)
    press(path)
    ConsentFactory.create(subscriber=subscriber, topic=Topic.WEEKLY)

    stranger().get(path)

    assert Topic.WEEKLY in topics_of(subscriber)
    assert "Meld meg av" in stranger().get(path).content.decode()


def test_somebody_elses_link_stops_nothing_of_mine(sink: Sink, subscriber: Subscriber):
    mail_out()
    other = Subscriber.objects.get(email="ola@example.no")

    press(path_in_header(sink, other))

    assert topics_of(other) == set()
    assert topics_of(subscriber) == {Topic.WEEKLY, Topic.HOMES}


def test_a_forged_link_is_not_found(sink: Sink, subscriber: Subscriber):
    mail_out()
    path = path_in_header(sink, subscriber)
    forged = path[:-2] + ("x" if path[-2] != "x" else "y") + "/"

    assert press(forged).status_code == 404
    assert topics_of(subscriber) == {Topic.WEEKLY, Topic.HOMES}
