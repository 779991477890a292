"""Whoever says stop gets nothing more, also when a worker has their message in its hands."""

import datetime
import uuid

import pytest

from members.mailings import newsletters, sending, subscribing, welcome
from members.mailings.models import (
    Audience,
    Delivery,
    DeliveryState,
    Frequency,
    MailKind,
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
