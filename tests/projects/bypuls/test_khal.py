"""Programs of others' subscribe to our calendar: vdirsyncer fetches it, khal shows it."""

import datetime as dt
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import icalendar
import pytest
import time_machine
from pytest_django.live_server_helper import LiveServer

from projects.bypuls.events.changes import cancel_event, move_event
from projects.bypuls.events.series import begin_series
from projects.bypuls.models import Event, EventSeries
from tests.projects.bypuls.factories import NOW, OSLO, EventFactory

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]

VDIRSYNCER = """
[general]
status_path = "{folder}/status/"

[pair town]
a = "feed"
b = "calendar"
collections = null
conflict_resolution = "a wins"

[storage feed]
type = "http"
url = "{url}"

[storage calendar]
type = "filesystem"
path = "{folder}/calendar"
fileext = ".ics"
"""
KHAL = """
[calendars]
[[town]]
path = {folder}/calendar
readonly = True

[locale]
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
local_timezone = Europe/Oslo
default_timezone = Europe/Oslo

[sqlite]
path = {folder}/khal.db
"""


class Subscriber:
    """Somebody with a calendar program, who subscribes to one address."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url
        (folder / "calendar").mkdir(parents=True)
        (folder / "vdirsyncer.conf").write_text(VDIRSYNCER.format(folder=folder, url=url))
        (folder / "khal.conf").write_text(KHAL.format(folder=folder))
        self._run("vdirsyncer", "-c", "vdirsyncer.conf", "discover", answer="y\n")

    def _run(self, program: str, *arguments: str, answer: str = "") -> str:
        done = subprocess.run(
            [Path(sys.executable).with_name(program), *arguments],
            cwd=self.folder,
            env={**os.environ, "HOME": str(self.folder), "LC_ALL": "C.UTF-8"},
            input=answer,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def sync(self) -> None:
        """Fetch what is new, as the program does every hour."""
        self._run("vdirsyncer", "-c", "vdirsyncer.conf", "sync")

    def sees(self, first: str, last: str) -> list[str]:
        """Return what khal lists between two days, one line for each entry."""
        lines = self._run(
            *("khal", "-c", "khal.conf", "list", "--day-format", ""),
            *("--format", "{start-long} - {end-time} {title}", first, last),
        )
        return [line for line in lines.splitlines() if line.strip()]

    def sequence(self, event: Event) -> int:
        """Return the SEQUENCE of the one entry of the feed that has the event's UID."""
        with urllib.request.urlopen(self.url, timeout=20) as response:
            calendar = icalendar.Calendar.from_ical(response.read())
        (entry,) = (entry for entry in calendar.walk("VEVENT") if entry["UID"] == event.uid)
        return int(str(entry["SEQUENCE"]))


def in_march(day: int, hour: int = 18, month: int = 3) -> dt.datetime:
    return dt.datetime(2027, month, day, hour, tzinfo=OSLO)


def a_series_across_the_change_of_clocks() -> list[Event]:
    first = EventFactory.create(title="Kor", starts_at=in_march(16), topic="kultur")
    series = EventSeries(
        title="Kor",
        slug="kor",
        rule="FREQ=WEEKLY;BYDAY=TU;COUNT=5",
        first_starts_at=first.starts_at,
        duration=dt.timedelta(hours=2),
    )
    begin_series(series, first.pk, at=NOW)
    return list(Event.objects.filter(series__slug="kor").order_by("starts_at"))


def move(event: Event, starts_at: dt.datetime) -> None:
    move_event(
        event.pk,
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(hours=2),
        venue=event.venue,
        place=event.place,
        reason="Salen er opptatt.",
        at=NOW,
    )


@pytest.mark.parametrize("address", ["/arrangementer.ics", "/arrangementer.ics?tema=kultur"])
def test_khal_shows_a_series_a_move_and_a_cancellation(
    live_server: LiveServer, tmp_path: Path, address: str
):
    with time_machine.travel(NOW):
        dates = a_series_across_the_change_of_clocks()
        EventFactory.create(
            title="Uten dag", topic="kultur", is_date_set=False, date_note="Til våren"
        )
        subscriber = Subscriber(tmp_path, live_server.url + address)
        subscriber.sync()
        # Six in the evening before and after the night in which the clock is put forward.
        assert subscriber.sees("2027-03-01", "2027-05-01") == [
            "2027-03-16 18:00 - 20:00 Kor",
            "2027-03-23 18:00 - 20:00 Kor",
            "2027-03-30 18:00 - 20:00 Kor",
            "2027-04-06 18:00 - 20:00 Kor",
            "2027-04-13 18:00 - 20:00 Kor",
        ]
        before = subscriber.sequence(dates[1])

        move(dates[1], in_march(24, 19))
        cancel_event(dates[2].pk, reason="Ingen dirigent.", at=NOW)
        subscriber.sync()
        assert subscriber.sees("2027-03-01", "2027-05-01") == [
            "2027-03-16 18:00 - 20:00 Kor",
            "2027-03-24 19:00 - 21:00 Kor",
            "2027-04-06 18:00 - 20:00 Kor",
            "2027-04-13 18:00 - 20:00 Kor",
        ]
        assert subscriber.sequence(dates[1]) > before

        move(dates[1], in_march(29, 12))
        cancel_event(dates[0].pk, reason="Sykdom.", at=NOW)
        subscriber.sync()
        assert subscriber.sees("2027-03-01", "2027-05-01") == [
            "2027-03-29 12:00 - 14:00 Kor",
            "2027-04-06 18:00 - 20:00 Kor",
            "2027-04-13 18:00 - 20:00 Kor",
        ]
        assert subscriber.sequence(dates[1]) > before + 1


def test_a_subscriber_to_one_series_sees_its_dates_alone(live_server: LiveServer, tmp_path: Path):
    with time_machine.travel(NOW):
        dates = a_series_across_the_change_of_clocks()
        EventFactory.create(title="Noe annet", starts_at=in_march(17))
        cancel_event(dates[3].pk, reason="Påske.", at=NOW)
        series = dates[0].series
        assert series is not None
        subscriber = Subscriber(
            tmp_path, f"{live_server.url}/arrangementer/serie/{series.slug}.ics"
        )
        subscriber.sync()

        assert subscriber.sees("2027-03-01", "2027-04-10") == [
            "2027-03-16 18:00 - 20:00 Kor",
            "2027-03-23 18:00 - 20:00 Kor",
            "2027-03-30 18:00 - 20:00 Kor",
        ]
