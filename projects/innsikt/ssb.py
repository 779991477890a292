"""
Fetching from Statistics Norway's PxWebApi v2, politely: only when a table has changed, one by one.

Source: https://www.ssb.no/api/api-mot-statistikkbanken--brukerveiledning, read 2026-11-21. 30 questions
a minute and address; errors are application/problem+json; figures are published at 08:00.
"""

import datetime
import json
import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction

from projects.innsikt import figures, jsonstat
from projects.innsikt.models import Fetch, FetchOutcome, Indicator
from vekst.sources import Fetched, SourceUnavailableError, fetch

logger = logging.getLogger(__name__)

_REFUSALS = (400, 403, 404, 429)
TOO_MANY = 429


class SourceRefusedError(Exception):
    """The source said no: `status` and its own words."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(f"{status}: {detail}")
        self.status = status


class SourceBusyError(SourceRefusedError):
    """We have asked too often; the source wants a minute's rest before the next question."""


def data_url(indicator: Indicator) -> str:
    """
    Return the address of the indicator's figures, with every bracket and star encoded.

    In the order of the alphabet, because the database gives the query back in an order of its own and
    the address tells whether the query has changed.
    """
    query: Mapping[str, Mapping[str, str]] = indicator.query
    parameters = {"lang": "no", "outputFormat": "json-stat2"}
    for name in ("valueCodes", "codelist"):
        for variable, wanted in sorted(query.get(name, {}).items()):
            parameters[f"{name}[{variable}]"] = wanted
    return f"{table_url(indicator)}/data?{urlencode(parameters)}"


def table_url(indicator: Indicator) -> str:
    """Return the address that tells when the table was last updated."""
    return f"{settings.SSB_API_URL}/tables/{indicator.table_id}"


def ask(url: str, *, at: datetime.datetime) -> Fetched:
    """
    Ask once. Raises SourceBusyError, SourceRefusedError with the source's own explanation, or
    SourceUnavailableError.
    """
    answer = fetch(url, at=at, accept_statuses=_REFUSALS)
    if answer.status in _REFUSALS:
        detail = _detail(answer.content)
        if answer.status == TOO_MANY:
            raise SourceBusyError(answer.status, detail)
        raise SourceRefusedError(answer.status, detail)
    return answer


def _detail(content: bytes) -> str:
    try:
        problem = json.loads(content)
        return str(problem.get("detail") or problem.get("title") or "")[:300]
    except (ValueError, AttributeError):
        return content[:100].decode(errors="replace")


def table_updated(indicator: Indicator, *, at: datetime.datetime) -> datetime.datetime | None:
    """Ask when the table was last updated; None when the source does not say."""
    answer = ask(f"{table_url(indicator)}?lang=no", at=at)
    try:
        body: Any = json.loads(answer.content)
        moment = datetime.datetime.fromisoformat(body["updated"])
    except (ValueError, KeyError, TypeError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)


def figures_of(
    dataset: jsonstat.Dataset, series_dimension: str
) -> tuple[dict[str, list[figures.Figure]], dict[str, str]]:
    """
    Return the figures by series key, and the series' labels.

    Every dimension but time and the one that gives the series must have a single category. Raises
    BadDatasetError.
    """
    time = dataset.time_dimension
    if time is None:
        raise jsonstat.BadDatasetError("no time dimension")
    if series_dimension:
        dataset.dimension(series_dimension)
    for dimension in dataset.dimensions:
        if dimension.code not in (time, series_dimension) and len(dimension.categories) > 1:
            raise jsonstat.BadDatasetError(
                f"{dimension.code} has {len(dimension.categories)} categories, choose one"
            )
    found: dict[str, list[figures.Figure]] = {}
    for cell in dataset.cells():
        period = cell.codes[time]
        if not figures.is_period(period):
            raise jsonstat.BadDatasetError(f"{period!r} is no period")
        key = cell.codes[series_dimension] if series_dimension else figures.ONLY_SERIES
        status = cell.status if cell.value is None else ""
        found.setdefault(key, []).append(figures.Figure(period, cell.value, status))
    labels = (
        {c.code: c.label for c in dataset.dimension(series_dimension).categories}
        if series_dimension
        else {}
    )
    return found, labels


def fetch_indicator(indicator: Indicator, *, at: datetime.datetime) -> FetchOutcome:
    """
    Fetch the indicator's figures unless its table is unchanged, and log what happened.

    A source that fails leaves the last good figures as they are. Raises SourceBusyError after logging
    it, so that the caller stops asking.
    """
    url = data_url(indicator)
    try:
        updated = table_updated(indicator, at=at)
        if _is_unchanged(indicator, url, updated):
            Indicator.objects.filter(pk=indicator.pk).exclude(failed_at=None).update(failed_at=None)
            _log(indicator, at, url, FetchOutcome.UNCHANGED, table_updated_at=updated)
            return FetchOutcome.UNCHANGED
        answer = ask(url, at=at)
        dataset = jsonstat.read(answer.content)
        found, labels = figures_of(dataset, indicator.series_dimension)
        with transaction.atomic():
            figures.store_observations(indicator=indicator, figures=found, labels=labels)
            moment = dataset.updated or updated
            Indicator.objects.filter(pk=indicator.pk).update(
                fetched_at=at, failed_at=None, fetched_url=url, table_updated_at=moment
            )
            _log(
                indicator,
                at,
                url,
                FetchOutcome.STORED,
                table_updated_at=moment,
                payload=answer.content.decode(errors="replace"),
            )
    except (
        SourceUnavailableError,
        SourceRefusedError,
        jsonstat.BadDatasetError,
        figures.EmptyFetchError,
    ) as error:
        logger.warning("innsikt: %s was not fetched: %s", indicator.slug, error)
        Indicator.objects.filter(pk=indicator.pk).update(failed_at=at)
        _log(indicator, at, url, FetchOutcome.FAILED, error=str(error)[:500] or repr(error))
        if isinstance(error, SourceBusyError):
            raise
        return FetchOutcome.FAILED
    return FetchOutcome.STORED


def _is_unchanged(indicator: Indicator, url: str, updated: datetime.datetime | None) -> bool:
    return (
        updated is not None
        and indicator.table_updated_at == updated
        and indicator.fetched_url == url
        and not indicator.is_example
    )


def _log(
    indicator: Indicator,
    at: datetime.datetime,
    url: str,
    outcome: FetchOutcome,
    *,
    table_updated_at: datetime.datetime | None = None,
    payload: str = "",
    error: str = "",
) -> None:
    Fetch.objects.create(
        indicator=indicator,
        fetched_at=at,
        url=url[:1000],
        outcome=outcome,
        table_updated_at=table_updated_at,
        payload=payload,
        error=error,
    )


def fetch_all(*, at: datetime.datetime) -> dict[str, FetchOutcome]:
    """
    Fetch every indicator that has a table; one that fails does not stop the others.

    Does nothing when outside sources are turned off. Raises SourceBusyError when the source wants us
    to wait; those already fetched are then unchanged at the next run and cost one question each.
    """
    if not settings.OUTSIDE_SOURCES_ENABLED:
        return {}
    outcomes = {}
    for indicator in Indicator.objects.fetchable().order_by("fetched_at", "pk"):
        outcomes[indicator.slug] = fetch_indicator(indicator, at=at)
    return outcomes
