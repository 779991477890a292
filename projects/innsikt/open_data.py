"""
The figures as CSV and JSON, for reuse. The indicator's page explains both shapes; they do not change,
new columns and keys are added at the end.
"""

import csv
import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from projects.innsikt.models import Annotation, Indicator
from projects.innsikt.presentation import ShownSeries

CSV_COLUMNS = (
    "series",
    "series_label",
    "series_kind",
    "period",
    "period_start",
    "value",
    "status",
    "is_break",
    "note",
    "is_example",
)
# A spreadsheet would run a text cell that starts like this.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def plain_number(value: Decimal, decimals: int) -> str:
    """Write with a decimal point and no grouping."""
    return f"{value:.{decimals}f}"


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def as_csv(indicator: Indicator, shown: Sequence[ShownSeries]) -> str:
    """
    Return the figures as comma-separated text (RFC 4180) with a header line.

    A missing figure has an empty value and the source's sign in `status`.
    """
    output = io.StringIO()
    writer = csv.writer(output)
    writer.writerow(CSV_COLUMNS)
    for item in shown:
        for point in item.points:
            value = "" if point.value is None else plain_number(point.value, indicator.decimals)
            writer.writerow(
                [
                    _cell(item.series.key),
                    _cell(item.series.label),
                    item.series.kind,
                    point.period,
                    point.start.isoformat(),
                    value,
                    point.status,
                    int(point.is_break),
                    _cell(point.note),
                    int(indicator.is_example),
                ]
            )
    return output.getvalue()


def _json_number(value: Decimal | None, decimals: int) -> int | float | None:
    if value is None:
        return None
    return float(plain_number(value, decimals)) if decimals else int(round(value))


def as_json(
    indicator: Indicator,
    shown: Sequence[ShownSeries],
    annotations: Sequence[Annotation],
    *,
    url: str,
) -> dict[str, Any]:
    """Return the indicator with its series; a missing figure has value null and a status."""
    return {
        "slug": indicator.slug,
        "url": url,
        "title": indicator.title,
        "question": indicator.question,
        "unit": indicator.unit,
        "decimals": indicator.decimals,
        "is_example": indicator.is_example,
        "conclusion": indicator.conclusion,
        "concluded_period": indicator.concluded_period,
        "method": indicator.method,
        "source": {
            "name": indicator.source_name,
            "url": indicator.source_url,
            "licence": indicator.licence,
            "table": indicator.table_id,
            "table_updated_at": indicator.table_updated_at,
            "fetched_at": indicator.fetched_at,
        },
        "target": {
            "value": _json_number(indicator.target_value, indicator.decimals),
            "growth_percent": _json_number(indicator.target_growth_percent, 2),
            "from": indicator.target_from,
        },
        "series": [
            {
                "key": item.series.key,
                "label": item.series.label,
                "kind": item.series.kind,
                "observations": [
                    {
                        "period": point.period,
                        "start": point.start,
                        "value": _json_number(point.value, indicator.decimals),
                        "status": point.status,
                        "is_break": point.is_break,
                        "note": point.note,
                    }
                    for point in item.points
                ],
            }
            for item in shown
        ],
        "annotations": [
            {"date": annotation.date, "text": annotation.text, "kind": annotation.kind}
            for annotation in annotations
        ],
    }
