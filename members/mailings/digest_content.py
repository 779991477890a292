"""
What there is to tell in the gathered mail: on each topic, and which newsletters went out.

Everything is read once for all readers. `DIGEST_TOPICS` names those who know the objects; `vekst` fills
it, since this package knows no events and no vacancies.
"""

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from members.mailings.models import MailLanguage, Newsletter, Topic
from members.mailings.models.newsletter import FROZEN_STATES
from members.mailings.newsletter_content import Block, Item, from_json, to_json
from members.mailings.newsletter_showing import web_path
from members.mailings.recipients import written_in

# What is new on a topic since one moment, as it is at another.
Gather = Callable[[datetime.datetime, datetime.datetime], Block]
DIGEST_TOPICS: dict[str, Gather] = {}


@dataclass(frozen=True)
class Letter:
    """A newsletter that those who gather their mail did not get by itself."""

    pk: int
    # The number that all editions of a letter have in common, which is that of the original.
    family: int
    topic: str
    audiences: tuple[str, ...]
    language: str
    title: str
    intro: str
    path: str
    source_url: str
    started_at: datetime.datetime

    @property
    def is_original(self) -> bool:
        """Whether it is the letter itself and no edition in another language."""
        return self.pk == self.family

    @property
    def occasion(self) -> str:
        """What its deliveries are about in the ledger."""
        return f"newsletter-{self.pk}"


@dataclass(frozen=True)
class Content:
    """What one edition of the gathered mail holds, for all topics and languages."""

    topics: dict[str, dict[str, Block]]
    letters: tuple[Letter, ...]

    def blocks(
        self, *, language: str, topics: Iterable[str], letters: Sequence[int]
    ) -> list[Block]:
        """Return what a reader of these topics and letters gets, letters first."""
        chosen = [letter for letter in self.letters if letter.pk in letters]
        # An event may belong to two topics, and a letter be made of a post: each is told once.
        told = {_page(letter.source_url) for letter in chosen if letter.source_url}
        found = [_letters_block(chosen, language)]
        of_language = self.topics.get(language, {})
        for block in (of_language[topic] for topic in topics if topic in of_language):
            new = [item for item in block.items if _page(item.url) not in told]
            found.append(replace(block, items=new))
            told |= {_page(item.url) for item in block.items}
        return [block for block in found if block.items]

    def topics_with_news(self, language: str) -> set[str]:
        """Return the topics that have something to tell."""
        return set(self.topics.get(language, {}))


def gather(
    *,
    since: datetime.datetime,
    letters_since: datetime.datetime,
    until: datetime.datetime,
    at: datetime.datetime,
) -> Content:
    """
    Return what is new on the topics, as it is at `at`, and the letters sent until `until`.

    The number of queries is that of the topics, whoever reads it.
    """
    topics: dict[str, dict[str, Block]] = {}
    for language in MailLanguage.values:
        with translation.override(language):
            found = {topic: make(since, at) for topic, make in DIGEST_TOPICS.items()}
        topics[language] = {topic: block for topic, block in found.items() if block.items}
    return Content(topics, tuple(_letters(since=letters_since, until=until)))


def as_json(content: Content) -> dict[str, Any]:
    """Return the content as `DigestEdition.content` keeps it."""
    return {
        "topics": {
            language: {topic: to_json([block]) for topic, block in blocks.items()}
            for language, blocks in content.topics.items()
        },
        "letters": [
            {**asdict(letter), "started_at": letter.started_at.isoformat()}
            for letter in content.letters
        ],
    }


def read(raw: dict[str, Any]) -> Content:
    """Return what `as_json` wrote."""
    topics = {
        language: {topic: from_json(rows)[0] for topic, rows in blocks.items() if rows}
        for language, blocks in raw["topics"].items()
    }
    letters = tuple(
        Letter(
            **{
                **row,
                "audiences": tuple(row["audiences"]),
                "started_at": datetime.datetime.fromisoformat(row["started_at"]),
            }
        )
        for row in raw["letters"]
    )
    return Content(topics, letters)


def _page(url: str) -> str:
    """Return the address without its language."""
    return url.removeprefix("/en") if url.startswith("/en/") else url


def _letters(*, since: datetime.datetime, until: datetime.datetime) -> list[Letter]:
    """Return the newsletters of the time, with their editions that went out before it."""
    gone = Newsletter.objects.filter(state__in=FROZEN_STATES, started_at__lte=until)
    recent = gone.filter(started_at__gt=since)
    families = {pk for pair in recent.values_list("pk", "edition_of") for pk in pair if pk}
    rows = gone.filter(Q(pk__in=families) | Q(edition_of__in=families)).order_by("started_at", "pk")
    return [_letter(row) for row in rows.defer("blocks")]


def _letter(newsletter: Newsletter) -> Letter:
    started_at = newsletter.started_at
    if started_at is None:
        raise ValueError(newsletter)
    return Letter(
        pk=newsletter.pk,
        family=newsletter.edition_of_id or newsletter.pk,
        topic=newsletter.topic,
        audiences=tuple(newsletter.audiences),
        language=written_in(newsletter),
        title=newsletter.title,
        intro=newsletter.intro,
        path=web_path(newsletter),
        source_url=newsletter.source_url,
        started_at=started_at,
    )


def _letters_block(letters: Sequence[Letter], language: str) -> Block:
    with translation.override(language):
        items = [
            Item(letter.title, letter.intro, letter.path, str(Topic(letter.topic).label))
            for letter in letters
        ]
        return Block(_("Nyhetsbrev siden sist"), items)
