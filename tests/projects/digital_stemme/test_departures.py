import datetime
from pathlib import Path

import pytest
from django.core.cache import cache

from projects.digital_stemme import departures

SAMPLES = Path(__file__).parent / "samples"
STOP = "NSR:StopPlace:519"
NOW = datetime.datetime(2026, 1, 12, 7, 0, tzinfo=datetime.UTC)
GOOD = (SAMPLES / "entur_departures.json").read_bytes()


@pytest.fixture(autouse=True)
def _nothing_kept():
    cache.delete_pattern("*")
    yield
    cache.delete_pattern("*")


@pytest.fixture
def entur(fake_source, settings):
    settings.ENTUR_API_URL = f"{fake_source.url}/graphql"
    settings.STOP_PLACES = [STOP]
    fake_source.serve("/graphql", GOOD)
    return fake_source


def later(seconds):
    return NOW + datetime.timedelta(seconds=seconds)


def test_a_board_tells_what_is_late_cancelled_and_disturbed():
    board = departures.parse_board(GOOD, stop_id=STOP, at=NOW)

    assert board.name == "Kongsberg stasjon"
    assert [d.line for d in board.departures] == ["R12", "401", "430", "R12", "F5"]
    assert [d.minutes_late for d in board.departures] == [2, 0, 0, 0, 8]
    assert [d.is_cancelled for d in board.departures] == [False, False, False, True, False]
    [situation] = board.situations
    assert situation.summaries["en"] == "Bus replaces train Kongsberg–Drammen"


@pytest.mark.parametrize(
    "content",
    [
        (SAMPLES / "entur_error.json").read_bytes(),
        b"",
        b"[]",
        b'{"data": {"stopPlace": null}}',
        b'{"data": {"stopPlace": {"name": "X", "estimatedCalls": [{"serviceJourney": null}]}}}',
    ],
)
def test_an_error_inside_an_answer_is_an_error(content):
    with pytest.raises(departures.BadAnswerError):
        departures.parse_board(content, stop_id=STOP, at=NOW)


@pytest.mark.django_db
def test_entur_is_asked_once_whatever_the_number_of_visitors(entur):
    for _ in range(5):
        departures.boards(at=later(40))

    [(method, _, headers, body)] = entur.requests
    assert method == "POST"
    assert headers["ET-Client-Name"] == "kongsberg_kommune-vekst"
    assert STOP.encode() in body


@pytest.mark.django_db
def test_after_45_seconds_it_is_asked_again(entur):
    departures.boards(at=NOW)
    departures.boards(at=later(46))

    assert len(entur.requests) == 2


@pytest.mark.django_db
@pytest.mark.parametrize("fault", ["hang-up", "500", "error"])
def test_when_entur_fails_the_last_good_board_is_shown_with_its_age(entur, fault):
    departures.boards(at=NOW)
    if fault == "hang-up":
        entur.hang_up("/graphql")
    elif fault == "500":
        entur.serve("/graphql", b"oops", status=500)
    else:
        entur.serve("/graphql", (SAMPLES / "entur_error.json").read_bytes())

    [board] = departures.boards(at=later(900))
    departures.boards(at=later(901))

    assert (board.is_stale, board.fetched_at) == (True, NOW)
    assert [d.line for d in board.departures] == ["430", "R12", "F5"], "what has gone is not shown"
    assert len(entur.requests) == 2, "after a failure nobody waits for the same silence again"


@pytest.mark.django_db
def test_the_page_shows_times_delays_and_disruptions(client, entur, time_machine):
    time_machine.move_to(NOW, tick=False)

    html = client.get("/samferdsel/").content.decode()

    assert "kl. 08.05" in html
    assert "2 minutter sen" in html
    assert "Innstilt" in html
    assert "Buss for tog" in html
    assert "Bus replaces train" in client.get("/en/samferdsel/").content.decode()


@pytest.mark.django_db
def test_without_entur_the_page_says_so_and_points_on(client, settings):
    settings.OUTSIDE_SOURCES_ENABLED = False

    response = client.get("/samferdsel/")

    assert response.status_code == 200
    assert "Vi får ikke tak i avgangene nå" in response.content.decode()
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.django_db
def test_htmx_gets_the_boards_alone(client, entur):
    part = client.get("/samferdsel/", headers={"HX-Request": "true"}).content.decode().strip()

    assert part.startswith('<div class="stack stack--loose" id="departure-boards">')
