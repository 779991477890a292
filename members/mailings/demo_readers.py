"""Some hundreds of example readers who came and left over more than a year, counted day by day."""

import datetime

from django.db import transaction
from django.utils import timezone

from members.mailings.models import Audience, Consent, ReaderCount, Subscriber, Topic
from members.mailings.reader_counting import count_day
from members.mailings.subscribing import CONSENT_VERSION, consent_text

READERS, DAYS = 480, 430
# Every reader follows the first; each of the others is followed by every so manieth.
_EVERY = {
    Topic.EVENTS: 2,
    Topic.HOMES: 3,
    Topic.JOBS: 4,
    Topic.TOWN_LIFE: 5,
    Topic.STUDIES: 7,
    Topic.YOUNG: 8,
    Topic.TRANSPORT: 97,
}
_AUDIENCES = {Audience.WOMEN: 3, Audience.YOUNG: 5, Audience.NEWCOMERS: 6, Audience.STUDENTS: 11}
_ADDRESS = "eksempel.leser{}@example.no"


@transaction.atomic
def load(*, at: datetime.datetime) -> None:
    """Write the readers and the days they were counted. Their addresses lead nowhere; the first time only."""
    if ReaderCount.objects.exists():
        return
    subscribers = Subscriber.objects.bulk_create(
        _reader(number, at=at) for number in range(READERS)
    )
    Consent.objects.bulk_create(
        consent
        for number, subscriber in enumerate(subscribers)
        for consent in _consents(number, subscriber, at=at)
    )
    yesterday = timezone.localdate(at) - datetime.timedelta(days=1)
    for back in range(DAYS):
        count_day(yesterday - datetime.timedelta(days=back), with_audiences=True)


def _reader(number: int, *, at: datetime.datetime) -> Subscriber:
    joined = _joined(number, at=at)
    return Subscriber(
        email=_ADDRESS.format(number + 1),
        audiences=[name.value for name, every in _AUDIENCES.items() if number % every == 0],
        created_at=joined,
        confirmed_at=joined,
        unsubscribed_at=_left(number, at=at),
    )


def _consents(number: int, subscriber: Subscriber, *, at: datetime.datetime) -> list[Consent]:
    topics = [Topic.WEEKLY, *(topic for topic, every in _EVERY.items() if number % every == 0)]
    left = _left(number, at=at)
    return [
        Consent(
            subscriber=subscriber,
            topic=topic,
            text=consent_text(topics),
            version=CONSENT_VERSION,
            source="/nyhetsbrev/",
            given_at=subscriber.created_at,
            withdrawn_at=left,
            withdrawn_source="meld-av" if left else "",
        )
        for topic in topics
    ]


def _joined(number: int, *, at: datetime.datetime) -> datetime.datetime:
    """More of them came at the beginning, when the newsletter was new, and in spurts."""
    share = (number / READERS) ** 1.2
    return at - datetime.timedelta(days=DAYS - 2 - int(share * (DAYS - 10)), hours=number % 7)


def _left(number: int, *, at: datetime.datetime) -> datetime.datetime | None:
    """Every third left again, some weeks or months after."""
    left = _joined(number, at=at) + datetime.timedelta(days=20 + number * 7 % 180)
    return left if number % 3 == 1 and left < at else None
