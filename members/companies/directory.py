"""The member directory: what visitors ask for, which companies answer, and how many in each industry."""

import datetime
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from members.companies.models import Company, Industry
from members.companies.orgnr import clean_orgnr

MAX_TEXT = 80


@dataclass(frozen=True)
class Question:
    """What a visitor asks the directory for; anything unknown in the address is left out."""

    text: str
    industries: tuple[str, ...]

    @classmethod
    def read(cls, params: QueryDict) -> "Question":
        """Read the question from an address."""
        chosen = set(params.getlist("bransje"))
        return cls(
            text=" ".join(params.get("q", "").replace("\x00", "").split())[:MAX_TEXT],
            industries=tuple(value for value in Industry.values if value in chosen),
        )

    def query(self, **cursor: str) -> str:
        """Return the question as the query of an address, "" for everything."""
        pairs = [("q", self.text)] if self.text else []
        pairs += [("bransje", value) for value in self.industries]
        pairs += list(cursor.items())
        return f"?{urlencode(pairs)}" if pairs else ""

    def active(self) -> list[dict[str, str]]:
        """Return what is chosen, each with the address without it."""
        found = []
        if self.text:
            rest = Question("", self.industries)
            found.append({"label": f"«{self.text}»", "url": rest.query() or "?"})
        for value in self.industries:
            rest = Question(self.text, tuple(v for v in self.industries if v != value))
            found.append({"label": str(Industry(value).label), "url": rest.query() or "?"})
        return found


def matching(text: str, *, at: datetime.datetime) -> QuerySet[Company]:
    """Return the members whose name, trade or organisation number holds `text`."""
    companies = Company.objects.public(at=at)
    if not text:
        return companies
    found = Q(name__icontains=text) | Q(nace_text__icontains=text)
    digits = clean_orgnr(text)
    if digits.isdigit() and len(digits) >= 3:
        found |= Q(orgnr__startswith=digits)
    return companies.filter(found)


def industry_group(question: Question, *, at: datetime.datetime) -> tuple[dict[str, Any], int]:
    """Return the filter group with a count for each industry, and how many match in all. One query."""
    counts = dict(
        matching(question.text, at=at)
        .order_by()
        .values_list("industry")
        .annotate(number=Count("pk"))
        .values_list("industry", "number")
    )
    options = [
        {
            "value": value,
            "label": label,
            "count": counts.get(value, 0),
            "checked": value in question.industries,
        }
        for value, label in Industry.choices
        if counts.get(value) or value in question.industries
    ]
    chosen = question.industries or tuple(counts)
    total = sum(counts.get(value, 0) for value in chosen)
    return {"name": "bransje", "label": _("Bransje"), "options": options}, total
