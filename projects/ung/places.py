"""The list of meeting places: filters from the address, and how many each choice would give."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from projects.ung.models import MeetingPlace, PlaceKind, PlaceLanguage
from projects.ung.models.meeting_place import MeetingPlaceQuerySet


@dataclass(frozen=True)
class Filters:
    """What the address asks for; words that are not ours count as nothing."""

    kind: str = ""
    is_free: bool = False
    language: str = ""

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> "Filters":
        """Read `type`, `gratis` and `sprak`."""
        kind, language = params.get("type", ""), params.get("sprak", "")
        return cls(
            kind if kind in PlaceKind.values else "",
            params.get("gratis") == "1",
            language if language in _LANGUAGES else "",
        )

    def query(self, **changed: object) -> str:
        """Return the address's query with some filters changed; "?" when none is left."""
        wanted = {"kind": self.kind, "is_free": self.is_free, "language": self.language} | changed
        pairs = [
            ("type", wanted["kind"]),
            ("gratis", "1" if wanted["is_free"] else ""),
            ("sprak", wanted["language"]),
        ]
        return "?" + urlencode([(name, value) for name, value in pairs if value])


# Someone who asks for English wants places where English is enough.
_LANGUAGES = {PlaceLanguage.NORWEGIAN.value, PlaceLanguage.ENGLISH.value}


@dataclass(frozen=True)
class Choice:
    """One filter to choose: its address, how many places it would give, whether it is chosen now."""

    label: str
    url: str
    count: int
    is_chosen: bool


def _kind_q(filters: Filters) -> Q:
    return Q(kind=filters.kind) if filters.kind else Q()


def _free_q(filters: Filters) -> Q:
    return Q(is_free=True) if filters.is_free else Q()


def _language_q(language: str) -> Q:
    return Q(language__in=[language, PlaceLanguage.BOTH]) if language else Q()


def chosen(filters: Filters, *, at: datetime.datetime) -> MeetingPlaceQuerySet:
    """Return the public places that the filters let through."""
    return MeetingPlace.objects.public(at=at).filter(
        _kind_q(filters), _free_q(filters), _language_q(filters.language)
    )


@dataclass(frozen=True)
class Choices:
    """All choices above the list, by group."""

    kinds: tuple[Choice, ...]
    free: Choice
    languages: tuple[Choice, ...]


def choices(filters: Filters, *, at: datetime.datetime) -> Choices:
    """Count each choice with all filters but its own. One query."""
    kind, free, language = _kind_q(filters), _free_q(filters), _language_q(filters.language)
    wanted = {"alle": free & language, "gratis": kind & language & Q(is_free=True)}
    wanted |= {f"type_{k}": free & language & Q(kind=k) for k in PlaceKind.values}
    wanted |= {f"sprak_{code}": kind & free & _language_q(code) for code in sorted(_LANGUAGES)}
    counts = MeetingPlace.objects.public(at=at).aggregate(
        **{name: Count("pk", filter=condition) for name, condition in wanted.items()}
    )
    kinds = [Choice(_("Alt"), filters.query(kind=""), counts["alle"], not filters.kind)]
    kinds += [
        Choice(
            str(k.label), filters.query(kind=k.value), counts[f"type_{k.value}"], filters.kind == k
        )
        for k in PlaceKind
    ]
    languages = [
        Choice(
            str(PlaceLanguage(code).label),
            filters.query(language="" if filters.language == code else code),
            counts[f"sprak_{code}"],
            filters.language == code,
        )
        for code in sorted(_LANGUAGES, reverse=True)
    ]
    return Choices(
        tuple(kinds),
        Choice(
            _("Gratis"),
            filters.query(is_free=not filters.is_free),
            counts["gratis"],
            filters.is_free,
        ),
        tuple(languages),
    )
