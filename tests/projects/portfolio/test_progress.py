"""The documented rule of a plan's progress, with mixed and missing figures."""

import pytest

from projects.portfolio.models import Measure
from projects.portfolio.progress import plan_progress


@pytest.mark.parametrize(
    ("measures", "percent", "measured"),
    [
        pytest.param([], None, 0, id="nothing"),
        pytest.param([("not-started", None, 1)], None, 0, id="not started is not zero"),
        pytest.param([("ongoing", 0, 1)], 0, 1, id="measured zero is zero"),
        pytest.param([("ongoing", None, 1), ("ongoing", 40, 1)], 40, 1, id="unmeasured left out"),
        pytest.param([("done", None, 1), ("ongoing", 0, 1)], 50, 2, id="done counts whole"),
        pytest.param([("ongoing", 100, 1), ("ongoing", 0, 3)], 25, 2, id="weights count"),
        pytest.param([("ongoing", 50, 1), ("stopped", 90, 9)], 50, 1, id="stopped left out"),
        pytest.param([("carried-over", 90, 9)], None, 0, id="carried over left out"),
    ],
)
def test_progress_is_weighed_over_what_is_measured(measures, percent, measured):
    rows = [Measure(state=state, progress=progress, weight=w) for state, progress, w in measures]

    found = plan_progress(rows)

    assert (found.percent, found.measured, found.total) == (percent, measured, len(rows))
    assert sum(state.count for state in found.states) == len(rows)
