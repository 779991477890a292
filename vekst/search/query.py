"""Find public things by words: stems, beginnings of words, folded letters, typing errors."""

import datetime
import json
import re
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.dateparse import parse_datetime

PAGE_SIZE = 20
# Only so many hits are ranked and counted, whatever the size of the index.
MOST_HITS = 1000
MOST_WORDS = 8
LONGEST_QUERY = 200
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Hit:
    """One thing that was found; `happens_at` only where it takes place at a time."""

    kind: str
    title: str
    lead: str
    url: str
    happens_at: datetime.datetime | None


@dataclass(frozen=True)
class Results:
    """
    One page of hits, best first.

    `counts` gives the hits of each kind among the first 1,000; `is_bounded` says there are more.
    `is_similar` is set when nothing matched the words and the hits are titles that look like them.
    """

    hits: list[Hit]
    counts: dict[str, int]
    page: int
    has_next: bool
    is_bounded: bool = False
    is_similar: bool = False

    @property
    def total(self) -> int:
        """Hits of all kinds, at most 1,000."""
        return sum(self.counts.values())


NOTHING = Results(hits=[], counts={}, page=1, has_next=False)

_VISIBLE = """
    d.language = %(language)s
    AND (d.visible_from IS NULL OR d.visible_from <= %(at)s)
    AND (d.visible_until IS NULL OR d.visible_until > %(at)s)
    AND NOT EXISTS (
        SELECT 1 FROM search_change c WHERE c.kind = d.kind AND c.object_id = d.object_id
    )
"""
# Titles weigh most; what has taken place sinks.
_BY_WORDS = f"""
WITH asked AS (
    SELECT to_tsquery(%(config)s::regconfig, search_fold(%(query)s)) AS query
), found AS (
    SELECT d.* FROM search_document d, asked WHERE d.vector @@ asked.query AND {_VISIBLE}
    LIMIT %(most)s
), ranked AS (
    SELECT found.*, ts_rank('{{0.05, 0.2, 0.4, 1.0}}', vector, asked.query)
        * CASE WHEN happens_at < %(at)s THEN 0.3 ELSE 1 END AS rank
    FROM found, asked
)
"""  # noqa: S608 - put together from constants of this module
_BY_LIKENESS = f"""
WITH ranked AS (
    SELECT d.*, word_similarity(search_fold(%(text)s), d.folded_title)
        * CASE WHEN d.happens_at < %(at)s THEN 0.8 ELSE 1 END AS rank
    FROM search_document d
    WHERE search_fold(%(text)s) <%% d.folded_title AND {_VISIBLE}
    LIMIT %(most)s
)
"""  # noqa: S608 - put together from constants of this module
_PAGE = """
SELECT
    (SELECT jsonb_object_agg(kind, n) FROM (SELECT kind, count(*) AS n FROM ranked GROUP BY kind) AS k),
    (SELECT jsonb_agg(to_jsonb(h)) FROM (
        SELECT kind, title, lead, url, happens_at FROM ranked
        WHERE %(kind)s = '' OR kind = %(kind)s
        ORDER BY rank DESC, happens_at DESC NULLS LAST, id LIMIT %(size)s OFFSET %(offset)s
    ) AS h)
"""


def search(
    text: str, *, at: datetime.datetime, language: str, kind: str = "", page: int = 1
) -> Results:
    """
    Return one page of what `text` finds among that which strangers may see at `at`. One or two queries.

    All words must match, by stem; the last one also as the beginning of a word. When none does, titles
    that look like the text are offered instead. `kind` keeps to one kind; counts are of all kinds.
    """
    words = _WORD.findall(text[:LONGEST_QUERY])[:MOST_WORDS]
    page = max(1, min(page, MOST_HITS // PAGE_SIZE))
    if not words:
        return NOTHING
    last = words[-1]
    params: dict[str, Any] = {
        "config": f"search_{language}",
        "query": " & ".join([*words[:-1], f"({last} | {last}:*)"]),
        "text": " ".join(words),
        "language": language,
        "at": at,
        "kind": kind,
        # One more than is ranked in earnest tells that there are more.
        "most": MOST_HITS + 1,
        "size": PAGE_SIZE + 1,
        "offset": (page - 1) * PAGE_SIZE,
    }
    results = _run(_BY_WORDS, params, page=page, is_similar=False)
    if results.total == 0 and len(params["text"]) >= 3:
        results = _run(_BY_LIKENESS, params, page=page, is_similar=True)
    return results


def _run(head: str, params: dict[str, Any], *, page: int, is_similar: bool) -> Results:
    with connection.cursor() as cursor:
        cursor.execute(head + _PAGE, params)
        row = cursor.fetchone()
    counts: dict[str, int] = _loaded(row[0]) or {}
    rows: list[dict[str, Any]] = _loaded(row[1]) or []
    hits = [
        Hit(
            kind=found["kind"],
            title=found["title"],
            lead=found["lead"],
            url=found["url"],
            happens_at=parse_datetime(found["happens_at"]) if found["happens_at"] else None,
        )
        for found in rows[:PAGE_SIZE]
    ]
    return Results(
        hits=hits,
        counts=dict(sorted(counts.items(), key=lambda item: -item[1])),
        page=page,
        has_next=len(rows) > PAGE_SIZE,
        is_bounded=sum(counts.values()) > MOST_HITS,
        is_similar=is_similar,
    )


def _loaded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
