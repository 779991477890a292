"""
What the counts mean, in words.

Fewer than five are said as "under 5", here and in the open data: a figure of one at four in the morning may
be one known person on the way home, and nobody needs it. Zero is said, since it is about nobody.
"""

from django.utils.translation import gettext as _

from projects.bypuls.models import Weekday
from projects.bypuls.pulse.normal import DayAtCounter, HourOfDay
from vekst import formats

FEW = 5
# Within so many per cent it is "about as usual"; where both are this small per cents say nothing.
ABOUT, SMALL = 10, 20


def is_few(number: int) -> bool:
    """Tell whether the number is too small to be told."""
    return 0 < number < FEW


def count_text(number: int | None) -> str:
    """Return the number as people see it: "1 240", "under 5", "mangler"."""
    if number is None:
        return _("mangler")
    return _("under 5") if is_few(number) else formats.number_text(number)


def conclusion(day: DayAtCounter) -> str:
    """Say how it is now against a normal week: "Det er 20 % flere enn vanlig ved Kirketorget nå."."""
    newest, place = day.newest, day.counter.place_text
    if day.is_silent or newest is None:
        return _("Vi vet ikke hvordan det er ved %(place)s akkurat nå.") % {"place": place}
    if newest.normal is None:
        return _("Vi har for få tall til å si hva som er vanlig ved %(place)s.") % {"place": place}
    assert newest.number is not None  # noqa: S101
    if max(newest.number, newest.normal) < SMALL:
        return _("Det er stille ved %(place)s nå.") % {"place": place}
    percent = round((newest.number - newest.normal) / max(newest.normal, 1) * 100)
    if abs(percent) < ABOUT:
        return _("Det er omtrent som vanlig ved %(place)s nå.") % {"place": place}
    if percent >= 200:
        times = formats.number_text(newest.number // max(newest.normal, 1))
        return _("Det er minst %(times)s ganger så mange som vanlig ved %(place)s nå.") % {
            "times": times,
            "place": place,
        }
    words = {"percent": formats.number_text(abs(percent)), "place": place}
    if percent > 0:
        return _("Det er %(percent)s %% flere enn vanlig ved %(place)s nå.") % words
    return _("Det er %(percent)s %% færre enn vanlig ved %(place)s nå.") % words


def explanation(day: DayAtCounter) -> str:
    """Say which figures the conclusion rests on."""
    newest = day.newest
    if newest is None or newest.number is None:
        return ""
    counted = {
        "hour": newest.label,
        "count": _with_unit(day, newest.number),
        "weekday": str(Weekday(day.date.weekday()).label),
    }
    if newest.normal is None:
        return _("Mellom kl. %(hour)s: %(count)s.") % counted
    return _("Mellom kl. %(hour)s: %(count)s. Vanlig på en %(weekday)s: %(normal)s.") % {
        **counted,
        "normal": count_text(newest.normal),
    }


def _with_unit(day: DayAtCounter, number: int) -> str:
    return f"{count_text(number)} {day.counter.unit(FEW if is_few(number) else number)}"


def age(day: DayAtCounter) -> str:
    """Say how new the newest figure is, and that the counter is silent when it is."""
    until = day.told_until
    if until is None:
        return _("Telleren har ikke meldt noe ennå.")
    local, now = formats.local(until), formats.local(day.at)
    when = formats.time_text(until)
    if (local.year, local.month, local.day) != (now.year, now.month, now.day):
        when = formats.moment_text(until)
    if day.is_silent:
        return _("Telleren har vært stille siden %(when)s.") % {"when": when}
    return _("Sist oppdatert: tall fram til %(when)s.") % {"when": when}


def difference_text(hour: HourOfDay) -> str:
    """Return how far the hour is from usual: "+20 %"; empty when that says nothing."""
    if hour.number is None or hour.normal is None or max(hour.number, hour.normal) < SMALL:
        return ""
    percent = round((hour.number - hour.normal) / max(hour.normal, 1) * 100)
    sign = "+" if percent > 0 else ("\N{MINUS SIGN}" if percent < 0 else "")
    return f"{sign}{formats.number_text(abs(percent))}{formats.NBSP}%"
