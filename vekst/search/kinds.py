"""What can be searched: one entry for each kind of public thing, from the app that owns it."""

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import override

LANGUAGES = ("nb", "en")


@dataclass(frozen=True)
class Entry:
    """One document of the index, as plain text."""

    object_id: int
    language: str
    title: str
    lead: str
    body: str
    url: str
    happens_at: datetime.datetime | None = None
    visible_from: datetime.datetime | None = None
    visible_until: datetime.datetime | None = None


@dataclass(frozen=True)
class Text:
    """What a thing says in the language that is active while it is asked."""

    title: str
    lead: str
    body: str
    url: str
    happens_at: datetime.datetime | None = None
    visible_from: datetime.datetime | None = None
    visible_until: datetime.datetime | None = None


@dataclass(frozen=True)
class Kind:
    """
    One kind of public thing.

    `public` gives what strangers may see at a moment, with all that `text` reads; `text` says what the
    thing is in the active language.
    """

    label: str | Promise
    public: Callable[[datetime.datetime], QuerySet[Any]]
    text: Callable[[Any], Text]

    def entries(self, object_ids: Sequence[int], at: datetime.datetime) -> list[Entry]:
        """Return the documents of those of `object_ids` that are public, in every language."""
        things = list(self.public(at).filter(pk__in=object_ids))
        return [entry for thing in things for entry in self._of(thing)]

    def _of(self, thing: Any) -> Iterator[Entry]:
        for language in LANGUAGES:
            with override(language):
                text = self.text(thing)
            yield Entry(object_id=thing.pk, language=language, **vars(text))

    def all_ids(self, at: datetime.datetime, batch: int) -> Iterator[list[int]]:
        """Return the keys of everything public, `batch` at a time in order of the key."""
        last = 0
        public = self.public(at).order_by("pk").values_list("pk", flat=True)
        while ids := list(public.filter(pk__gt=last)[:batch]):
            yield ids
            last = ids[-1]


KINDS: dict[str, Kind] = {}


def labels(kinds: Iterable[str]) -> dict[str, str]:
    """Return the names of these kinds as people read them."""
    return {kind: str(KINDS[kind].label) if kind in KINDS else kind for kind in kinds}
