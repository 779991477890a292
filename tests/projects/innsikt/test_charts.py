import datetime as dt
import re
from decimal import Decimal

import pytest

from projects.innsikt import charts, summary
from projects.innsikt.figures import Figure, Point, growth_figures, growth_percent
from projects.innsikt.periods import BadPeriodError, period_start, period_text, previous_year


def points(*values: int | None, first: int = 2015) -> tuple[Point, ...]:
    return tuple(
        Point(
            str(first + i),
            dt.date(first + i, 1, 1),
            None if value is None else Decimal(value),
            "" if value is not None else "..",
        )
        for i, value in enumerate(values)
    )


def chart_of(*values: int | None, **options):
    found = charts.line_chart(
        [charts.Line("Alle", points(*values))],
        **{"width": charts.WIDE, "decimals": 0, **options},
    )
    assert found is not None
    return found


def places(path: str) -> list[tuple[str, float, float]]:
    return [
        (command, float(x), float(y))
        for command, x, y in re.findall(r"([ML])([\d.-]+) ([\d.-]+)", path)
    ]


@pytest.mark.parametrize(
    ("values", "starts"),
    [
        ((1, 2, 3), 1),
        ((1, None, 3, 4), 2),
        ((None, 1, None, 2, None), 2),
        ((1, None, None, 2, None, 3), 3),
    ],
)
def test_the_line_starts_anew_after_a_gap(values, starts):
    drawn = places(chart_of(*values).lines[0].path)

    assert len(drawn) == len([v for v in values if v is not None])
    assert sum(command == "M" for command, _x, _y in drawn) == starts


def test_no_point_lies_where_a_zero_would():
    chart = chart_of(101, None, 119)

    bottom = float(chart.bottom)
    assert all(y < bottom for _c, _x, y in places(chart.lines[0].path))


def test_a_figure_alone_between_gaps_is_a_dot():
    values = [*range(100, 130), None, 130, None, *range(131, 140)]
    line = chart_of(*values).lines[0]

    assert [dot.text for dot in line.dots] == ["130"]


def test_gaps_cover_the_time_without_figures():
    chart = chart_of(1, None, None, 4, None)
    span = float(chart.right) - float(chart.left)

    assert len(chart.gaps) == 2
    # From the figure before to the figure after: three of four years.
    assert float(chart.gaps[0].width) == pytest.approx(span * 3 / 4, rel=0.01)


def test_higher_figures_stand_higher():
    drawn = places(chart_of(10, 20, 15).lines[0].path)

    assert drawn[1][2] < drawn[2][2] < drawn[0][2]


@pytest.mark.parametrize(
    ("low", "high"), [(0, 1), (26_406, 28_793), (-149, 374), (0.7, 3.3), (5, 5), (0, 0)]
)
def test_ticks_are_round_and_cover_the_figures(low, high):
    ticks = charts.nice_ticks(low, high)

    assert ticks[0] <= low
    assert ticks[-1] >= high
    assert 2 <= len(ticks) <= 9
    steps = {round(b - a, 6) for a, b in zip(ticks, ticks[1:], strict=False)}
    assert len(steps) == 1


def test_axis_says_whether_it_starts_at_zero():
    assert chart_of(10, 100).from_zero
    assert not chart_of(26_406, 28_793).from_zero
    assert chart_of(-10, -5).from_zero


def test_no_figures_no_chart():
    lines = [charts.Line("Alle", points(None, None))]

    assert charts.line_chart(lines, width=charts.NARROW, decimals=0) is None
    assert charts.bar_chart([("A", None)], width=charts.WIDE, decimals=0, missing="–") is None
    assert charts.sparkline(points(1, None)) is None


