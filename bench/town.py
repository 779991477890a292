"""
Write places with opening hours, and counted hours, beside what `demo --scale` writes.

Run by `bench.__main__` with the number of rows: so many counted hours, and one place for each hundred.
The largest portal then has 1,000 places, several times as many as the town.
"""

import datetime as dt
import sys

import django

django.setup()

from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from projects.bypuls.models import (  # noqa: E402
    Counter,
    CountReading,
    OpeningHours,
    Venue,
    VenueKind,
    VenueOffer,
    Weekday,
)

ROWS_FOR_A_PLACE = 100
BATCH = 5000


def write_places(number: int, *, at: dt.datetime) -> None:
    kinds, offers = VenueKind.values, VenueOffer.values
    venues = Venue.objects.bulk_create(
        Venue(
            name=f"Eksempelsted {n:05d}",
            slug=f"eksempelsted-{n}",
            kind=kinds[n % len(kinds)],
            summary="Oppdiktet sted til målinger.",
            address=f"Storgata {n}",
            postal_code="3611",
            postal_place="Kongsberg",
            offers=[offers[n % len(offers)], offers[(n + 1) % len(offers)]],
            has_step_free_entrance=n % 2 == 0,
            is_example=True,
            published_at=at,
        )
        for n in range(number)
    )
    OpeningHours.objects.bulk_create(
        [
            OpeningHours(
                venue=venue, weekday=weekday, opens=dt.time(8 + n % 4), closes=dt.time(18 + n % 5)
            )
            for n, venue in enumerate(venues)
            for weekday in Weekday.values
        ],
        batch_size=BATCH,
    )


def write_counted_hours(number: int, *, at: dt.datetime) -> None:
    counters = list(Counter.objects.order_by("pk"))
    newest = at.replace(minute=0, second=0, microsecond=0) - dt.timedelta(hours=1)
    CountReading.objects.bulk_create(
        (
            CountReading(
                counter=counters[n % len(counters)],
                hour=newest - dt.timedelta(hours=n // len(counters)),
                number=20 + n % 90,
            )
            for n in range(number)
        ),
        # The demo's own hours stay.
        ignore_conflicts=True,
        batch_size=BATCH,
    )


@transaction.atomic
def main() -> None:
    rows, at = int(sys.argv[1]), timezone.now()
    write_places(max(rows // ROWS_FOR_A_PLACE, 1), at=at)
    write_counted_hours(rows, at=at)


if __name__ == "__main__":
    main()
