"""The list of studies: what visitors filter by, and how many programmes each choice would give."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from projects.kompetanse.models import Field, Level, StudyForm, StudyProgramme, TeachingLanguage

MAX_TEXT = 80
MAX_CHOICES = 20
# Name in the address -> column.
COLUMNS = {
    "niva": "level",
    "fag": "field",
    "form": "form",
    "sprak": "language",
    "tilbyder": "provider__slug",
}
_LABELS: dict[str, dict[str, Any]] = {
    "niva": dict(Level.choices),
    "fag": dict(Field.choices),
    "form": dict(StudyForm.choices),
    "sprak": dict(TeachingLanguage.choices),
}


@dataclass(frozen=True)
class Question:
    """What a visitor asks for: words, and for each filter the values of which one must fit."""

    text: str = ""
    chosen: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def read(cls, params: QueryDict) -> "Question":
        """Read the question from an address; values that do not exist are left out."""
        chosen = {}
        for name in COLUMNS:
            known = _LABELS.get(name)
            values = [
                value
                for value in dict.fromkeys(params.getlist(name)[:MAX_CHOICES])
                if (value in known if known else value.isascii() and len(value) <= MAX_TEXT)
            ]
            if values:
                chosen[name] = tuple(values)
        text = " ".join(params.get("q", "").replace("\x00", "").split())[:MAX_TEXT]
        return cls(text, chosen)

    def query(self, **cursor: str) -> str:
        """Return the question as the query of an address, "" for everything."""
        pairs = [("q", self.text)] if self.text else []
        pairs += [(name, value) for name, values in self.chosen.items() for value in values]
        pairs += list(cursor.items())
        return f"?{urlencode(pairs)}" if pairs else ""

    def without(self, name: str, value: str) -> "Question":
        """Return the question with one value less."""
        rest = tuple(other for other in self.chosen[name] if other != value)
        chosen = {key: values for key, values in self.chosen.items() if key != name}
        return replace(self, chosen={**chosen, name: rest} if rest else chosen)


@dataclass(frozen=True)
class Facets:
    """The filter groups with their counts, how many programmes fit, and the names of providers."""

    groups: list[dict[str, Any]]
    total: int
    labels: dict[str, dict[str, Any]]

    def active(self, question: Question) -> list[dict[str, str]]:
        """Return what is chosen, each with the address without it."""
        found = []
        if question.text:
            rest = replace(question, text="")
            found.append({"label": f"«{question.text}»", "url": rest.query() or "?"})
        for name, values in question.chosen.items():
            for value in values:
                label = str(self.labels[name].get(value, value))
                url = question.without(name, value).query() or "?"
                found.append({"label": label, "url": url})
        return found


def matching_words(text: str, *, at: datetime.datetime) -> QuerySet[StudyProgramme]:
    """Return the public programmes whose title, description or provider holds the words."""
    programmes = StudyProgramme.objects.public(at=at)
    for word in text.split():
        programmes = programmes.filter(
            # In English the untranslated ones are shown in Norwegian, so both are searched.
            Q(title__icontains=word)
            | Q(title_nb__icontains=word)
            | Q(description__icontains=word)
            | Q(provider__name__icontains=word)
        )
    return programmes


def matching(question: Question, *, at: datetime.datetime) -> QuerySet[StudyProgramme]:
    """Return the public programmes that fit words and filters."""
    programmes = matching_words(question.text, at=at)
    for name, values in question.chosen.items():
        programmes = programmes.filter(**{f"{COLUMNS[name]}__in": values})
    return programmes


def facets(question: Question, *, at: datetime.datetime) -> Facets:
    """
    Count the programmes for each value of each filter, given the words and all other filters.

    One query: the number of programmes for each combination of values; the rest is addition.
    """
    combinations = list(
        matching_words(question.text, at=at)
        .order_by()
        .values_list(*COLUMNS.values(), "provider__name")
        .annotate(number=Count("pk"))
        .values_list(*COLUMNS.values(), "provider__name", "number")
    )
    labels = {**_LABELS, "tilbyder": {row[4]: row[5] for row in combinations}}
    titles = {
        "niva": _("Nivå"),
        "fag": _("Fagområde"),
        "form": _("Studieform"),
        "sprak": _("Undervisningsspråk"),
        "tilbyder": _("Tilbyder"),
    }
    groups = []
    for position, name in enumerate(COLUMNS):
        counts = _count(combinations, question, leave_out=name, position=position)
        values = labels[name] if name != "tilbyder" else sorted(labels[name], key=str.casefold)
        options = [
            {
                "value": value,
                "label": labels[name][value],
                "count": counts.get(value, 0),
                "checked": value in question.chosen.get(name, ()),
            }
            for value in values
            if value in counts or value in question.chosen.get(name, ())
        ]
        if options:
            groups.append({"name": name, "label": titles[name], "options": options})
    total = sum(row[-1] for row in combinations if _fits(row, question))
    return Facets(groups, total, labels)


def _fits(row: Sequence[Any], question: Question, leave_out: str = "") -> bool:
    return all(
        name == leave_out or name not in question.chosen or row[position] in question.chosen[name]
        for position, name in enumerate(COLUMNS)
    )


def _count(
    combinations: list[Any], question: Question, *, leave_out: str, position: int
) -> dict[str, int]:
    counts: dict[str, int] = {}
    for row in combinations:
        if _fits(row, question, leave_out):
            counts[row[position]] = counts.get(row[position], 0) + row[-1]
    return counts
