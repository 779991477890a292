"""
Read a calendar file (RFC 5545): every happening inside a window, whatever program wrote the file.

A pure function: the same bytes give the same answer, and nothing outside is asked or written.
"""

import datetime as dt
from collections import defaultdict
from typing import Any

import recurring_ical_events
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar
from icalendar import Event as Component

from projects.bypuls.events.importing.entries import (
    BadEntryError,
    Entry,
    Moment,
    between,
    later,
    read_entry,
    uid_of,
)
from projects.bypuls.events.importing.found import Found, Reading, Trouble
from projects.bypuls.events.importing.lines import split, unfold
from projects.bypuls.events.importing.zones import BROKEN, Zones

# More dates than this in a year is a file gone wrong, or a timetable.
MOST_DATES = 800
_LINE = "X-LINE"


def read_calendar(content: bytes, *, since: dt.datetime, until: dt.datetime) -> Reading:
    """
    Return what the calendar tells of the time from `since` (not over by then) to before `until`.

    Whatever cannot be read is in `troubles` with its line, and the rest is kept. Raises
    NoCalendarError when the file is no calendar.
    """
    parts = split(unfold(content))
    reading = Reading(is_whole=parts.is_whole)
    zones = Zones([block for block in parts.blocks if block.name == "VTIMEZONE"])
    entries: dict[str, list[Entry]] = defaultdict(list)
    for block in parts.blocks:
        if block.name != "VEVENT":
            continue
        try:
            entry = read_entry(block, zones)
        except BadEntryError as error:
            reading.troubles.append(Trouble(block.number, str(error), uid_of(block)))
            continue
        entries[entry.uid].append(entry)
        reading.notes += [Trouble(entry.line, note, entry.uid) for note in entry.notes]
    unread = reading.unread
    # A broken event without a name could have been any of those that are missing.
    reading.is_whole = reading.is_whole and "" not in unread
    for uid, versions in entries.items():
        if uid not in unread:
            _read_series(_newest(versions), reading, since=since, until=until)
    reading.found.sort(key=lambda found: (found.starts_at, found.uid, found.recurrence_id))
    return reading


def _newest(entries: list[Entry]) -> list[Entry]:
    """Keep the newest version of each date, as SEQUENCE tells."""
    newest: dict[str, Entry] = {}
    for entry in sorted(entries, key=lambda entry: entry.version):
        newest[str(entry.recurrence and _local_day(entry.recurrence, entry))] = entry
    return list(newest.values())


def _read_series(
    entries: list[Entry], reading: Reading, *, since: dt.datetime, until: dt.datetime
) -> None:
    master = next((entry for entry in entries if entry.recurrence is None), None)
    if master is not None and master.is_private:
        reading.left_out += 1
        return
    for entry in [entry for entry in entries if entry.is_private]:
        # One date of a public series that is private: strangers see no such date.
        entries.remove(entry)
        if master is not None and entry.recurrence is not None:
            master.left_out.append(entry.recurrence)
    try:
        if master is not None and master.repeats:
            found = _dates_of(master, entries, since=since, until=until)
        else:
            found = [_found(entry, entry.starts, entry.ends, _day_text(entry)) for entry in entries]
    except BadEntryError as error:
        reading.troubles.append(Trouble(entries[0].line, str(error), entries[0].uid))
        return
    except BROKEN as error:
        reason = _("Gjentakelsen kan ikke regnes ut: %(error)s") % {"error": error}
        reading.troubles.append(Trouble(entries[0].line, reason, entries[0].uid))
        return
    within = [each for each in found if each.ends_at > since and each.starts_at < until]
    reading.found += within
    reading.left_out += len(found) - len(within)


def _day_text(entry: Entry) -> str:
    return f"{_local_day(entry.recurrence, entry):%Y%m%d}" if entry.recurrence else ""


def _local_day(moment: Moment, entry: Entry) -> dt.date:
    """Return the day of a moment on the clock that the event goes by."""
    if not isinstance(moment, dt.datetime):
        return moment
    zone = entry.starts.tzinfo if isinstance(entry.starts, dt.datetime) else None
    return moment.astimezone(zone or timezone.get_default_timezone()).date()


