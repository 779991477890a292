"""Example readers who came and left over more than a year, counted day by day, and what they were sent."""

import datetime

from django.db import transaction
from django.utils import timezone

from members.mailings import newsletters
from members.mailings.models import (
    Audience,
    Consent,
    Delivery,
    DeliveryState,
    LinkClicks,
    MailKind,
    Newsletter,
    ReaderCount,
    Subscriber,
    Topic,
)
from members.mailings.newsletter_content import Block, Item
from members.mailings.reader_counting import count_day
from members.mailings.subscribing import CONSENT_VERSION, consent_text

READERS, DAYS = 480, 420
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
# Days ago, topic, subject, and an entry: title, text and where it leads.
_LETTERS = [
    (
        390,
        Topic.HOMES,
        "Eksempel: Bolig for studenter",
        "Ledige hybler",
        "Slik leter du.",
        "/bolig/",
    ),
    (270, Topic.JOBS, "Eksempel: Jobb i industrien", "Ledige stillinger", "Se alle.", "/jobb/"),
    (
        150,
        Topic.EVENTS,
        "Eksempel: Det skjer i byen",
        "Det som skjer",
        "Noe nytt.",
        "/arrangementer/",
    ),
    (60, Topic.STUDIES, "Eksempel: Studier nær deg", "Nye studier", "Les mer.", "/studier/"),
    (9, Topic.HOMES, "Eksempel: Boliger nå", "Ledige boliger", "Tre nye.", "/bolig/"),
]
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
    for days, topic, title, *entry in _LETTERS:
        _send(title, topic, Item(*entry), at=at - datetime.timedelta(days=days))


def _send(title: str, topic: Topic, item: Item, *, at: datetime.datetime) -> None:
    """Write a newsletter as if it had been sent then; no message leaves."""
    letter = newsletters.build_newsletter(
        title=title,
        intro="Eksempel. Redaksjonen skriver sin egen tekst.",
        blocks=[Block("Nytt", [item], "Om programmet", "/om/")],
        topic=topic,
        at=at,
        with_extra_blocks=False,
    )
    letter = newsletters.start(newsletter=letter, at=at, by=None)
    Delivery.objects.filter(kind=MailKind.NEWSLETTER, subject=letter.occasion).update(
        state=DeliveryState.SENT, finished_at=at
    )
    newsletters.finish_sent(at=at)
    _click(letter, at=at)


def _click(letter: Newsletter, *, at: datetime.datetime) -> None:
    """Let most follow the first link, some the next, and hardly anybody the way to the browser."""
    in_browser, *others = letter.links.order_by("pk")
    LinkClicks.objects.bulk_create(
        LinkClicks(
            link=link,
            day=timezone.localdate(at + datetime.timedelta(days=day)),
            number=max(1, letter.recipient_count // (3 + 2 * place) // (day + 1) ** 2),
        )
        for place, link in enumerate([*others, in_browser])
        for day in range(3)
    )


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
