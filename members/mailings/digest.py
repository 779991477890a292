"""
The gathered mail: every Monday morning, and the first Monday of the month, what is new on a person's topics.

What there is to tell is read once for all and frozen. Then the readers are gone through some thousand at
a time, each batch in a transaction of its own that also moves the mark of how far it has come. A process
that is killed loses nothing and repeats nothing; the next run of the job goes on at the mark.
"""

import datetime
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Min, Q
from django.utils import timezone

from members.mailings import digest_content
from members.mailings.digest_content import Content, Letter
from members.mailings.digest_mail import render
from members.mailings.ledger import MailKind
from members.mailings.models import (
    Consent,
    Delivery,
    DeliveryState,
    DigestEdition,
    DigestState,
    Frequency,
    Subscriber,
    Topic,
)
from members.mailings.newsletter_content import Block, Rendered
from members.mailings.shared_text import Reader, write_text, write_to

WEEKDAY, CLOCK = 0, datetime.time(7)
# Later than this it is no longer Monday's mail: what it held comes with the next one.
MAX_LATENESS = datetime.timedelta(hours=36)
STALE_AFTER = datetime.timedelta(days=3)
BATCH = 2000
# No letter older than this is gathered.
LETTERS_KEPT = datetime.timedelta(days=62)
# How far back the very first edition looks.
_FIRST = {
    Frequency.WEEKLY: datetime.timedelta(days=7),
    Frequency.MONTHLY: datetime.timedelta(days=31),
}

# Language, topics with news and letters: readers with the same get the same text.
Key = tuple[str, tuple[str, ...], tuple[int, ...]]


def due_moment(frequency: str, *, at: datetime.datetime) -> datetime.datetime:
    """Return when the gathered mail was due last: Monday at 7 in Norway, for the month its first Monday."""
    local = timezone.localtime(at)
    day = local.date() - datetime.timedelta(days=(local.weekday() - WEEKDAY) % 7)
    while True:
        moment = timezone.make_aware(datetime.datetime.combine(day, CLOCK))
        if moment <= at and (frequency != Frequency.MONTHLY or day.day <= 7):
            return moment
        day -= datetime.timedelta(days=7)


def period_of(frequency: str, due_at: datetime.datetime) -> str:
    """Return the name of the week or month that an edition belongs to."""
    return f"{timezone.localtime(due_at):{'%Y-%m' if frequency == Frequency.MONTHLY else '%G-W%V'}}"


def write_due(*, at: datetime.datetime) -> int:
    """
    Write the gathered mail that is due, or go on where a run was cut off. Returns how many were written.

    Safe to call often and in any number of processes.
    """
    _give_up_old(at=at)
    written = 0
    for frequency in (Frequency.WEEKLY, Frequency.MONTHLY):
        edition = _edition(frequency, at=at)
        bodies: dict[Key, int] = {}
        content = digest_content.read(edition.content) if edition.content else None
        while content is not None and edition.state == DigestState.WRITING:
            before = edition.written_count
            edition = _write_batch(edition.pk, content, bodies, at=at)
            written += max(0, edition.written_count - before)
    return written


def render_whole(edition: DigestEdition, *, language: str) -> Rendered:
    """Return the mail with every topic and letter, for a look at it; empty when it held nothing or is forgotten."""
    blocks: list[Block] = []
    if edition.content:
        content = digest_content.read(edition.content)
        letters = [
            letter.pk
            for letter in content.letters
            if letter.is_original or letter.language == language
        ]
        blocks = content.blocks(language=language, topics=Topic.values, letters=letters)
    return render(edition=edition, blocks=blocks, language=language)


def _edition(frequency: Frequency, *, at: datetime.datetime) -> DigestEdition:
    """Return the edition of the period, begun here when it is the first time anybody asks."""
    due_at = due_moment(frequency, at=at)
    period = period_of(frequency, due_at)
    found = DigestEdition.objects.filter(frequency=frequency, period=period).first()
    if found is not None:
        return found
    done = DigestEdition.objects.filter(frequency=frequency, state=DigestState.DONE)
    last = done.order_by("-due_at").first()
    since = last.due_at if last else due_at - _FIRST[frequency]
    values: dict[str, Any] = {"since_at": since, "due_at": due_at, "started_at": at}
    if at - due_at > MAX_LATENESS:
        values |= {"state": DigestState.MISSED, "finished_at": at}
    else:
        content = digest_content.gather(
            # The last one told what there was when it was begun, which may be hours after it was due.
            since=last.started_at if last else since,
            letters_since=_letters_since(frequency, since),
            until=due_at,
            at=at,
        )
        values["content"] = digest_content.as_json(content)
    edition, _created = DigestEdition.objects.get_or_create(
        frequency=frequency, period=period, defaults=values
    )
    return edition


def _give_up_old(*, at: datetime.datetime) -> None:
    """Close what was cut off so long ago that the rest of its readers are better served by the next one."""
    DigestEdition.objects.filter(state=DigestState.WRITING, due_at__lt=at - MAX_LATENESS).update(
        state=DigestState.MISSED, finished_at=at
    )


def _letters_since(frequency: str, since: datetime.datetime) -> datetime.datetime:
    """Return up to when everybody has their letters: one who comes over from the monthly mail lacks more."""
    oldest = Subscriber.objects.filter(_wanted(frequency)).aggregate(
        oldest=Min("gathered_until_at")
    )["oldest"]
    return max(min(since, oldest or since), since - LETTERS_KEPT)


