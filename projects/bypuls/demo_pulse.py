"""Demo content of the town's pulse: three invented counters with nine weeks behind them, and with gaps."""

import datetime as dt
import math
import random

from django.utils import timezone

from projects.bypuls.models import Counter, CountReading, Venue
from projects.bypuls.pulse.normal import HOUR, hours_of

# Ahead too, so that the example is alive some days after it was loaded; the pages show no hour before it is over.
WEEKS_BEHIND, DAYS_AHEAD = 9, 14
COUNTERS = (
    {
        "slug": "eksempel-kirketorget",
        "name": "Gangtelleren på Kirketorget",
        "counts": "people",
        "place": "Kirketorget",
        "latitude": "59.66560",
        "longitude": "9.64640",
        "method": "Varmesensor som teller i begge retninger, uten bilder.",
    },
    {
        "slug": "eksempel-nybrua",
        "name": "Sykkeltelleren ved Nybrua",
        "counts": "bikes",
        "place": "Nybrua",
        "latitude": "59.66830",
        "longitude": "9.65040",
        "method": "Spole i bakken, bare sykler.",
    },
    {
        "slug": "eksempel-kafe",
        "name": "Telleren på Kafé Eksempel",
        "counts": "visitors",
        "place": "Kafé Eksempel",
        "method": "Sensor over døra, teller de som går inn.",
    },
)
# How many in the busiest hour of a weekday, and of a Saturday or Sunday.
BUSIEST = {"people": (420, 610), "bikes": (140, 70), "visitors": (46, 64)}


def load(*, at: dt.datetime) -> None:
    """Write the counters and what they counted relative to `at`. What is there stays."""
    for number, row in enumerate(COUNTERS):
        counter, created = Counter.objects.get_or_create(
            slug=row["slug"],
            defaults={
                **row,
                "venue": Venue.objects.filter(slug="kafe-eksempel").first()
                if row["counts"] == "visitors"
                else None,
                "source_name": "Oppdiktede tall",
                "is_example": True,
                "published_at": at,
            },
        )
        if created:
            _readings(counter, number, at)


def _readings(counter: Counter, seed: int, at: dt.datetime) -> None:
    chance = random.Random(seed)  # noqa: S311
    today = timezone.localdate(at)
    first = today - dt.timedelta(weeks=WEEKS_BEHIND)
    rows = []
    for n in range(WEEKS_BEHIND * 7 + DAYS_AHEAD):
        day = first + dt.timedelta(days=n)
        # A day on which the counter had no power, and some hours without a net on every ninth.
        lost = range(24) if n == WEEKS_BEHIND * 7 - 11 else range(9, 11) if n % 9 == 0 else ()
        # Weeks differ a little, and what happens now is more than usual.
        mood = chance.uniform(0.85, 1.15) * (1.2 if day >= today else 1)
        for hour in hours_of(day):
            number = _number(
                counter.counts, timezone.localtime(hour), mood * chance.uniform(0.9, 1.1)
            )
            if timezone.localtime(hour).hour not in lost:
                rows.append(CountReading(counter=counter, hour=hour, number=number))
    CountReading.objects.bulk_create(rows, batch_size=2000)
    counter.last_hour = max(row.hour for row in rows)
    counter.received_at = at - HOUR
    counter.save(update_fields=["last_hour", "received_at"])


def _number(counts: str, local: dt.datetime, factor: float) -> int:
    """A day with a hill at noon and, on weekdays, one on the way to work and one home."""
    weekend = local.weekday() >= 5
    if counts == "visitors" and not 8 <= local.hour < 18:
        return 0

    def hill(top: float, width: float) -> float:
        return math.exp(-(((local.hour - top) / width) ** 2))

    shape = hill(13.5, 3.8) if weekend else 0.75 * hill(12.5, 3) + hill(7.5, 1.2) + hill(15.5, 1.6)
    return round(BUSIEST[counts][weekend] * min(shape, 1.1) * factor + 2 * factor)
