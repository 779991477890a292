"""Events by the member company that holds them: which companies the filter offers, and with how many."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from members.companies.models import Company
from projects.bypuls.calendar.counts import COUNTED, TEXT_LIMIT, cell_name
from projects.bypuls.calendar.filters import COMPANY, FACETS, EventFilter
from projects.bypuls.models.event import LONGEST

# The filter offers the companies with most events, and always the chosen one.
MOST_COMPANIES = 12
# Of chosen days so many events are looked at, and of those with chosen words fewer; beyond it nothing is counted.
LIMIT = 2500


def chosen_company(params: Mapping[str, str], *, at: dt.datetime) -> Company | None:
    """Return the member that the address names. One query, and none when it names nobody."""
    slug = params.get(COMPANY, "")
    if not re.fullmatch(r"[-\w]{1,80}", slug):
        return None
    return Company.objects.public(at=at).only("id", "slug", "name").filter(slug=slug).first()


def company_group(
    chosen: EventFilter, *, horizon: dt.datetime | None, at: dt.datetime
) -> dict[str, Any] | None:
    """
    Return the group of `_filter_panel.html`, or None when no company holds anything. Two queries.

    Each number is with all filters but that of the company. `horizon` is from when on the tallies count.
    """
    others = replace(chosen, company=None)
    is_bounded = False
    if horizon is not None and not (chosen.has_span or chosen.text):
        numbers = _add_up(others, horizon, at=at)
    else:
        numbers, is_bounded = _count(others, at=at)
    members = Company.objects.public(at=at).only("id", "slug", "name").in_bulk(list(numbers))
    if chosen.company is not None:
        members[chosen.company.pk] = chosen.company
    if not members:
        return None
    busiest = sorted(members.values(), key=lambda one: (-numbers.get(one.pk, 0), one.name))
    options = [
        {
            "value": company.slug,
            "label": company.name,
            "count": None if is_bounded else numbers.get(company.pk, 0),
            "checked": company == chosen.company,
        }
        for position, company in enumerate(busiest)
        if position < MOST_COMPANIES or company == chosen.company
    ]
    everybody = {"value": "", "label": _("Alle bedrifter"), "count": None}
    return {
        "name": COMPANY,
        "label": _("Medlemsbedrift som arrangerer"),
        "single": True,
        "options": [{**everybody, "checked": chosen.company is None}, *options],
    }


def _add_up(chosen: EventFilter, horizon: dt.datetime, *, at: dt.datetime) -> dict[int, int]:
    """Return the events of each company that fit: what starts before the horizon, and what the tally knows."""
    tests = "".join(f" AND {facet} = %({facet})s" for facet in chosen.values)
    sql = (
        "SELECT company_id, sum(number) FROM ("  # noqa: S608
        f"SELECT company_id, 1 AS number FROM bypuls_event WHERE {COUNTED} AND company_id IS NOT NULL "
        "AND starts_at >= %(longest_ago)s AND starts_at < %(horizon)s AND ends_at >= %(at)s"
        f"{tests} UNION ALL "
        "SELECT company_id, number FROM bypuls_companytally WHERE cell = %(cell)s"
        ") AS both_parts GROUP BY company_id HAVING sum(number) > 0"
    )
    params = {
        **chosen.values,
        "at": at,
        "longest_ago": at - LONGEST,
        "horizon": horizon,
        "cell": cell_name(chosen.values),
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return {pk: int(number) for pk, number in cursor.fetchall()}


def _count(chosen: EventFilter, *, at: dt.datetime) -> tuple[dict[int, int], bool]:
    """Return the events of each company in the chosen days or with the words, and whether they are too many."""
    since = chosen.since(at)
    limit = TEXT_LIMIT if chosen.text else LIMIT
    start, end = chosen.span(at)
    tests = [f"{facet} = %({facet})s" for facet in chosen.values]
    few = ""
    if start is not None:
        few += " AND ends_at > %(start)s"
    if end is not None:
        few += " AND starts_at < %(end)s"
    if chosen.text:
        few += " AND search @@ to_tsquery('norwegian', %(words)s)"
    sql = (
        f"SELECT company_id, count(*) FILTER (WHERE {' AND '.join(tests) or 'TRUE'}), count(*) FROM ("  # noqa: S608
        f"SELECT company_id, starts_at, ends_at, {', '.join(FACETS)} FROM bypuls_event "
        f"WHERE {COUNTED} AND company_id IS NOT NULL "
        f"AND starts_at >= %(longest_ago)s AND ends_at >= %(since)s{few} LIMIT %(limit)s"
        ") AS few GROUP BY company_id"
    )
    params = {
        **chosen.values,
        "start": start,
        "end": end,
        "words": chosen.text_query,
        "since": since,
        "longest_ago": since - LONGEST,
        "limit": limit + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows = cursor.fetchall()
    is_bounded = sum(seen for _pk, _fit, seen in rows) > limit
    return {
        pk: seen if is_bounded else fit for pk, fit, seen in rows if fit or is_bounded
    }, is_bounded