@transaction.atomic
def _write_batch(
    pk: int, content: Content, bodies: dict[Key, int], *, at: datetime.datetime
) -> DigestEdition:
    """Write to the next readers, or close the edition when there are none. `bodies` are those written so far."""
    edition = DigestEdition.objects.select_for_update().get(pk=pk)
    if edition.state != DigestState.WRITING:
        return edition
    readers = _readers(edition)
    if not readers:
        edition.state, edition.finished_at = DigestState.DONE, at
        edition.save(update_fields=["state", "finished_at"])
        return edition
    keys = _keys(edition, content, readers, at=at)
    for key in set(keys.values()) - bodies.keys():
        bodies[key] = _write_text(edition, content, key, at=at)
    write_to(
        [
            Reader(reader.pk, bodies[keys[reader.pk]], reader.token)
            for reader in readers
            if reader.pk in keys
        ],
        kind=MailKind.DIGEST,
        occasion=edition.occasion,
        at=at,
        stale_at=at + STALE_AFTER,
    )
    _note_gathered(edition, readers)
    edition.last_subscriber = readers[-1].pk
    edition.written_count += len(keys)
    edition.empty_count += len(readers) - len(keys)
    edition.save(update_fields=["last_subscriber", "written_count", "empty_count"])
    return edition


class Row(NamedTuple):
    """What the writing needs to know of a subscriber."""

    pk: int
    email: str
    token: str
    language: str
    frequency: str
    audiences: list[str]
    paused_until: datetime.date | None
    gathered_until_at: datetime.datetime | None


def _readers(edition: DigestEdition) -> list[Row]:
    """Return the next subscribers whose mail is gathered, locked."""
    # The lock makes somebody who leaves at this very moment wait for the row, and stop it.
    found = Subscriber.objects.select_for_update().filter(_wanted(edition.frequency))
    rows = found.filter(pk__gt=edition.last_subscriber).order_by("pk").values_list(*Row._fields)
    return [Row(*row) for row in rows[:BATCH]]


def _wanted(frequency: str) -> Q:
    wanted = Q(frequency=frequency)
    if frequency == Frequency.WEEKLY:
        # Those who have gone over to single letters: this gathered one is their last.
        wanted |= Q(frequency=Frequency.EACH, gathered_until_at__isnull=False)
    return wanted


def _keys(
    edition: DigestEdition,
    content: Content,
    readers: Sequence[Row],
    *,
    at: datetime.datetime,
) -> dict[int, Key]:
    """Return what each reader is to get; those for whom there is nothing, or who pause, are left out."""
    topics = defaultdict(set)
    consents = Consent.objects.in_force().filter(subscriber__in=[reader.pk for reader in readers])
    for subscriber_id, topic in consents.values_list("subscriber_id", "topic"):
        topics[subscriber_id].add(topic)
    got = _got_by_itself(content.letters, readers)
    with_news = {language: content.topics_with_news(language) for language in content.topics}
    today = timezone.localdate(at)
    keys = {}
    for reader in readers:
        if reader.paused_until is not None and reader.paused_until >= today:
            continue
        chosen = topics[reader.pk]
        news = chosen & with_news.get(reader.language, set())
        letters = _letters_for(reader, chosen, content.letters, got[reader.email], edition)
        if news or letters:
            in_order = tuple(topic for topic in Topic.values if topic in news)
            keys[reader.pk] = (reader.language, in_order, letters)
    return keys


def _letters_for(
    reader: Row,
    topics: set[str],
    letters: Sequence[Letter],
    got: set[int],
    edition: DigestEdition,
) -> tuple[int, ...]:
    """Return the letters that are new to the reader, each in one edition: their language's or the original."""
    families: dict[int, list[Letter]] = defaultdict(list)
    for letter in letters:
        is_for_reader = letter.topic in topics and (
            not letter.audiences or set(letter.audiences) & set(reader.audiences)
        )
        if is_for_reader and (letter.is_original or letter.language == reader.language):
            families[letter.family].append(letter)
    since = reader.gathered_until_at or edition.since_at
    found = []
    for family, members in families.items():
        if family in got or min(letter.started_at for letter in members) <= since:
            continue
        own = [letter for letter in members if letter.language == reader.language]
        found.append((own or members)[0].pk)
    return tuple(found)


def _got_by_itself(letters: Sequence[Letter], readers: Sequence[Row]) -> defaultdict[str, set[int]]:
    """Return which letters each address got by itself, before it chose to have them gathered."""
    got: defaultdict[str, set[int]] = defaultdict(set)
    if not letters:
        return got
    families = {letter.occasion: letter.family for letter in letters}
    rows = Delivery.objects.filter(
        kind=MailKind.NEWSLETTER,
        subject__in=list(families),
        recipient__in=[reader.email for reader in readers],
    ).exclude(state=DeliveryState.CANCELLED)
    for subject, recipient in rows.values_list("subject", "recipient"):
        got[recipient].add(families[subject])
    return got


def _write_text(
    edition: DigestEdition, content: Content, key: Key, *, at: datetime.datetime
) -> int:
    language, topics, letters = key
    blocks = content.blocks(language=language, topics=topics, letters=letters)
    return write_text(render(edition=edition, blocks=blocks, language=language), at=at)


def _note_gathered(edition: DigestEdition, readers: Sequence[Row]) -> None:
    """Remember up to when each reader's letters are gathered; not any more for those who left off."""
    rows = Subscriber.objects.filter(pk__in=[reader.pk for reader in readers])
    rows.filter(frequency=edition.frequency).update(gathered_until_at=edition.due_at)
    rows.exclude(frequency=edition.frequency).update(gathered_until_at=None)
