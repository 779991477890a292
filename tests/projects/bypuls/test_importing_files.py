"""Calendars and tables as files: what they add, what is broken in them, and what is no calendar."""

import datetime as dt
from typing import Any

import pytest
import time_machine

from projects.bypuls.events.importing import feeds
from projects.bypuls.models import Event, ImportRun, ImportSource
from tests.conftest import FakeSource
from tests.projects.bypuls.factories import NOW
from tests.projects.bypuls.test_importing import a_source, entry, everything
from tests.projects.bypuls.test_reading_calendars import calendar, local

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def source(fake_source: FakeSource) -> ImportSource:
    return a_source(url=f"{fake_source.url}/k.ics")


# --- Files ----------------------------------------------------------------------------------------
def a_file(source: ImportSource, content: bytes, **options: Any) -> Any:
    chosen: dict[str, Any] = {
        "file_name": "a.ics",
        "keep_good": True,
        "is_everything": False,
    } | options
    return feeds.import_file(source, content, at=NOW, **chosen)


def test_a_file_adds_and_takes_nothing_away():
    source = a_source()
    a_file(source, calendar(entry(1), entry(2)))

    a_file(source, calendar(entry(3)))

    assert Event.objects.filter(publication="published").count() == 3


def test_with_broken_lines_the_rest_is_kept_or_nothing_is():
    source = a_source()
    content = calendar(entry(1), entry(2, DTEND="20261202T100000"))

    with pytest.raises(feeds.ImportRefusedError, match="Ingenting er importert"):
        a_file(source, content, keep_good=False)
    assert not Event.objects.exists()
    assert not ImportRun.objects.exists()

    outcome = a_file(source, content)
    assert (outcome.run.added, len(outcome.run.troubles)) == (1, 1)


def test_a_preview_tells_what_would_happen_and_writes_nothing():
    source = a_source()
    a_file(source, calendar(entry(1), entry(2)))
    before = everything()

    outcome = feeds.preview_file(
        source,
        calendar(entry(1, SUMMARY="Ny tittel"), entry(3)),
        is_everything=True,
        at=NOW,
    )

    assert [row.what for row in outcome.rows] == ["changed", "added", "gone"]
    assert everything() == before


CSV = """\
id;Tittel;Starter;Slutter;Sted;Tema;Status
a;Quiz;01.12.2026 18:00;01.12.2026 20:00;Torget;Sosialt;
b;;02.12.2026 18:00;;Torget;;
c;Marked;5.12.2026;6.12.2026;Storgata;Kultur og musikk;
d;Feil;i morgen;;Torget;;
e;Baklengs;03.12.2026 18:00;03.12.2026 17:00;Torget;;
f;Tidsskillet;28.03.2027 02:30;;Torget;;
a;To ganger;04.12.2026 18:00;;Torget;;
g;For mye;04.12.2026 18:00;;Torget;;;;
"""


@pytest.mark.parametrize("charset", ["utf-8-sig", "latin-1", "utf-16"])
def test_a_table_with_broken_lines_tells_each_with_its_number(charset):
    outcome = a_file(a_source(), CSV.encode(charset))

    assert [(row["line"], str(row["reason"])[:28]) for row in outcome.run.troubles] == [
        (3, "Tittelen mangler."),
        (5, "Starten «i morgen» er ikke e"),
        (6, "Slutten er før starten."),
        (7, "Starten: klokka stilles denn"),
        (8, "Det samme står på en linje l"),
        (9, "Raden har flere felt enn det"),
    ]
    market = Event.objects.get(title="Marked")
    assert (market.starts_at, market.ends_at) == (
        local("2026-12-05T00:00"),
        local("2026-12-07T00:00"),
    )
    assert market.topic == "kultur"


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n", b"navn;dato\nA;B\n"])
def test_a_file_of_anything_else_is_refused(content):
    with pytest.raises(feeds.NoCalendarError):
        a_file(a_source(), content)
