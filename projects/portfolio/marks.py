"""Values and risks ready to be shown: as words and shapes, and as counts."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from projects.portfolio.models import HIGH_RISK_SCORE, SIDES, StatusReport
from projects.portfolio.snapshots import RiskThen

MEDIUM_RISK_SCORE = 5


@dataclass(frozen=True)
class SideShown:
    """One of the five sides of a report, ready to be shown."""

    side: str
    label: str
    value: str
    value_label: str
    comment: str


def sides_of(report: StatusReport) -> list[SideShown]:
    """Return the five sides of a report in their order."""
    return [
        SideShown(
            side=side,
            label=str(label),
            value=getattr(report, side),
            value_label=str(report.value_of(side).label),
            comment=getattr(report, f"{side}_comment"),
        )
        for side, label in SIDES.items()
    ]


@dataclass(frozen=True)
class TimelineRow:
    """One side through all reports, oldest first."""

    label: str
    values: list[SideShown]


def status_timeline(reports: Iterable[StatusReport]) -> list[TimelineRow]:
    """Return one row for each side; `reports` are given oldest first."""
    shown = [sides_of(report) for report in reports]
    return [
        TimelineRow(str(label), [sides[index] for sides in shown])
        for index, label in enumerate(SIDES.values())
    ]


@dataclass(frozen=True)
class MatrixCell:
    """How many risks have this probability and consequence."""

    consequence: int
    count: int
    level: str


@dataclass(frozen=True)
class MatrixRow:
    """The cells of one probability, consequence 1 to 5."""

    probability: int
    cells: list[MatrixCell]


def risk_level(score: int) -> str:
    """Return "low", "medium" or "high" for a score from 1 to 25."""
    if score >= HIGH_RISK_SCORE:
        return "high"
    return "medium" if score >= MEDIUM_RISK_SCORE else "low"


def risk_matrix(risks: Iterable[RiskThen]) -> list[MatrixRow]:
    """Count risks by probability (5 first) and consequence, with no texts: what the public may see."""
    counts: dict[tuple[int, int], int] = defaultdict(int)
    for risk in risks:
        counts[risk.probability, risk.consequence] += 1
    return [
        MatrixRow(
            probability,
            [
                MatrixCell(c, counts[probability, c], risk_level(probability * c))
                for c in range(1, 6)
            ],
        )
        for probability in range(5, 0, -1)
    ]
