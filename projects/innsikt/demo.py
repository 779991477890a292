"""
Demo content: Kongsberg's real population, NHO's rankings, and marked examples of what is fetched later.

The real figures stand with their sources at the top of the files in `data/`.
"""

import csv
import datetime
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import translation

from projects.innsikt import figures
from projects.innsikt.demo_texts import EXAMPLES, LABELS, RANKINGS, REAL, SURVEYS
from projects.innsikt.models import (
    Annotation,
    Indicator,
    NeedsSurvey,
    Observation,
    Ranking,
    Series,
    SeriesKind,
)
from projects.innsikt.periods import period_start
from projects.portfolio.models import MainProject, Project

DATA = Path(__file__).resolve().parent / "data"


def read_rows(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a data file; its first lines say where the figures come from."""
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    yield from csv.DictReader(line for line in lines if not line.startswith("#"))


@translation.override("nb")
@transaction.atomic
def load(*, at: datetime.datetime) -> None:
    """Write what is missing; what is there stays as people have changed it."""
    project = Project.objects.filter(main_project=MainProject.INNSIKT).order_by("pk").first()
    for position, (slug, values) in enumerate(REAL.items()):
        _load_real(slug, {**values, "position": position, "project": project}, at=at)
    for position, (slug, values) in enumerate(EXAMPLES.items(), len(REAL)):
        _load_example(slug, {**values, "position": position, "project": project}, at=at)
    for ranking in RANKINGS:
        key = ("publisher", "index_name", "theme", "year", "scope")
        wanted = {name: ranking[name] for name in key}
        defaults = {name: value for name, value in ranking.items() if name not in key}
        Ranking.objects.get_or_create(**wanted, defaults=defaults)
    for survey in SURVEYS:
        days = {
            "asked_from": at.date() - datetime.timedelta(days=survey["began_days_ago"]),
            "asked_to": at.date() - datetime.timedelta(days=survey["ended_days_ago"]),
        }
        values = {k: v for k, v in survey.items() if not k.endswith("_days_ago") and k != "slug"}
        NeedsSurvey.objects.get_or_create(
            slug=survey["slug"], defaults={**values, **days, "project": project, "published_at": at}
        )


def _new_indicator(slug: str, values: dict[str, Any], *, at: datetime.datetime) -> Indicator | None:
    if Indicator.objects.filter(slug=slug).exists():
        return None
    # Published by an hour's margin, so that the page shows at once on a clock that is a little behind.
    published = at - datetime.timedelta(days=60)
    return Indicator.objects.create(slug=slug, published_at=published, **values)


def _load_real(slug: str, values: dict[str, Any], *, at: datetime.datetime) -> None:
    fields = {k: v for k, v in values.items() if k not in ("file", "series", "events", "grows")}
    if values.get("grows"):
        fields["growth_of"] = Indicator.objects.get(slug=values["grows"])
    indicator = _new_indicator(slug, fields, at=at)
    if indicator is None:
        return
    series = _new_series(indicator, values["series"])
    if values.get("file"):
        _store_file(values["file"], series)
    for date, text, text_en in values.get("events", ()):
        words: dict[str, Any] = {"text": text, "text_en": text_en}
        Annotation.objects.create(indicator=indicator, date=date, **words)
    if indicator.growth_of_id:
        figures.work_out_growth(indicator)


def _new_series(indicator: Indicator, wanted: dict[str, tuple[str, str]]) -> dict[str, Series]:
    made = {}
    for position, (key, (label, label_en)) in enumerate(wanted.items()):
        kind = SeriesKind.CORRECTED if key == "korrigert" else SeriesKind.OFFICIAL
        words: dict[str, Any] = {"label": label, "label_en": label_en}
        made[key] = Series.objects.create(
            **words,
            indicator=indicator,
            key=key,
            kind=kind,
            is_main=position == 0,
            position=position,
        )
    return made


def _notes(row: dict[str, str]) -> dict[str, Any]:
    return {"note": row["note"], "note_nb": row["note"], "note_en": row["note_en"]}


def _store_file(name: str, series: dict[str, Series]) -> None:
    Observation.objects.bulk_create(
        Observation(
            series=series[row["series"]],
            period=row["period"],
            period_start=period_start(row["period"]),
            value=Decimal(row["value"]) if row["value"] else None,
            status=row["status"],
            is_break=row["is_break"] == "1",
            **_notes(row),
        )
        for row in read_rows(name)
    )


def _load_example(slug: str, values: dict[str, Any], *, at: datetime.datetime) -> None:
    fields = {k: v for k, v in values.items() if k != "main"}
    indicator = _new_indicator(slug, {**fields, "is_example": True}, at=at)
    if indicator is None:
        return
    rows = [row for row in read_rows("examples.csv") if row["indicator"] == slug]
    keys = list(dict.fromkeys(row["series"] for row in rows))
    series = _new_series(indicator, {key: LABELS[slug][key] for key in keys})
    main = values.get("main", keys[0])
    Series.objects.filter(indicator=indicator).update(is_main=False)
    Series.objects.filter(pk=series[main].pk).update(is_main=True)
    Observation.objects.bulk_create(
        Observation(
            series=series[row["series"]],
            period=row["period"],
            period_start=period_start(row["period"]),
            value=Decimal(row["value"]),
        )
        for row in rows
    )
