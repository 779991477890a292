"""A recurrence rule in words, and a rule from the plain questions of a form."""

import datetime as dt
from collections.abc import Sequence

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.bypuls.events.recurrence import Rule
from vekst import formats

WORKING_DAYS = ((0, 0), (0, 1), (0, 2), (0, 3), (0, 4))
# A year whose first day is a Monday, to ask for the names of weekdays.
_MONDAY = dt.date(2024, 1, 1)


def weekday(number: int) -> str:
    """Return the name of the weekday that is so many days after Monday."""
    return formats.weekday_name(_MONDAY + dt.timedelta(days=number))


def ordinals() -> dict[int, str]:
    """Return the words for which weekday of a month is meant."""
    return {
        1: _("første"),
        2: _("andre"),
        3: _("tredje"),
        4: _("fjerde"),
        -1: _("siste"),
        -2: _("nest siste"),
    }


def listed(words: Sequence[str]) -> str:
    """Return "mandag, tirsdag og fredag"."""
    if len(words) < 2:
        return "".join(words)
    return _("%(first)s og %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}


def rule_text(rule: Rule, first_starts_at: dt.datetime) -> str:
    """Return "Hver tirsdag kl. 08.00, 6 ganger"; a rule of no common shape stands as it is."""
    days = _days_text(rule, timezone.localtime(first_starts_at))
    if not days:
        return str(rule)
    clock = formats.time_text(first_starts_at)
    text = _("%(days)s %(clock)s") % {"days": capfirst(days), "clock": clock}
    if rule.count is not None:
        times = ngettext("%(count)s gang", "%(count)s ganger", rule.count) % {"count": rule.count}
        text += f", {times}"
    if rule.until is not None:
        text += ", " + _("til og med %(date)s") % {"date": formats.date_text(rule.until.date())}
    return text


def _days_text(rule: Rule, first: dt.datetime) -> str:
    if rule.by_week_no or rule.by_year_day or (rule.by_set_pos and rule.freq != "MONTHLY"):
        return ""
    if rule.by_month and (rule.freq != "YEARLY" or rule.by_day):
        return ""
    text = {
        "DAILY": _daily,
        "WEEKLY": _weekly,
        "MONTHLY": _monthly,
        "YEARLY": _yearly,
    }[rule.freq]
    return text(rule, first)


def _daily(rule: Rule, first: dt.datetime) -> str:
    if rule.has_days:
        return _working_days(rule)
    if rule.interval == 1:
        return _("hver dag")
    return _("hver %(n)s. dag") % {"n": rule.interval}


def _working_days(rule: Rule) -> str:
    is_plain = rule.by_day == WORKING_DAYS and not rule.by_month_day and rule.interval == 1
    return _("mandag til fredag") if is_plain else ""


def _weekly(rule: Rule, first: dt.datetime) -> str:
    if text := _working_days(rule):
        return text
    days = sorted(day for _number, day in rule.by_day) or [first.weekday()]
    names = listed([weekday(day) for day in days])
    if rule.interval == 1:
        return _("hver %(weekdays)s") % {"weekdays": names}
    if rule.interval == 2:
        return _("annenhver %(weekdays)s") % {"weekdays": names}
    return _("hver %(n)s. uke på %(weekdays)s") % {"n": rule.interval, "weekdays": names}


def _monthly(rule: Rule, first: dt.datetime) -> str:
    if rule.by_day:
        number, day = rule.by_day[0]
        if rule.by_set_pos:
            # "The first of all Thursdays" is the first Thursday.
            number = rule.by_set_pos[0] if len(rule.by_set_pos) == 1 and not number else 0
        word = ordinals().get(number)
        if len(rule.by_day) > 1 or rule.by_month_day or word is None:
            return ""
        named = {"ordinal": word, "weekday": weekday(day), "n": rule.interval}
        if rule.interval == 1:
            return _("%(ordinal)s %(weekday)s i måneden") % named
        return _("%(ordinal)s %(weekday)s hver %(n)s. måned") % named
    month_days = rule.by_month_day or (first.day,)
    if len(month_days) > 1 or rule.by_set_pos or rule.interval > 1:
        return ""
    if month_days[0] == -1:
        return _("siste dag i måneden")
    return _("den %(day)s. i måneden") % {"day": month_days[0]} if month_days[0] > 0 else ""


def _yearly(rule: Rule, first: dt.datetime) -> str:
    months, month_days = rule.by_month or (first.month,), rule.by_month_day or (first.day,)
    if rule.interval > 1 or rule.by_day or len(months) > 1 or len(month_days) > 1:
        return ""
    if month_days[0] < 1:
        return ""
    # A leap year has every day there is.
    day = dt.date(2024, months[0], month_days[0])
    return _("hvert år %(day)s") % {"day": formats.day_text(day)}


def make_rule(
    *,
    repeats: str,
    weekdays: Sequence[int] = (),
    interval: int = 1,
    ordinal: int = 1,
    count: int | None = None,
    until: dt.date | None = None,
) -> Rule:
    """
    Return the rule that the plain questions describe.

    `repeats` is `weekly` (on these weekdays) or `monthly` (on the weekday with this ordinal); without
    weekdays the rule follows the first date.
    """
    last = dt.datetime.combine(until, dt.time.max) if until else None
    chosen = sorted(set(weekdays))
    if repeats == "monthly":
        days = tuple((ordinal, day) for day in chosen)
        return Rule("MONTHLY", interval=interval, by_day=days, count=count, until=last)
    days = tuple((0, day) for day in chosen)
    return Rule("WEEKLY", interval=interval, by_day=days, count=count, until=last)
