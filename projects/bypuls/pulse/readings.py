"""Write what counters counted: whole hours, each once, corrections counted and repetitions harmless."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from projects.bypuls.models import Counter, CountReading

# No spot in town sees more in an hour; a larger number is a fault of the counter.
MOST = 1_000_000
OLDEST = dt.timedelta(days=5 * 366)
# Clocks of counters go a little wrong.
AHEAD = dt.timedelta(minutes=5)


@dataclass(frozen=True)
class Written:
    """What a batch of hours led to."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0


def problem_with_hour(hour: dt.datetime, *, at: dt.datetime) -> str:
    """Say why nothing can have been counted in the hour that begins then; empty when it can."""
    if (hour.minute, hour.second, hour.microsecond) != (0, 0, 0):
        return _("En telling begynner på en hel time.")
    if hour > at + AHEAD:
        return _("Timen har ikke begynt ennå.")
    if hour < at - OLDEST:
        return _("Timen er mer enn fem år gammel.")
    return ""


def problem_with_number(number: int) -> str:
    """Say why this is no count; empty when it is."""
    if number < 0:
        return _("Et antall kan ikke være negativt.")
    if number > MOST:
        return _("Så mange kan ikke telles på en time.")
    return ""


@transaction.atomic
def write_readings(
    counter_id: int, numbers: Mapping[dt.datetime, int], *, at: dt.datetime
) -> Written:
    """
    Keep these numbers, by the start of the hour. What stands there already and is the same is not written.

    The caller has looked for problems. Takes a lock on the counter, so that batches follow one another.
    """
    counter = Counter.objects.select_for_update().get(pk=counter_id)
    if not numbers:
        return Written()
    hours = [hour.astimezone(dt.UTC) for hour in numbers]
    known = dict(
        CountReading.objects.filter(
            counter=counter, hour__gte=min(hours), hour__lte=max(hours)
        ).values_list("hour", "number")
    )
    wanted = {hour.astimezone(dt.UTC): number for hour, number in numbers.items()}
    new = {hour: number for hour, number in wanted.items() if hour not in known}
    changed = {h: number for h, number in wanted.items() if h in known and known[h] != number}
    CountReading.objects.bulk_create(
        [
            CountReading(counter=counter, hour=hour, number=number)
            for hour, number in sorted((new | changed).items())
        ],
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["counter", "hour"],
        update_fields=["number"],
    )
    last = max([*hours, counter.last_hour] if counter.last_hour else hours)
    Counter.objects.filter(pk=counter.pk).update(last_hour=last, received_at=at)
    return Written(len(new), len(changed), len(wanted) - len(new) - len(changed))