def _found(entry: Entry, starts: Moment, ends: Moment, recurrence_id: str) -> Found:
    if between(starts, ends) <= dt.timedelta(0):
        # The night in which the clock is set forward: it lasts as long as on the other nights.
        ends = later(starts, between(entry.starts, entry.ends))
    return Found(
        uid=entry.uid,
        recurrence_id=recurrence_id,
        title=entry.title,
        starts_at=_exact(starts),
        ends_at=_exact(ends),
        summary=entry.summary,
        description=entry.description,
        location=entry.location,
        organiser=entry.organiser,
        website=entry.website,
        categories=entry.categories,
        is_cancelled=entry.is_cancelled,
        line=entry.line,
    )


def _exact(moment: Moment) -> dt.datetime:
    """Return the moment in UTC, where hours can be counted; a day begins at midnight here."""
    if not isinstance(moment, dt.datetime):
        moment = timezone.make_aware(dt.datetime.combine(moment, dt.time()))
    return moment.astimezone(dt.UTC)


# --- Series ---------------------------------------------------------------------------------------
def _dates_of(
    master: Entry, entries: list[Entry], *, since: dt.datetime, until: dt.datetime
) -> list[Found]:
    """Expand the rule and its exceptions. Dates that were taken out whole are not among them."""
    calendar = Calendar()
    by_line = {entry.line: entry for entry in entries}
    for entry in entries:
        calendar.add_component(_component(entry, master))
    # A day to each side: whole days are compared without a zone.
    margin = dt.timedelta(days=1)
    occurrences = recurring_ical_events.of(calendar).between(since - margin, until + margin)
    if len(occurrences) > MOST_DATES:
        raise BadEntryError(_("Gjentas mer enn %(most)s ganger på et år.") % {"most": MOST_DATES})
    days_out = {
        day
        for day in master.left_out
        if isinstance(master.starts, dt.datetime) and not isinstance(day, dt.datetime)
    }
    found: dict[str, Found] = {}
    for occurrence in occurrences:
        entry = by_line[int(occurrence[_LINE])]
        starts, ends = occurrence["DTSTART"].dt, occurrence["DTEND"].dt
        day = _day_in_series(entry, starts)
        if day in days_out and entry is master:
            continue
        text, number = f"{day:%Y%m%d}", 1
        while text in found:
            number += 1
            text = f"{day:%Y%m%d}-{number}"
        found[text] = _found(entry, starts, ends, text)
    return list(found.values())


def _day_in_series(entry: Entry, starts: Moment) -> dt.date:
    """Return the day that the rule meant, before the date was moved."""
    if entry.recurrence is None:
        return _local_day(starts, entry)
    if not entry.is_this_and_future:
        return _local_day(entry.recurrence, entry)
    moved = _local_day(entry.starts, entry) - _local_day(entry.recurrence, entry)
    return _local_day(starts, entry) - moved


def _component(entry: Entry, master: Entry) -> Component:
    """Return the times of an entry as the library wants them; the texts stay with us."""
    component = Component()
    component.add("uid", entry.uid)
    component.add("dtstart", entry.starts)
    component.add("dtend", entry.ends)
    component.add("sequence", 0)
    component.add(_LINE, str(entry.line))
    if entry.recurrence is not None:
        component.add(
            "recurrence-id",
            _alike(entry.recurrence, master.starts),
            parameters={"RANGE": "THISANDFUTURE"} if entry.is_this_and_future else {},
        )
        return component
    for rule in entry.rules:
        component.add("rrule", _with_exact_end(rule, entry.starts))
    if entry.added:
        component.add("rdate", entry.added)
    exact = [_alike(each, entry.starts) for each in entry.left_out]
    if exact:
        component.add("exdate", exact)
    return component


def _with_exact_end(rule: Any, starts: Moment) -> Any:
    """Return the rule with its last moment in UTC. A last day counts to its end, as people mean it."""
    if "UNTIL" not in rule or not isinstance(starts, dt.datetime):
        return rule
    exact = rule.copy()
    last = rule["UNTIL"][0]
    if not isinstance(last, dt.datetime):
        last = dt.datetime.combine(last, dt.time(23, 59, 59))
    exact["UNTIL"] = [last.replace(tzinfo=last.tzinfo or starts.tzinfo).astimezone(dt.UTC)]
    return exact


def _alike(moment: Any, pattern: Moment) -> Any:
    """Return the moment as a day or a time, as the series counts; on the clock that the series goes by."""
    if isinstance(pattern, dt.datetime):
        if isinstance(moment, dt.datetime):
            return moment.astimezone(pattern.tzinfo)
        return dt.datetime.combine(moment, pattern.timetz())
    return moment.date() if isinstance(moment, dt.datetime) else moment
