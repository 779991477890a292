"""How far a plan has come, counted from its measures."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from projects.portfolio.models import MeasureState


class Countable(Protocol):
    """What is needed of a measure, be it a row or one from a frozen report."""

    @property
    def state(self) -> str: ...

    @property
    def progress(self) -> int | None: ...

    @property
    def weight(self) -> int: ...


@dataclass(frozen=True)
class StateCount:
    """How many measures are in a state."""

    state: str
    label: str
    count: int


@dataclass(frozen=True)
class PlanProgress:
    """A plan in numbers. `percent` is None when nothing has been measured, which is not 0."""

    total: int
    percent: int | None
    measured: int
    states: list[StateCount]


def plan_progress(measures: Iterable[Countable]) -> PlanProgress:
    """
    Count the measures by state, and weigh together the progress of those that are measured.

    The percentage is the sum of progress x weight over the sum of weights. A measure that is done counts
    100 when nobody has said anything else. Left out are measures that are not started (they have no
    progress, not 0), ongoing ones without a figure, stopped ones, and those carried over to a new plan.
    """
    rows = list(measures)
    counts = Counter(row.state for row in rows)
    weighed = []
    for row in rows:
        progress = row.progress
        if row.state == MeasureState.DONE and progress is None:
            progress = 100
        if row.state in (MeasureState.ONGOING, MeasureState.DONE) and progress is not None:
            weighed.append((progress, row.weight))
    weights = sum(weight for _, weight in weighed)
    return PlanProgress(
        total=len(rows),
        percent=round(sum(p * w for p, w in weighed) / weights) if weights else None,
        measured=len(weighed),
        states=[
            StateCount(state.value, str(state.label), counts[state.value])
            for state in MeasureState
            if counts[state.value]
        ],
    )
