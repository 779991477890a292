"""Rankings in the order of years, with a warning where two years cannot be compared."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from projects.innsikt.models import Ranking


@dataclass(frozen=True)
class RankingRow:
    """One placing; `warning` says why it cannot be compared with the year before."""

    ranking: Ranking
    place_text: str
    warning: str


@dataclass(frozen=True)
class RankingGroup:
    """The placings of one theme of one index, the newest first."""

    publisher: str
    index_name: str
    sub_index: str
    rows: tuple[RankingRow, ...]


def place_text(ranking: Ranking) -> str:
    """Write "nr. 1 av 356", or only "nr. 2" when the number of the ranked is not known."""
    if ranking.of_n is None:
        return _("nr. %(rank)s") % {"rank": ranking.rank}
    return _("nr. %(rank)s av %(of_n)s") % {"rank": ranking.rank, "of_n": ranking.of_n}


def comparison_warning(newer: Ranking, older: Ranking) -> str:
    """Say why two years of the same ranking cannot be compared; empty when they can."""
    if newer.method_version != older.method_version:
        return _("Metoden er endret siden %(year)s; plasseringene kan ikke jevnføres.") % {
            "year": older.year
        }
    if newer.of_n != older.of_n:
        return _("Antallet kommuner er et annet enn i %(year)s.") % {"year": older.year}
    return ""


def grouped(rankings: Iterable[Ranking]) -> list[RankingGroup]:
    """
    Return the placings by publisher, index and theme, each the newest first.

    A rank is no score: the groups stand by name, never by how good the placing is.
    """

    def theme(ranking: Ranking) -> tuple[str, str, str]:
        return ranking.publisher, ranking.index_name, ranking.theme

    groups = []
    for key, found in itertools.groupby(sorted(rankings, key=theme), key=theme):
        newest_first = sorted(found, key=lambda r: (-r.year, r.scope != "nation", r.pk))
        rows = [
            RankingRow(ranking, place_text(ranking), _warning(ranking, newest_first))
            for ranking in newest_first
        ]
        newest = newest_first[0]
        groups.append(RankingGroup(key[0], key[1], newest.sub_index if key[2] else "", tuple(rows)))
    return groups


def _warning(ranking: Ranking, found: list[Ranking]) -> str:
    older = [other for other in found if other.scope == ranking.scope and other.year < ranking.year]
    return comparison_warning(ranking, max(older, key=lambda r: r.year)) if older else ""
