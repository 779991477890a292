"""The weeks of the editors: when a week's post is to come out, and which weeks have none."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from members.posts.models import EditorialRules, weeks_in
from vekst.red_days import public_holidays

WEEK = datetime.timedelta(days=7)
# With so many of the five working days off, nobody is expected to tell of the week.
MOST_DAYS_OFF = 3
# Days off that other apps know of, as of schools: first and last day, both included, to names by day.
DAYS_OFF: dict[str, Callable[[datetime.date, datetime.date], dict[datetime.date, str]]] = {}


@dataclass(frozen=True)
class Week:
    """One ISO week as the editors see it. `quiet_why` says why no post is expected; empty otherwise."""

    monday: datetime.date
    publication: datetime.datetime
    quiet_why: str

    @property
    def year(self) -> int:
        """The ISO year."""
        return self.monday.isocalendar().year

    @property
    def number(self) -> int:
        """The ISO week."""
        return self.monday.isocalendar().week

    @property
    def sunday(self) -> datetime.date:
        """The last day."""
        return self.monday + datetime.timedelta(days=6)


def monday_of(at: datetime.datetime) -> datetime.date:
    """Return the first day of the week that `at` is in here."""
    day = timezone.localdate(at)
    return day - datetime.timedelta(days=day.weekday())


def weeks_from(monday: datetime.date, count: int, *, rules: EditorialRules) -> list[Week]:
    """Return `count` weeks. One query for each source of days off."""
    last = monday + count * WEEK - datetime.timedelta(days=1)
    red = public_holidays(range(monday.year, last.year + 1))
    off = dict(red)
    for source in DAYS_OFF.values():
        off = {**source(monday, last), **off}
    return [_week(monday + number * WEEK, red, off, rules) for number in range(count)]


def week_of(year: int, week: int, *, rules: EditorialRules) -> Week:
    """Return one week. Week 53 of a year without one is week 1 of the next."""
    if week > weeks_in(year):
        year, week = year + 1, 1
    return weeks_from(datetime.date.fromisocalendar(year, week, 1), 1, rules=rules)[0]


def deadline_of(week: Week, *, rules: EditorialRules) -> datetime.datetime:
    """Return by when the text of the week's post is wanted."""
    return week.publication - datetime.timedelta(hours=rules.deadline_hours_before)


def _week(
    monday: datetime.date,
    red: dict[datetime.date, str],
    off: dict[datetime.date, str],
    rules: EditorialRules,
) -> Week:
    days = [monday + datetime.timedelta(days=number) for number in range(7)]
    return Week(
        monday=monday,
        publication=_publication(days, red, rules),
        quiet_why=_quiet_why(days[:5], off, rules),
    )


def _publication(
    days: list[datetime.date], red: dict[datetime.date, str], rules: EditorialRules
) -> datetime.datetime:
    """Return the set day, or the last one before it in the week that is not red."""
    wanted = rules.publication_weekday - 1
    working = [number for number in range(wanted + 1) if days[number] not in red]
    day = days[working[-1] if working else wanted]
    return timezone.make_aware(datetime.datetime.combine(day, rules.publication_time))


def _quiet_why(
    workdays: list[datetime.date], off: dict[datetime.date, str], rules: EditorialRules
) -> str:
    if workdays[0].isocalendar().week in rules.quiet_weeks:
        return _("Stille uke")
    names = [off[day] for day in workdays if day in off]
    if len(names) < MOST_DAYS_OFF:
        return ""
    return ", ".join(dict.fromkeys(names))
