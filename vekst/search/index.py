"""Keep the index true: read what changed, write its documents anew, drop what is no longer public."""

import datetime
from collections import defaultdict
from collections.abc import Iterable

from django.db import connection, transaction

from vekst.search.kinds import KINDS, Entry
from vekst.search.models import Change, Document

BATCH = 500
# The advisory lock of the indexers; any number that nobody else uses.
INDEX_LOCK = 5_332

_WRITE = """
INSERT INTO search_document
    (kind, object_id, language, title, lead, url, happens_at, visible_from, visible_until,
     folded_title, vector)
SELECT kind, object_id, language, title, lead, url, happens_at, visible_from, visible_until,
    search_fold(title),
    setweight(to_tsvector(config, search_fold(title)), 'A')
    || setweight(to_tsvector(config, search_fold(lead)), 'B')
    || setweight(to_tsvector(config, search_fold(body)), 'D')
FROM (
    SELECT *, ('search_' || language)::regconfig AS config
    FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[],
                %s::timestamptz[], %s::timestamptz[], %s::timestamptz[])
        AS row (kind, object_id, language, title, lead, body, url, happens_at, visible_from, visible_until)
) AS given
ON CONFLICT (kind, object_id, language) DO UPDATE SET
    title = excluded.title, lead = excluded.lead, url = excluded.url,
    happens_at = excluded.happens_at, visible_from = excluded.visible_from,
    visible_until = excluded.visible_until, folded_title = excluded.folded_title,
    vector = excluded.vector
"""


@transaction.atomic
def index_changes(*, at: datetime.datetime, limit: int = BATCH) -> int:
    """
    Index up to `limit` noted changes and return how many notes were taken.

    Takes none while another indexer works. What is written meanwhile leaves a new note.
    """
    if not _try_lock():
        return 0
    notes = list(Change.objects.select_for_update(skip_locked=True).order_by("pk")[:limit])
    by_kind: dict[str, set[int]] = defaultdict(set)
    for note in notes:
        by_kind[note.kind].add(note.object_id)
    for kind, object_ids in by_kind.items():
        write_documents(kind, object_ids, at=at)
    Change.objects.filter(pk__in=[note.pk for note in notes]).delete()
    return len(notes)


def _lock() -> None:
    """
    Be the only indexer until the transaction ends.

    With two, one could write what it had read before the other took the thing out: a draft to be found.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [INDEX_LOCK])


def _try_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [INDEX_LOCK])
        return bool(cursor.fetchone()[0])


def write_documents(kind: str, object_ids: Iterable[int], *, at: datetime.datetime) -> None:
    """Write the documents of these things of one kind, and remove those that are not public at `at`."""
    wanted = sorted(object_ids)
    entries = KINDS[kind].entries(wanted, at)
    kept = {(entry.object_id, entry.language) for entry in entries}
    stale = [
        pk
        for pk, object_id, language in Document.objects.filter(
            kind=kind, object_id__in=wanted
        ).values_list("pk", "object_id", "language")
        if (object_id, language) not in kept
    ]
    Document.objects.filter(pk__in=stale).delete()
    if entries:
        _write(kind, entries)


def _write(kind: str, entries: list[Entry]) -> None:
    columns = (
        [kind] * len(entries),
        [entry.object_id for entry in entries],
        [entry.language for entry in entries],
        [entry.title[:300] for entry in entries],
        [entry.lead for entry in entries],
        [entry.body for entry in entries],
        [entry.url for entry in entries],
        [entry.happens_at for entry in entries],
        [entry.visible_from for entry in entries],
        [entry.visible_until for entry in entries],
    )
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, columns)


def index_everything(*, at: datetime.datetime) -> int:
    """Index all that is public and drop the rest. Returns the number of documents."""
    for kind, source in KINDS.items():
        found: set[int] = set()
        for object_ids in source.all_ids(at, BATCH):
            _index_batch(kind, object_ids, at=at)
            found |= set(object_ids)
        indexed = Document.objects.filter(kind=kind).values_list("object_id", flat=True)
        # Some of these were published since their turn was over.
        doubtful = sorted(set(indexed) - found)
        for start in range(0, len(doubtful), BATCH):
            _index_batch(kind, doubtful[start : start + BATCH], at=at)
    return Document.objects.count()


def _index_batch(kind: str, object_ids: list[int], *, at: datetime.datetime) -> None:
    with transaction.atomic():
        _lock()
        write_documents(kind, object_ids, at=at)
    # What people write meanwhile must not wait until everything is done.
    index_changes(at=at)
