"""
Make the portal's events what a source tells of them.

Each happening is written in a transaction of its own, so that a reader that dies leaves whole events
and the next one goes on. What says the same as last time is not touched.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from members.accounts.models import User
from projects.bypuls.events import changes, moderation
from projects.bypuls.events.answering import answer_due
from projects.bypuls.events.duplicates import flag_duplicates
from projects.bypuls.events.importing.facts import (
    TEXTS,
    TRANSLATED,
    WHEN_AND_WHERE,
    NoPlaceError,
    Places,
    as_told,
    facts_of,
    now_in,
    topic_of,
)
from projects.bypuls.events.importing.found import Found, Reading, Trouble
from projects.bypuls.models import (
    Event,
    EventStatus,
    ImportedEvent,
    ImportRun,
    ImportSource,
    Publication,
    Venue,
)
from projects.bypuls.models.event import make_uid

# So far ahead we look; a year and the month in which one plans it.
WINDOW = dt.timedelta(days=396)
# The brake: more than this share, and more than this many, is a fault of the source and not the town's.
MOST_GONE_SHARE, MOST_GONE = 0.5, 3
# A page of this many rows can still be read.
MOST_SHOWN = 200
ADDED, CHANGED, CANCELLED, UNCHANGED, GONE = "added", "changed", "cancelled", "unchanged", "gone"


@dataclass(frozen=True)
class Row:
    """What became of one happening, for the preview and the page of the run."""

    what: str
    title: str
    starts_at: dt.datetime
    line: int = 0
    note: str = ""

    @property
    def label(self) -> str:
        """What became of it, in a word."""
        return {
            ADDED: _("Ny"),
            CHANGED: _("Endres"),
            CANCELLED: _("Avlyses"),
            GONE: _("Borte"),
        }.get(self.what, _("Uendret"))


@dataclass
class Outcome:
    """One reading carried out: the row that is kept, and each happening in it."""

    run: ImportRun
    rows: list[Row] = field(default_factory=list)
    event_ids: list[int] = field(default_factory=list)
    seen: list[int] = field(default_factory=list)

    @property
    def shown(self) -> list[Row]:
        """The first happenings, those that change something before those that do not."""
        return sorted(self.rows, key=lambda row: row.what == UNCHANGED)[:MOST_SHOWN]


def carry_out(
    source: ImportSource,
    reading: Reading,
    *,
    at: dt.datetime,
    is_everything: bool,
    by: User | None = None,
    file_name: str = "",
) -> Outcome:
    """
    Add, change and call off events as `reading` tells, and return what was done; the run is not saved.

    `is_everything` when what the source does not tell is gone from it: withdrawn when nobody is signed
    up, else left to a person. The brake keeps all of them when too many are gone at once.
    """
    run = ImportRun(source=source, started_at=at, file_name=file_name, by=by)
    outcome = Outcome(run)
    with translation.override(settings.LANGUAGE_CODE):
        found = _without_ours(reading, run)
        places = Places(
            list(Venue.objects.public(at).only("pk", "name", "address", "postal_place"))
        )
        known = {
            (row.uid, row.recurrence_id): row
            for row in ImportedEvent.objects.filter(source=source).select_related("event")
        }
        for each in found:
            _settle(each, known.get(each.key), source, places, outcome, at=at)
        ImportedEvent.objects.filter(pk__in=outcome.seen).update(last_seen_at=at)
        if is_everything:
            _settle_missing(reading, found, list(known.values()), outcome, at=at)
        flag_duplicates(outcome.event_ids, at=at)
    _count(outcome, reading)
    run.finished_at = timezone.now()
    return outcome


def _without_ours(reading: Reading, run: ImportRun) -> list[Found]:
    """Leave out what comes from our own feeds, however far around it went."""
    uids = {found.uid for found in reading.found}
    ours = set(Event.objects.filter(uid__in=uids).values_list("uid", flat=True))
    host = make_uid().rpartition("@")[2]
    ours |= {uid for uid in uids if uid.endswith(f"@{host}")}
    kept = [found for found in reading.found if found.uid not in ours]
    run.left_out = reading.left_out + len(reading.found) - len(kept)
    return kept


def _settle(
    found: Found,
    known: ImportedEvent | None,
    source: ImportSource,
    places: Places,
    outcome: Outcome,
    *,
    at: dt.datetime,
) -> None:
    note = ""
    if known is not None and known.fingerprint == found.fingerprint and not known.is_gone:
        outcome.seen.append(known.pk)
        what = UNCHANGED
    elif known is None and found.is_cancelled:
        # Called off before we ever heard of it.
        outcome.run.left_out += 1
        return
    else:
        try:
            # What is called off keeps what it said before.
            facts = {} if found.is_cancelled else facts_of(found, source, places)
        except NoPlaceError as error:
            outcome.run.troubles.append(_as_json(Trouble(found.line, str(error), found.uid)))
            return
        if known is not None:
            what, note = _update(known, found, facts, source, outcome, at=at)
        else:
            what = ADDED
            outcome.event_ids.append(_add(source, found, facts, at=at).pk)
    if note:
        outcome.run.notes.append(_as_json(Trouble(found.line, f"{found.title}: {note}")))
    outcome.rows.append(Row(what, found.title, found.starts_at, found.line, note))


@transaction.atomic
def _add(source: ImportSource, found: Found, facts: dict[str, Any], *, at: dt.datetime) -> Event:
    event = Event(
        topic=topic_of(found, source),
        audience=source.audience,
        language=source.language,
        company=source.company,
        project=source.project,
        is_free=source.is_free,
        price=source.price,
        is_example=source.is_example,
        slug=moderation.make_slug(found.title, found.starts_at),
        created_at=at,
        changed_at=at,
    )
    _write(event, facts, (*TEXTS, *WHEN_AND_WHERE))
    _show(event, source, at=at)
    event.save()
    ImportedEvent.objects.create(
        source=source,
        uid=found.uid,
        recurrence_id=found.recurrence_id,
        event=event,
        fingerprint=found.fingerprint,
        told=as_told(facts) | {"is_cancelled": False},
        last_seen_at=at,
    )
    return event


def _show(event: Event, source: ImportSource, *, at: dt.datetime) -> None:
    """Publish the event, or put it in the queue, as the source has it."""
    if source.publishes_at_once:
        event.publication, event.published_at = Publication.PUBLISHED, at
    else:
        event.publication, event.submitted_at = Publication.SUBMITTED, at
        event.answer_due_at = answer_due(at)


def _write(event: Event, facts: dict[str, Any], names: tuple[str, ...]) -> list[str]:
    """Give the event these facts, and return the columns to save."""
    columns = []
    for name in names:
        for column in (name, f"{name}_nb") if name in TRANSLATED else (name,):
            setattr(event, column, facts[name])
            columns.append(column)
    return columns


@transaction.atomic
def _update(
    known: ImportedEvent,
    found: Found,
    facts: dict[str, Any],
    source: ImportSource,
    outcome: Outcome,
    *,
    at: dt.datetime,
) -> tuple[str, str]:
    """Let the event follow the source where staff have not changed it. Returns what was done, and a note."""
    event = Event.objects.select_for_update().get(pk=known.event_id)
    if event.publication == Publication.WITHDRAWN and not known.was_withdrawn:
        # Staff took it away, or it is the same as another: it stays away.
        outcome.seen.append(known.pk)
        return UNCHANGED, ""
    told, ours, wanted = known.told, now_in(event), as_told(facts)
    kept = _changed_by_staff(told, ours, wanted)
    changed = {name for name in wanted if wanted[name] != ours[name] and name not in kept}
    what, note = CHANGED if changed else UNCHANGED, ""
    try:
        if _come_back(event, known, source, at=at):
            what = CHANGED
        _write_texts(event, facts, changed, at=at)
        if found.is_cancelled:
            what = CANCELLED if _call_off(event, known, at=at) else what
        else:
            _move(event, facts, changed, at=at)
            if told.get("is_cancelled") and event.status == EventStatus.CANCELLED:
                note = _("Kilden sier at det likevel blir noe av.")
    except changes.ChangeError as error:
        note = str(error)
    if what != UNCHANGED:
        outcome.event_ids.append(event.pk)
    event.refresh_from_db()
    now = now_in(event)
    is_off = found.is_cancelled or bool(note and told.get("is_cancelled"))
    known.told = now | {name: told.get(name) for name in kept} | {"is_cancelled": is_off}
    known.differences = {name: wanted[name] for name in wanted if wanted[name] != now[name]}
    known.fingerprint, known.last_seen_at = found.fingerprint, at
    known.is_gone, known.needs_decision = False, note
    known.save()
    return what, note


def _changed_by_staff(
    told: dict[str, Any], ours: dict[str, Any], wanted: dict[str, Any]
) -> set[str]:
    """Return the fields that differ from what the source said last, and that it has not caught up with."""
    own = {name for name in ours if ours[name] != told.get(name) and ours[name] != wanted.get(name)}
    if own & set(WHEN_AND_WHERE):
        own |= set(WHEN_AND_WHERE)
    return own


def _come_back(
    event: Event, known: ImportedEvent, source: ImportSource, *, at: dt.datetime
) -> bool:
    """Show again what was withdrawn because the source had lost it."""
    if not known.was_withdrawn or event.replaced_by_id is not None:
        return False
    known.was_withdrawn = False
    _show(event, source, at=at)
    event.changed_at = at
    event.save(
        update_fields=["publication", "published_at", "submitted_at", "answer_due_at", "changed_at"]
    )
    return True


def _write_texts(
    event: Event, facts: dict[str, Any], changed: set[str], *, at: dt.datetime
) -> None:
    texts = tuple(name for name in TEXTS if name in changed)
    if texts:
        event.changed_at = at
        event.save(update_fields=[*_write(event, facts, texts), "changed_at"])


def _move(event: Event, facts: dict[str, Any], changed: set[str], *, at: dt.datetime) -> None:
    if not changed & set(WHEN_AND_WHERE):
        return
    if event.publication != Publication.PUBLISHED:
        # Nobody has seen the old time.
        event.changed_at = at
        event.save(update_fields=[*_write(event, facts, WHEN_AND_WHERE), "changed_at"])
        return
    venue = Venue.objects.filter(pk=facts["venue_id"]).first() if facts["venue_id"] else None
    changes.move_event(
        event.pk,
        starts_at=facts["starts_at"],
        ends_at=facts["ends_at"],
        venue=venue,
        place=str(facts["place"]),
        reason="",
        at=at,
    )


def _call_off(event: Event, known: ImportedEvent, *, at: dt.datetime) -> bool:
    if event.status in (EventStatus.CANCELLED, EventStatus.HELD):
        return False
    if event.publication == Publication.PUBLISHED:
        changes.cancel_event(event.pk, reason=_("Avlyst av arrangøren."), at=at)
    else:
        moderation.withdraw(event.pk, at=at)
        known.was_withdrawn = True
    return True


# --- What is gone ---------------------------------------------------------------------------------
def _settle_missing(
    reading: Reading,
    found: list[Found],
    known: list[ImportedEvent],
    outcome: Outcome,
    *,
    at: dt.datetime,
) -> None:
    """Withdraw what the source no longer has, unless it lost so much that the source must be at fault."""
    run = outcome.run
    told = {each.key for each in found}
    ahead = [
        row
        for row in known
        if not row.is_gone and row.event.ends_at > at and row.event.starts_at < at + WINDOW
    ]
    missing = [
        row
        for row in ahead
        if (row.uid, row.recurrence_id) not in told and row.uid not in reading.unread
    ]
    if not missing:
        return
    if not reading.is_whole:
        run.notes.append(
            _as_json(Trouble(0, _("Filen er ikke hel. Ingenting er regnet som borte.")))
        )
        return
    too_many = len(missing) > MOST_GONE and len(missing) > len(ahead) * MOST_GONE_SHARE
    if not told or too_many:
        run.is_braked, run.held_back = True, len(missing)
        run.message = _(
            "%(missing)s av %(all)s kommende arrangementer manglet i kilden. Ingen av dem er fjernet."
        ) % {"missing": len(missing), "all": len(ahead)}
        return
    for row in missing:
        _let_go(row, outcome, at=at)


@transaction.atomic
def _let_go(known: ImportedEvent, outcome: Outcome, *, at: dt.datetime) -> None:
    event = Event.objects.select_for_update().get(pk=known.event_id)
    known.is_gone = True
    if event.publication != Publication.WITHDRAWN and event.status != EventStatus.CANCELLED:
        try:
            moderation.withdraw(event.pk, at=at)
            known.was_withdrawn = True
        except moderation.SubmissionError:
            known.needs_decision = _(
                "Borte fra kilden, men noen er påmeldt. Avlys det, eller la det stå."
            )
    known.save(update_fields=["is_gone", "was_withdrawn", "needs_decision"])
    outcome.rows.append(Row(GONE, event.title, event.starts_at, note=known.needs_decision))


def _as_json(trouble: Trouble) -> dict[str, Any]:
    return {"line": trouble.line, "reason": trouble.reason}


def _count(outcome: Outcome, reading: Reading) -> None:
    run = outcome.run
    run.found = len(reading.found)
    run.troubles = [_as_json(trouble) for trouble in reading.troubles] + run.troubles
    run.notes = [_as_json(note) for note in reading.notes] + run.notes
    for name in (ADDED, CHANGED, CANCELLED, UNCHANGED, GONE):
        setattr(run, name, sum(row.what == name for row in outcome.rows))
