"""Whoever says stop gets nothing more, also when a worker has their message in its hands."""

import datetime
import uuid

import pytest

from members.accounts.models import User
from members.mailings import newsletters, sending, subscribing, welcome
from members.mailings.models import (
    Audience,
    Delivery,
    DeliveryState,
    Frequency,
    MailKind,
    MailRules,
    NewsletterState,
    Subscriber,
    Topic,
    WelcomeMail,
)
from tests.members.mailings.factories import NOW, ConsentFactory, NewsletterFactory
from tests.members.mailings.smtp_sink import Sink

pytestmark = pytest.mark.django_db

HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)


def choose(subscriber: Subscriber, **choices: object) -> None:
    usual: dict[str, object] = {
        "topics": [Topic.WEEKLY],
        "audiences": [],
        "frequency": Frequency.EACH,
        "language": "nb",
        "paused_until": None,
        "source": "x",
        "at": NOW + HOUR,
    }
    subscribing.choose(subscriber=subscriber, **{**usual, **choices})  # type: ignore[arg-type]


def in_the_hands_of_a_worker() -> None:
    """Let a worker take every message that waits; it is killed before it has sent one."""
    Delivery.objects.filter(state=DeliveryState.QUEUED).update(
        state=DeliveryState.SENDING,
        lease_until=NOW + HOUR,
        lease_token=uuid.UUID(int=1),
    )


@pytest.mark.parametrize("how", ["topic", "all", "pause"])
def test_a_message_in_a_workers_hands_is_not_tried_again_for_who_left(sink: Sink, how: str):
    consent = ConsentFactory.create()
    other = ConsentFactory.create()
    newsletters.start(newsletter=NewsletterFactory.create(), at=NOW, by=None)
    in_the_hands_of_a_worker()

    if how == "pause":
        choose(consent.subscriber, paused_until=(NOW + 7 * DAY).date())
    else:
        topic = Topic.WEEKLY if how == "topic" else None
        subscribing.withdraw(subscriber=consent.subscriber, topic=topic, source="x", at=NOW + HOUR)
    # The lease of the dead worker has run out.
    sending.send_due(clock=lambda: NOW + 2 * HOUR)

    assert not sink.to(consent.subscriber.email)
    assert len(sink.to(other.subscriber.email)) == 1


def test_who_leaves_one_topic_still_gets_what_a_worker_has_of_another(sink: Sink):
    consent = ConsentFactory.create()
    homes = ConsentFactory.create(subscriber=consent.subscriber, topic=Topic.HOMES)
    newsletters.start(newsletter=NewsletterFactory.create(), at=NOW, by=None)
    in_the_hands_of_a_worker()

    subscribing.withdraw(subscriber=homes.subscriber, topic=homes.topic, source="x", at=NOW + HOUR)
    sending.send_due(clock=lambda: NOW + 2 * HOUR)

    assert len(sink.to(consent.subscriber.email)) == 1


def test_a_second_pause_stops_what_waits_as_the_first_one_did():
    long_ago = (NOW - 90 * DAY).date()
    subscriber = ConsentFactory.create(subscriber__paused_until=long_ago).subscriber
    newsletters.start(newsletter=NewsletterFactory.create(), at=NOW, by=None)

    choose(subscriber, paused_until=(NOW + 7 * DAY).date())

    assert Delivery.objects.get().state == DeliveryState.CANCELLED


def test_who_is_no_longer_new_is_spared_the_welcome_that_waits():
    consent = ConsentFactory.create()
    WelcomeMail.objects.create(
        days_after=0, title="Velkommen", text="<p>Hei</p>", active_since_at=NOW - DAY
    )
    choose(consent.subscriber, audiences=[Audience.NEWCOMERS])
    welcome.write_due(at=NOW + HOUR)
    assert Delivery.objects.get(kind=MailKind.WELCOME).state == DeliveryState.QUEUED

    choose(consent.subscriber, audiences=[Audience.STUDENTS])

    assert Delivery.objects.get(kind=MailKind.WELCOME).state == DeliveryState.CANCELLED


@pytest.mark.parametrize("how", ["leaves", "pauses"])
def test_who_leaves_while_the_letter_is_held_is_not_tried_again(sink: Sink, editor: User, how: str):
    MailRules.objects.create(pk=1, pause_after_errors=2)
    consents = ConsentFactory.create_batch(2)
    newsletter = newsletters.start(newsletter=NewsletterFactory.create(), at=NOW, by=editor)
    for consent in consents:
        sink.at_data[consent.subscriber.email] = ["554 5.7.1 blocked", "250 OK"]
    sending.send_due(clock=lambda: NOW)
    newsletter.refresh_from_db()
    assert newsletter.state == NewsletterState.PAUSED

    gone = consents[0].subscriber
    if how == "leaves":
        subscribing.withdraw(subscriber=gone, source="x", at=NOW + HOUR)
    else:
        choose(gone, paused_until=(NOW + 7 * DAY).date())
    newsletters.resume(newsletter=newsletter, at=NOW + 2 * HOUR, by=editor)
    sending.send_due(clock=lambda: NOW + 3 * HOUR)

    sent = Delivery.objects.filter(kind=MailKind.NEWSLETTER, state=DeliveryState.SENT)
    assert list(sent.values_list("recipient", flat=True)) == [consents[1].subscriber.email]