@pytest.mark.parametrize("width", [charts.WIDE, charts.NARROW])
def test_numbers_of_marks_never_touch(width):
    marks = [
        charts.Mark(i, dt.date(2018 + i // 2, 1 + 5 * (i % 2), 1), "Noe", i % 2 == 0)
        for i in range(8)
    ]
    chart = chart_of(*range(1, 75), width=width, marks=marks)

    rows: dict[str, list[float]] = {}
    for mark in chart.marks:
        rows.setdefault(mark.label_y, []).append(float(mark.x))
    assert len(chart.marks) == 8
    for row in rows.values():
        assert all(b - a >= 21.9 for a, b in zip(row, row[1:], strict=False))
    assert max(float(mark.label_y) + 10 for mark in chart.marks) <= float(chart.top)


def test_marks_outside_the_years_are_left_out():
    marks = [charts.Mark(1, dt.date(1964, 1, 1), "Før", is_break=True)]

    assert chart_of(1, 2, marks=marks).marks == ()


def test_names_at_the_ends_do_not_cover_each_other():
    lines = [charts.Line(name, points(10, 10)) for name in ("En", "To", "Tre")]
    chart = charts.line_chart(lines, width=charts.WIDE, decimals=0)

    assert chart is not None
    heights = sorted(float(line.label_y) for line in chart.lines)
    assert all(b - a >= 37.9 for a, b in zip(heights, heights[1:], strict=False))


def test_target_is_a_line_of_its_own_and_within_the_chart():
    target = charts.Target(
        "Mål", ((dt.date(2015, 1, 1), Decimal(10)), (dt.date(2017, 1, 1), Decimal(200)))
    )
    chart = chart_of(10, 20, 30, target=target)

    drawn = places(chart.target_path)
    assert len(drawn) == 2
    assert drawn[1][2] >= float(chart.top)


def test_bars_are_as_long_as_their_figures_and_missing_ones_have_none():
    chart = charts.bar_chart(
        [("A", Decimal(100)), ("B", Decimal(50)), ("C", None)],
        width=charts.NARROW,
        decimals=0,
        missing="Tall mangler",
    )

    assert chart is not None
    one, half, none = chart.bars
    assert float(half.width) == pytest.approx(float(one.width) / 2, abs=0.2)
    assert (none.width, none.is_missing, none.value_text) == ("0", True, "Tall mangler")
    assert float(one.value_x) + 30 <= chart.width


def test_positions_are_written_with_a_point():
    chart = chart_of(1, 3, 2)

    for text in (chart.left, chart.lines[0].path, *(tick.at for tick in chart.x_ticks)):
        assert "," not in text


# --- Words ------------------------------------------------------------------------------------------
def told(*values: int | None, decimals: int = 0, is_percent: bool = False) -> str:
    found = summary.latest(points(*values))
    assert found is not None
    return summary.change_text(found, decimals=decimals, is_percent=is_percent)


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ((27_879, 28_793), "Opp 914 fra 2015 (3,3 %)"),
        ((28_793, None, None, 27_879), "Ned 914 fra 2015 (3,2 %)"),
        ((5, 5), "Uendret fra 2015"),
        ((-5, 5), "Opp 10 fra 2015"),
        ((-5, 100, 150), "Opp 50 fra 2016"),
        ((5,), ""),
    ],
)
def test_change_in_words(values, text):
    assert told(*values).replace("\N{NO-BREAK SPACE}", " ") == text


def test_change_of_a_share_is_in_percentage_points():
    assert told(2, 3, decimals=1, is_percent=True) == "Opp 1,0 prosentpoeng fra 2015"
    assert told(3, 2, decimals=1, is_percent=True) == "Ned 1,0 prosentpoeng fra 2015"


def test_description_names_ends_and_extremes():
    text = summary.series_text("Alle", points(5, 9, 2, 7), unit="personer", decimals=0)

    assert text == (
        "Alle: fra 5 personer (2015) til 7 personer (2018). "
        "Lavest 2 personer (2017), høyest 9 personer (2016)."
    )
    assert summary.series_text("Alle", points(None), unit="", decimals=0) == "Alle: ingen tall."
    assert summary.series_text("Alle", points(4), unit="kr", decimals=0) == "Alle: 4 kr (2015)."


def test_missing_periods_in_words():
    assert summary.missing_text(points(1, 2)) == ""
    assert summary.missing_text(points(1, None, 2)) == "Tall mangler for 2016."
    assert (
        summary.missing_text(points(None, None, 1, None, 2, None))
        == "Tall mangler for 2015–2016, 2018 og 2020."
    )


# --- Periods and growth -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("code", "start", "text"),
    [
        ("2023", dt.date(2023, 1, 1), "2023"),
        ("2023K4", dt.date(2023, 10, 1), "4. kvartal 2023"),
        ("2023M05", dt.date(2023, 5, 1), "mai 2023"),
    ],
)
def test_periods(code, start, text):
    assert (period_start(code), period_text(code)) == (start, text)


@pytest.mark.parametrize("code", ["", "23", "2023K5", "2023M13", "2023-2024", "0000", "2023K4 "])
def test_other_codes_are_no_periods(code):
    with pytest.raises(BadPeriodError):
        period_start(code)


def test_the_year_before_keeps_the_quarter():
    assert (previous_year("2023K4"), previous_year("2000")) == ("2022K4", "1999")


def test_growth_lies_between_two_figures():
    grown = growth_figures(points(100, 101, None, 103, 0, 5), points(100, 101, None, 103, 0, 5))

    assert [(f.period, f.value) for f in grown] == [
        ("2014", None),
        ("2015", Decimal("1.00")),
        ("2016", None),
        ("2017", None),
        ("2018", Decimal("-100.00")),
        ("2019", None),
    ]


def test_growth_of_a_corrected_series_starts_at_the_official_figure():
    corrected = (Point("2023", dt.date(2023, 1, 1), Decimal(28_275)),)

    found = growth_figures(corrected, points(27_879, first=2022))

    assert found == [Figure("2022", growth_percent(Decimal(28_275), Decimal(27_879)))]
    assert found[0].value == Decimal("1.42")
