"""What figures say, in words: the latest one, the change, what is missing."""

import datetime
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from projects.innsikt.figures import Point
from projects.innsikt.periods import period_text
from vekst.formats import number_text


@dataclass(frozen=True)
class Latest:
    """The newest figure of a series, and the newest one before it."""

    point: Point
    before: Point | None
    # Of figures that can fall below zero, such as net migration, a change in per cent says nothing.
    has_share: bool

    @property
    def difference(self) -> Decimal | None:
        if self.before is None or self.before.value is None or self.point.value is None:
            return None
        return self.point.value - self.before.value


def latest(points: Sequence[Point]) -> Latest | None:
    """Return the newest figure and the one before; None when every figure is missing."""
    known = [point for point in points if point.value is not None]
    if not known:
        return None
    has_share = all(point.value is not None and point.value > 0 for point in known)
    return Latest(known[-1], known[-2] if len(known) > 1 else None, has_share)


def change_text(found: Latest, *, decimals: int, is_percent: bool) -> str:
    """Write the change since the figure before: "914 flere enn i 2022 (+3,3 %)"; empty without one."""
    change, before = found.difference, found.before
    if change is None or before is None or before.value is None:
        return ""
    period = period_text(before.period)
    if change == 0:
        return _("Uendret fra %(period)s") % {"period": period}
    amount = number_text(abs(change), decimals)
    if is_percent:
        words = (
            _("Opp %(amount)s prosentpoeng fra %(period)s")
            if change > 0
            else _("Ned %(amount)s prosentpoeng fra %(period)s")
        )
        return words % {"amount": amount, "period": period}
    words = _("Opp %(amount)s fra %(period)s") if change > 0 else _("Ned %(amount)s fra %(period)s")
    text = words % {"amount": amount, "period": period}
    if found.has_share:
        share = number_text(abs(change) / before.value * 100, 1)
        text += f" ({percent_text(share)})"
    return text


def percent_text(number: str) -> str:
    """Write a share: "3,3 %", and "3.3%" in English."""
    return _("%(number)s\N{NO-BREAK SPACE}%%") % {"number": number}


def missing_spans(points: Sequence[Point]) -> list[tuple[Point, Point]]:
    """Return the first and last point of each stretch without figures."""
    spans = []
    for is_missing, group in itertools.groupby(points, key=lambda point: point.value is None):
        if is_missing:
            stretch = list(group)
            spans.append((stretch[0], stretch[-1]))
    return spans


def missing_text(points: Sequence[Point]) -> str:
    """Write which periods lack figures: "Tall mangler for 1985–2010 og 2012–2013."; else empty."""
    parts = [
        period_text(first.period)
        if first == last
        else f"{period_text(first.period)}–{period_text(last.period)}"
        for first, last in missing_spans(points)
    ]
    if not parts:
        return ""
    listed = (
        parts[0]
        if len(parts) == 1
        else _("%(first)s og %(last)s")
        % {
            "first": ", ".join(parts[:-1]),
            "last": parts[-1],
        }
    )
    return _("Tall mangler for %(periods)s.") % {"periods": listed}


def series_text(label: str, points: Sequence[Point], *, unit: str, decimals: int) -> str:
    """Describe one line for people who do not see it: where it starts and ends, highest and lowest."""
    known = [point for point in points if point.value is not None]
    if not known:
        return _("%(label)s: ingen tall.") % {"label": label}

    def told(point: Point) -> str:
        number = number_text(point.value or Decimal(0), decimals)
        return f"{number} {unit} ({period_text(point.period)})"

    if len(known) == 1:
        return f"{label}: {told(known[0])}."
    text = _("%(label)s: fra %(first)s til %(last)s.") % {
        "label": label,
        "first": told(known[0]),
        "last": told(known[-1]),
    }
    low = min(known, key=lambda point: point.value or 0)
    high = max(known, key=lambda point: point.value or 0)
    if {low.period, high.period} - {known[0].period, known[-1].period}:
        text += " " + _("Lavest %(low)s, høyest %(high)s.") % {"low": told(low), "high": told(high)}
    return text


def age_days(moment: datetime.datetime, at: datetime.datetime) -> int:
    """Return how many whole days ago something was."""
    return max((at - moment).days, 0)
