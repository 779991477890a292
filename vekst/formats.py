"""Dates, times and numbers as people in Norway write them, and in English under English."""

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone, translation

NBSP = "\N{NO-BREAK SPACE}"
_MONTHS_NB = [
    "januar",
    "februar",
    "mars",
    "april",
    "mai",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "desember",
]
_MONTHS_EN = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_SHORT_NB = [
    "jan.",
    "feb.",
    "mars",
    "april",
    "mai",
    "juni",
    "juli",
    "aug.",
    "sep.",
    "okt.",
    "nov.",
    "des.",
]
_WEEKDAYS_NB = ["mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"]
_WEEKDAYS_EN = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def _english() -> bool:
    return (translation.get_language() or "nb").startswith("en")


def local(value: dt.date) -> dt.date:
    """Return a date as it is, and a moment in the time zone of the portal."""
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


def month_name(month: int) -> str:
    """Return the month's whole name in the page's language."""
    return (_MONTHS_EN if _english() else _MONTHS_NB)[month - 1]


def short_month(month: int) -> str:
    """Return the month as it stands in a date block: "jan.", or "Jan" in English."""
    return _MONTHS_EN[month - 1][:3] if _english() else _SHORT_NB[month - 1]


def weekday_name(value: dt.date) -> str:
    """Return the weekday's name in the page's language."""
    return (_WEEKDAYS_EN if _english() else _WEEKDAYS_NB)[local(value).weekday()]


def day_text(value: dt.date) -> str:
    """Return the day without a year: "12. januar", "12 January"."""
    day = local(value)
    return f"{day.day}{'' if _english() else '.'} {month_name(day.month)}"


def date_text(value: dt.date) -> str:
    """Return the whole date: "12. januar 2026", "12 January 2026"."""
    return f"{day_text(value)} {local(value).year}"


def short_date_text(value: dt.date) -> str:
    """Return a date for tables: "12. jan. 2026", "12 Jan 2026"."""
    day = local(value)
    return f"{day.day}{'' if _english() else '.'} {short_month(day.month)} {day.year}"


def weekday_date_text(value: dt.date) -> str:
    """Return the date with its weekday and no year: "mandag 12. januar", "Monday 12 January"."""
    return f"{weekday_name(value)} {day_text(value)}"


def _clock(value: dt.datetime | dt.time) -> str:
    moment = local(value) if isinstance(value, dt.datetime) else value
    return f"{moment:%H:%M}" if _english() else f"{moment:%H.%M}"


def clock_text(value: dt.datetime | dt.time) -> str:
    """Return the time of day where it is plain that it is one: "14.30", "14:30"."""
    return _clock(value)


def time_text(value: dt.datetime | dt.time) -> str:
    """Return the time of day: "kl. 14.30", "14:30"."""
    return _clock(value) if _english() else f"kl. {_clock(value)}"


def moment_text(value: dt.datetime) -> str:
    """Return date and time: "12. januar 2026 kl. 14.30", "12 January 2026 at 14:30"."""
    return f"{date_text(value)} {'at ' if _english() else ''}{time_text(value)}"


def date_range_text(start: dt.date, end: dt.date | None) -> str:
    """Return the days from `start` to and including `end`, saying month and year only once."""
    first = local(start)
    last = local(end) if end else first
    dot = "" if _english() else "."
    days = ((first.year, first.month, first.day), (last.year, last.month, last.day))
    if days[0] == days[1]:
        return date_text(first)
    if days[0][:2] == days[1][:2]:
        return f"{first.day}{dot}–{date_text(last)}"
    if first.year == last.year:
        return f"{day_text(first)} – {date_text(last)}"
    return f"{date_text(first)} – {date_text(last)}"


def is_whole_days(start: dt.datetime, end: dt.datetime | None) -> bool:
    """Tell whether something lasts from midnight to midnight here, which is how whole days are kept."""
    if end is None or end <= start:
        return False
    first, last = timezone.localtime(start), timezone.localtime(end)
    return first.time() == last.time() == dt.time()


def start_text(start: dt.datetime, end: dt.datetime | None) -> str:
    """
    Return when something starts, beside its day: "kl. 14.30", or that it lasts the whole day.

    Several whole days are told as days: "5.–6. desember 2026".
    """
    if end is None or not is_whole_days(start, end):
        return time_text(start)
    if timezone.localtime(end).date() - timezone.localtime(start).date() > dt.timedelta(days=1):
        return moment_range_text(start, end)
    return "All day" if _english() else "Hele dagen"


def moment_range_text(start: dt.datetime, end: dt.datetime | None) -> str:
    """
    Return when something lasts: "12. januar 2026 kl. 14.30–16.00", or both moments in full.

    From midnight to midnight it is days: "12.–14. januar 2026".
    """
    if end is not None and is_whole_days(start, end):
        return date_range_text(start, end - dt.timedelta(hours=12))
    if end is None or end == start:
        return moment_text(start)
    if local(start).toordinal() == local(end).toordinal():
        return f"{moment_text(start)}–{_clock(end)}"
    return f"{moment_text(start)} – {moment_text(end)}"


def number_text(value: int | float | Decimal, decimals: int | None = None) -> str:
    """
    Return a number grouped by thousands: "28 793", "3,5"; "28,793" and "3.5" in English.

    Without `decimals` the number keeps the digits it has; with them it is rounded, halves up.
    """
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if decimals is not None:
        exact = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    whole, _, fraction = f"{abs(exact):f}".partition(".")
    separator, point = (",", ".") if _english() else (NBSP, ",")
    grouped = re.sub(r"(?<=\d)(?=(\d{3})+$)", separator, whole)
    sign = "\N{MINUS SIGN}" if exact < 0 else ""
    return f"{sign}{grouped}{point + fraction if fraction else ''}"


def nok_text(value: int | float | Decimal) -> str:
    """Return an amount in whole kroner: "12 500 kr", "NOK 12,500"."""
    amount = number_text(value, 0)
    return f"NOK{NBSP}{amount}" if _english() else f"{amount}{NBSP}kr"


def orgnr_text(value: str) -> str:
    """Return a Norwegian organisation number in groups of three; anything else as it is."""
    digits = re.sub(r"\s", "", value)
    if not re.fullmatch(r"\d{9}", digits):
        return value
    return NBSP.join((digits[:3], digits[3:6], digits[6:]))


def phone_text(value: str) -> str:
    """Return a Norwegian telephone number in its usual groups; anything else as it is."""
    digits = re.sub(r"[\s-]", "", value)
    prefix, number = ("+47", digits[3:]) if digits.startswith("+47") else ("", digits)
    if not re.fullmatch(r"\d{8}", number):
        return value
    groups = (
        [number[:3], number[3:5], number[5:]]
        if number[0] in "489"
        else [number[i : i + 2] for i in range(0, 8, 2)]
    )
    return NBSP.join([*([prefix] if prefix else []), *groups])
