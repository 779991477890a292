"""
Tell everybody who is signed up what has become of an event, however many they are.

The change and the note that people shall be told are committed together. The first are written at once;
the rest a batch at a time by a job that goes on where the one before it stopped.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Max, Q

from projects.bypuls.models import (
    AnnouncementKind,
    Event,
    EventAnnouncement,
    Publication,
    SignUp,
)
from projects.bypuls.one_by_one import one_by_one
from projects.bypuls.signups import mails, series_mails
from vekst.background import on_commit_run

# Mails written while the one who made the change waits, and in one transaction of the job. A mail with
# its calendar file costs about 1.5 ms.
AT_ONCE = 50
AT_A_TIME = 250


@dataclass(frozen=True)
class Known:
    """What people knew of an event before it was changed."""

    starts_at: dt.datetime
    place: str = ""


def announce(event: Event, kind: str, *, known: Known, at: dt.datetime, writes: bool = True) -> int:
    """
    See to it that everybody who is signed up now is told of the change; return how many.

    The caller holds the lock on the event, so nobody signs up meanwhile. Those who come later know. News
    that is still on its way is overtaken: those it has not reached are told only this, in words that
    fit what they knew. Nobody heard of an event that was never public. Whoever changes several dates of
    a series lets none of it be written before all is changed, and calls `write_first`.
    """
    if event.publication != Publication.PUBLISHED:
        return 0
    people = SignUp.objects.active().filter(event=event)
    last = people.aggregate(last=Max("pk"))["last"]
    overtaken = list(event.announcements.unfinished().select_for_update().order_by("after_pk"))
    EventAnnouncement.objects.filter(pk__in=[news.pk for news in overtaken]).update(finished_at=at)
    if last is None:
        return 0
    rows = EventAnnouncement.objects.bulk_create(
        EventAnnouncement(
            event=event,
            kind=kind,
            sequence=event.sequence,
            after_pk=after,
            until_pk=until,
            old_starts_at=knew.starts_at,
            old_place=knew.place,
            created_at=at,
        )
        for after, until, knew in _pieces(overtaken, last, known)
    )
    number = people.count()
    if not writes:
        return number
    _write_some(rows[0].pk, at=at, most=AT_ONCE)
    if number > AT_ONCE or len(rows) > 1:
        on_commit_run("projects.bypuls.tasks.write_announcements")
    return number


def write_first(series_id: int, *, at: dt.datetime) -> None:
    """Write the first mails of what changed in a series at this moment, and leave the rest to the job."""
    news = EventAnnouncement.objects.unfinished().filter(event__series=series_id, created_at=at)
    for pk in list(news.order_by("event__starts_at", "pk").values_list("pk", flat=True)):
        _write_some(pk, at=at, most=AT_ONCE)
    if news.exists():
        on_commit_run("projects.bypuls.tasks.write_announcements")


def _pieces(
    overtaken: list[EventAnnouncement], last: int, known: Known
) -> Iterator[tuple[int, int, Known]]:
    """Return (after, until, what these knew): whoever earlier news did not reach knew what was before it."""
    done = 0
    for news in overtaken:
        after, until = max(news.after_pk, done), min(news.until_pk, last)
        if until <= after:
            continue
        if after > done:
            yield done, after, known
        yield after, until, Known(news.old_starts_at, news.old_place)
        done = until
    if done < last:
        yield done, last, known


def last_known(event: Event) -> Known:
    """
    Return the time and place that people were last told of, before a change that is about to be made.

    That is what stands on the event, unless news of it has reached nobody yet. Needs `venue`.
    """
    news = event.announcements.unfinished().order_by("pk").first()
    if news is not None and news.after_pk == 0 and news.kind == "moved":
        return Known(news.old_starts_at, news.old_place)
    return Known(event.starts_at, event.place_text)


def write_some(*, at: dt.datetime) -> int:
    """Write the next mails of all news on its way, one batch of each event; return how many."""
    todo = EventAnnouncement.objects.unfinished().order_by("pk").values_list("pk", flat=True)
    return one_by_one(
        lambda pk: _write_some(pk, at=at, most=AT_A_TIME), list(todo[:100]), "announcement"
    )


def write_all(*, at: dt.datetime) -> int:
    """Write until nobody is left to be told; return how many mails that took."""
    number = 0
    while written := write_some(at=at):
        number += written
    return number


@transaction.atomic
def _write_some(pk: int, *, at: dt.datetime, most: int) -> int:
    # Another worker that is at it has the lock; a change that overtakes the news waits for it.
    news = (
        EventAnnouncement.objects.unfinished()
        .select_for_update(skip_locked=True)
        .filter(pk=pk)
        .first()
    )
    if news is None:
        return 0
    event = Event.objects.select_related("venue").get(pk=news.event_id)
    event.previous_starts_at, event.previous_place = news.old_starts_at, news.old_place
    people = SignUp.objects.active().filter(
        event=event, pk__gt=news.after_pk, pk__lte=news.until_pk
    )
    batch = list(people.order_by("pk")[:most])
    several = _several_dates(news, event, batch)
    alone = [signup for signup in batch if signup.email not in several]
    mails.write_changes(event, alone, news.kind, at=at)
    if several:
        kind = AnnouncementKind(news.kind)
        series_mails.write_news(several.values(), kind, changed_at=news.created_at, at=at)
    news.told += len(batch)
    if len(batch) < most:
        news.after_pk, news.finished_at = news.until_pk, at
    else:
        news.after_pk = batch[-1].pk
    news.save(update_fields=["after_pk", "told", "finished_at"])
    return len(batch)


def _several_dates(
    news: EventAnnouncement, event: Event, batch: list[SignUp]
) -> dict[str, list[tuple[Event, SignUp]]]:
    """
    Return, by address, all that the change of a series means to those of the batch who have several dates.

    Whoever is reached first by the news of one date is told of all of them, and by no other.
    """
    if event.series_id is None or news.kind == AnnouncementKind.POSTPONED:
        return {}
    group = EventAnnouncement.objects.filter(
        # What has been changed again since is told of by later news.
        *(Q(kind=news.kind), Q(created_at=news.created_at), Q(sequence=F("event__sequence"))),
        event__series=event.series_id,
    )
    pieces: dict[int, list[EventAnnouncement]] = defaultdict(list)
    for piece in group.select_related("event__venue").order_by("until_pk"):
        piece.event.previous_starts_at = piece.old_starts_at
        piece.event.previous_place = piece.old_place
        pieces[piece.event_id].append(piece)
    if len(pieces) < 2:
        return {}
    addresses = {signup.email for signup in batch} - {""}
    found: dict[str, dict[int, tuple[Event, SignUp]]] = defaultdict(dict)
    signups = SignUp.objects.active().filter(event__in=pieces, email__in=addresses)
    for signup in signups.order_by("event__starts_at", "pk"):
        own = (piece for piece in pieces[signup.event_id] if signup.pk <= piece.until_pk)
        knew = next(own, None)
        if knew is not None:
            found[signup.email].setdefault(signup.event_id, (knew.event, signup))
    return {email: list(dates.values()) for email, dates in found.items() if len(dates) > 1}
