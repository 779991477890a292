"""
Departures from the municipality's stops, from Entur's journey planner.

Asked for when somebody looks, at most every 45 seconds for each stop, whatever the number of visitors.
When Entur does not answer, the last good board is shown with its age; old departures are left out of it.
Source: https://developer.entur.org, Journey Planner v3.
"""

import datetime
import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from vekst.sources import SourceUnavailableError, fetch

logger = logging.getLogger(__name__)

FRESH_FOR = 45
# Past this age the page says that something is wrong.
STALE_AFTER = 120
DEPARTURES = 12
# After a failure nobody waits for the same silence again for a while.
QUIET_FOR = 45
_KEPT_FOR = 7 * 24 * 3600

_SITUATION = (
    "{ id severity validityPeriod { startTime endTime } summary { value language } "
    "description { value language } advice { value language } infoLinks { uri label } }"
)
QUERY = f"""query Avganger($id: String!, $n: Int!) {{
  stopPlace(id: $id) {{
    id name situations {_SITUATION}
    estimatedCalls(numberOfDepartures: $n, timeRange: 86400, includeCancelledTrips: true) {{
      realtime cancellation aimedDepartureTime expectedDepartureTime forBoarding
      destinationDisplay {{ frontText }}
      quay {{ id publicCode }}
      serviceJourney {{ id line {{ id publicCode name transportMode authority {{ name }} }} }}
      situations {_SITUATION}
    }}
  }}
}}"""


class BadAnswerError(Exception):
    """Entur answered something that is no board of departures."""


@dataclass(frozen=True)
class Situation:
    """A disruption, in the languages that Entur has."""

    id: str
    summaries: dict[str, str]
    descriptions: dict[str, str]
    link: str
    ends_at: datetime.datetime | None


@dataclass(frozen=True)
class Departure:
    """One departure: when it should go, and when it will."""

    line: str
    mode: str
    destination: str
    quay: str
    operator: str
    aimed_at: datetime.datetime
    expected_at: datetime.datetime
    is_realtime: bool
    is_cancelled: bool

    @property
    def minutes_late(self) -> int:
        """Whole minutes behind the timetable; 0 when on time or early."""
        late = self.expected_at - self.aimed_at
        return max(0, int(late.total_seconds() // 60))


@dataclass(frozen=True)
class Board:
    """The next departures from one stop, and when Entur said so."""

    stop_id: str
    name: str
    departures: tuple[Departure, ...]
    situations: tuple[Situation, ...]
    fetched_at: datetime.datetime
    is_stale: bool = False

    def at(self, moment: datetime.datetime) -> "Board":
        """Return the board as it stands at `moment`: what has gone is not shown, and age is told."""
        coming = tuple(d for d in self.departures if d.expected_at >= moment)
        now = tuple(s for s in self.situations if s.ends_at is None or s.ends_at >= moment)
        is_stale = (moment - self.fetched_at).total_seconds() > STALE_AFTER
        return Board(self.stop_id, self.name, coming, now, self.fetched_at, is_stale)


def parse_board(content: bytes, *, stop_id: str, at: datetime.datetime) -> Board:
    """Return the board that an answer holds. Raises BadAnswerError, also for an error inside a 200."""
    try:
        data = json.loads(content)
        stop = data["data"]["stopPlace"]
        calls = stop["estimatedCalls"]
        departures = tuple(_departure(call) for call in calls if call.get("forBoarding", True))
        found = [*(stop.get("situations") or ())]
        for call in calls:
            found += call.get("situations") or ()
        name = str(stop["name"])
    except (ValueError, KeyError, TypeError) as error:
        raise BadAnswerError(f"{stop_id}: {content[:150]!r}") from error
    return Board(stop_id, name, departures, _situations(found), at)


def _departure(call: dict[str, Any]) -> Departure:
    line = call["serviceJourney"]["line"]
    aimed, expected = (
        parse_datetime(call["aimedDepartureTime"]),
        parse_datetime(call["expectedDepartureTime"]),
    )
    if aimed is None or expected is None:
        raise ValueError("a departure without a time")
    return Departure(
        line=line.get("publicCode") or line.get("name") or "",
        mode=line.get("transportMode") or "",
        destination=(call.get("destinationDisplay") or {}).get("frontText") or "",
        quay=(call.get("quay") or {}).get("publicCode") or "",
        operator=(line.get("authority") or {}).get("name") or "",
        aimed_at=aimed,
        expected_at=expected,
        is_realtime=bool(call.get("realtime")),
        is_cancelled=bool(call.get("cancellation")),
    )


def _texts(values: Iterable[dict[str, str]] | None) -> dict[str, str]:
    return {v.get("language") or "no": v["value"] for v in values or () if v.get("value")}


def _situations(found: list[dict[str, Any]]) -> tuple[Situation, ...]:
    unique: dict[str, Situation] = {}
    for data in found:
        links = data.get("infoLinks") or [{}]
        link = str(links[0].get("uri") or "")
        ends = (data.get("validityPeriod") or {}).get("endTime")
        unique[data["id"]] = Situation(
            id=data["id"],
            summaries=_texts(data.get("summary")),
            descriptions=_texts(data.get("description")),
            link=link if link.startswith(("https://", "http://")) else "",
            ends_at=parse_datetime(ends) if ends else None,
        )
    return tuple(s for s in unique.values() if s.summaries)


def boards(*, at: datetime.datetime) -> list[Board]:
    """Return a board for each of the municipality's stops; a stop nobody ever answered for is left out."""
    found = (board(stop_id, at=at) for stop_id in settings.STOP_PLACES)
    return [each for each in found if each is not None]


def board(stop_id: str, *, at: datetime.datetime) -> Board | None:
    """Return the stop's board: fresh, else the last good one, else None."""
    kept: Board | None = cache.get(f"departures:{stop_id}")
    if kept is not None and (at - kept.fetched_at).total_seconds() < FRESH_FOR:
        return kept.at(at)
    # Only one asks; the others show what there is. After a failure all keep quiet for a while.
    if cache.add(f"departures-asked:{stop_id}", True, QUIET_FOR):
        try:
            fresh = _ask(stop_id, at=at)
        except (SourceUnavailableError, BadAnswerError) as error:
            logger.warning("Entur: %s", error)
        else:
            cache.set(f"departures:{stop_id}", fresh, _KEPT_FOR)
            cache.delete(f"departures-asked:{stop_id}")
            return fresh.at(at)
    return None if kept is None else kept.at(at)


def _ask(stop_id: str, *, at: datetime.datetime) -> Board:
    answer = fetch(
        settings.ENTUR_API_URL,
        at=at,
        method="POST",
        headers={"ET-Client-Name": settings.ENTUR_CLIENT_NAME},
        json={"query": QUERY, "variables": {"id": stop_id, "n": DEPARTURES}},
        timeout=4,
    )
    return parse_board(answer.content, stop_id=stop_id, at=timezone.localtime(at))
