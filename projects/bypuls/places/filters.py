"""The filter of the list of places, as it stands in the address, and how many there are of each."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.http import QueryDict

from projects.bypuls.models import ACCESS_FIELDS, Venue, VenueKind, VenueOffer
from projects.bypuls.models.venue import VenueQuerySet

# Name in the address -> the column. The address stays if a column is renamed.
ACCESS_PARAMS = {
    "trinnfritt": "has_step_free_entrance",
    "heis": "has_lift",
    "hc-toalett": "has_accessible_toilet",
    "hc-parkering": "has_accessible_parking",
    "teleslynge": "has_hearing_loop",
}
assert set(ACCESS_PARAMS.values()) == set(ACCESS_FIELDS)  # noqa: S101
LONGEST_TEXT = 80


@dataclass(frozen=True)
class VenueFilter:
    """What the visitor asked for. Everything chosen must hold; a value that is none is as if not there."""

    kind: str = ""
    text: str = ""
    open_now: bool = False
    offers: tuple[str, ...] = ()
    access: tuple[str, ...] = ()

    @classmethod
    def read(cls, params: QueryDict) -> "VenueFilter":
        """Read the filter from the address."""
        kind = params.get("type", "")
        text = " ".join(params.get("q", "").replace("\x00", "").split())[:LONGEST_TEXT]
        offers, access = params.getlist("tilbud"), params.getlist("tilgjengelig")
        return cls(
            kind=kind if kind in VenueKind.values else "",
            text=text,
            open_now=params.get("apent") == "ja",
            offers=tuple(value for value in VenueOffer.values if value in offers),
            access=tuple(name for name in ACCESS_PARAMS if name in access),
        )

    @property
    def is_empty(self) -> bool:
        return self == VenueFilter()

    def conditions(self, is_open: Q) -> Q:
        """Return what places must be, whatever their kind. `is_open` comes from `open_places`."""
        found = Q()
        for word in self.text.split():
            found &= (
                Q(name__icontains=word)
                | Q(summary__icontains=word)
                | Q(address__icontains=word)
                | Q(postal_place__icontains=word)
            )
        if self.offers:
            found &= Q(offers__contains=list(self.offers))
        for name in self.access:
            found &= Q(**{ACCESS_PARAMS[name]: True})
        if self.open_now:
            found &= is_open
        return found

    def apply(self, venues: VenueQuerySet, is_open: Q) -> VenueQuerySet:
        """Return those of the places that the filter asks for."""
        found = venues.filter(self.conditions(is_open))
        return found.filter(kind=self.kind) if self.kind else found

    def pairs(self) -> list[tuple[str, str]]:
        """Return the filter as parameters of an address."""
        found = [("type", self.kind), ("q", self.text), ("apent", "ja" if self.open_now else "")]
        found += [("tilbud", value) for value in self.offers]
        found += [("tilgjengelig", name) for name in self.access]
        return [(name, value) for name, value in found if value]

    def query(self) -> str:
        """Return the filter as the end of an address: "?type=serving", or nothing."""
        pairs = self.pairs()
        return f"?{urlencode(pairs)}" if pairs else ""

    def without(self, name: str, value: str) -> "VenueFilter":
        """Return the filter without one thing that is chosen."""
        if name == "type":
            return replace(self, kind="")
        if name == "q":
            return replace(self, text="")
        if name == "apent":
            return replace(self, open_now=False)
        if name == "tilbud":
            return replace(self, offers=tuple(v for v in self.offers if v != value))
        return replace(self, access=tuple(v for v in self.access if v != value))


@dataclass
class VenueCounts:
    """How many places there are: with the whole filter, and with one thing more or another kind."""

    total: int = 0
    every_kind: int = 0
    kinds: Mapping[str, int] = field(default_factory=dict)
    offers: Mapping[str, int] = field(default_factory=dict)
    access: Mapping[str, int] = field(default_factory=dict)
    open_now: int = 0


def count_venues(chosen: VenueFilter, is_open: Q, *, at: dt.datetime) -> VenueCounts:
    """Count public places for each value of each filter. One query."""
    of_kind = Q(kind=chosen.kind) if chosen.kind else Q()
    open_too = of_kind if chosen.open_now else of_kind & is_open
    wanted = {
        "total": Count("pk", filter=of_kind or None),
        "every_kind": Count("pk"),
        "open_now": Count("pk", filter=open_too),
        **{f"kind_{value}": Count("pk", filter=Q(kind=value)) for value in VenueKind.values},
        **{
            f"offer_{value}": Count("pk", filter=of_kind & Q(offers__contains=[value]))
            for value in VenueOffer.values
        },
        **{
            f"access_{column}": Count("pk", filter=of_kind & Q(**{column: True}))
            for column in ACCESS_FIELDS
        },
    }
    row = Venue.objects.public(at).filter(chosen.conditions(is_open)).aggregate(**wanted)
    return VenueCounts(
        total=row["total"],
        every_kind=row["every_kind"],
        kinds={value: row[f"kind_{value}"] for value in VenueKind.values},
        offers={value: row[f"offer_{value}"] for value in VenueOffer.values},
        access={name: row[f"access_{column}"] for name, column in ACCESS_PARAMS.items()},
        open_now=row["open_now"],
    )


def count_without(
    chosen: VenueFilter, names: Sequence[tuple[str, str]], is_open: Q, *, at: dt.datetime
) -> list[int]:
    """Return how many places there would be without each of the chosen things. For an empty list only."""
    public = Venue.objects.public(at)
    return [chosen.without(name, value).apply(public, is_open).count() for name, value in names]
