import datetime as dt
import re
from html.parser import HTMLParser

import pytest
import time_machine
from django.test import Client

from projects.bypuls.calendar import counts
from tests.projects.bypuls.factories import NOW, OSLO, EventFactory, VenueFactory

pytestmark = pytest.mark.django_db
LIST = "/arrangementer/"
MONTH = f"{LIST}?visning=maned&maned=2026-12"
WEEK = f"{LIST}?visning=uke&fra=2026-12-02"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def on(month: int, day: int, hour: int = 18) -> dt.datetime:
    return dt.datetime(2026, month, day, hour, tzinfo=OSLO)


class Table(HTMLParser):
    """Reads the table of days as a screen reader does: the words of each cell, by row and column heading."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.columns: list[str] = []
        self.rows: dict[str, list[str]] = {}
        self._into: list[str] | None = None
        self._row: list[str] = []
        self.feed(page[page.index("<table") : page.index("</table>")])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self._row = []
        if tag in ("th", "td"):
            scope = dict(attrs).get("scope")
            self._into = self.columns if scope == "col" else self._row
            self._into.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("th", "td"):
            self._into = None
        if tag == "tr" and self._row:
            self.rows[self._row[0]] = self._row[1:]

    def handle_data(self, data: str) -> None:
        if self._into:
            self._into[-1] = " ".join(f"{self._into[-1]} {data}".split())


def test_the_month_is_a_table_with_weeks_and_weekdays(client: Client):
    EventFactory.create(title="Konsert", starts_at=on(12, 4, 20))
    EventFactory.create(title="Kladd", starts_at=on(12, 4), publication="draft")
    EventFactory.create(title="Lukket", starts_at=on(12, 4), is_unlisted=True)
    EventFactory.create(title="Nyttår", starts_at=on(1, 2).replace(year=2027))

    page = client.get(MONTH).content.decode()
    table = Table(page)

    assert table.columns[:3] == ["Uke", "mandag", "tirsdag"]
    assert list(table.rows) == ["Uke 49", "Uke 50", "Uke 51", "Uke 52", "Uke 53"]
    assert table.rows["Uke 49"][4] == "4 fredag 4. desember 20.00 Konsert"
    assert "Nyttår" in table.rows["Uke 53"][5]
    assert "1 arrangement<" in page
    assert "Kladd" not in page
    assert "Lukket" not in page


def test_the_week_tells_time_and_place(client: Client):
    EventFactory.create(title="Quiz", starts_at=on(12, 3), venue=VenueFactory.create(name="Krona"))

    table = Table(client.get(WEEK).content.decode())

    assert table.rows == {"49": [*table.rows["49"]]}
    assert table.rows["49"][3] == "3 torsdag 3. desember 18.00 Quiz Torget, Krona"


def test_today_is_marked_and_what_is_over_is_still_there(client: Client):
    EventFactory.create(title="Nylig", starts_at=on(11, 20))

    page = client.get(f"{LIST}?visning=maned").content.decode()
    table = Table(page)

    assert "november 2026" in page
    assert table.rows["Uke 47"][5].startswith("21 lørdag 21. november i dag")
    assert "Nylig" in table.rows["Uke 47"][4]
    assert "1 arrangement<" in page


def test_an_event_over_several_days_stands_on_each_of_them(client: Client):
    EventFactory.create(
        title="Messe", starts_at=on(12, 5, 10), ends_at=dt.datetime(2026, 12, 8, 0, 0, tzinfo=OSLO)
    )
    EventFactory.create(title="Nattkonsert", starts_at=on(12, 5, 22), ends_at=on(12, 6, 3))

    page = client.get(MONTH).content.decode()
    table = Table(page)

    saturday, sunday = table.rows["Uke 49"][5:]
    assert "Messe" in saturday
    assert "Messe (fortsetter)" in " ".join(sunday.replace("( ", "(").replace(" )", ")").split())
    assert "Messe" in table.rows["Uke 50"][0]
    # It ends when Tuesday begins, and a night out belongs to the evening before.
    assert "Messe" not in table.rows["Uke 50"][1]
    assert "Nattkonsert" not in sunday
    assert 'class="calendar__bar calendar__bar--2 calendar__bar--first"' in page
    assert 'class="calendar__bar calendar__bar--1"' in page


def test_a_crowded_day_shows_the_first_and_links_to_the_rest(client: Client):
    for number in range(30):
        EventFactory.create(title=f"Nr {number:02}", starts_at=on(12, 4, 8), topic="mat")

    page = client.get(f"{MONTH}&tema=mat").content.decode()
    link = re.search(r'href="([^"]+)">\+ 27 til', page)

    assert re.findall(r"Nr \d\d", page) == ["Nr 00", "Nr 01", "Nr 02"]
    assert link
    day = client.get(link[1].replace("&amp;", "&")).content.decode()
    assert "30 arrangementer" in day
    assert 'aria-label="Fjern filteret Mat og drikke"' in day


@pytest.mark.parametrize("address", [MONTH, WEEK, LIST, f"{LIST}?nar=uka"])
@pytest.mark.parametrize("number", [3, 60])
def test_every_view_takes_six_queries_at_most(
    client: Client, django_assert_max_num_queries, address, number
):
    for venue in VenueFactory.create_batch(3):
        EventFactory.create_batch(number // 3, venue=venue, starts_at=on(12, 3))
    EventFactory.create_batch(3, starts_at=on(12, 1), ends_at=on(12, 6))
    counts.tidy(at=NOW)

    with django_assert_max_num_queries(6):
        client.get(f"{address}{'&' if '?' in address else '?'}tema=naringsliv&gratis=ja")


def test_filters_words_and_the_view_go_together(client: Client):
    EventFactory.create(title="Jazz i parken", topic="kultur", starts_at=on(12, 4))
    EventFactory.create(title="Jazz på kurs", topic="kompetanse", starts_at=on(12, 5))
    EventFactory.create(title="Korkonsert", topic="kultur", starts_at=on(12, 6))

    page = client.get(f"{MONTH}&tema=kultur&q=jazz").content.decode()

    assert "Jazz i parken" in page
    assert "Jazz på kurs" not in page
    assert "Korkonsert" not in page
    # The form, the chips and the other views carry all of it along.
    assert '<input type="hidden" name="visning" value="maned">' in page
    assert '<input type="hidden" name="maned" value="2026-12">' in page
    assert 'href="/arrangementer/?visning=maned&amp;maned=2026-12&amp;q=jazz"' in page
    assert 'href="/arrangementer/?q=jazz&amp;tema=kultur"' in page
    assert (
        'href="/arrangementer/?visning=uke&amp;fra=2026-11-30&amp;q=jazz&amp;tema=kultur"' in page
    )
    assert 'rel="next nofollow" href="/arrangementer/?visning=maned&amp;maned=2027-01' in page


@pytest.mark.parametrize(
    "query",
    [
        {"visning": "uke", "fra": "tull"},
        {"visning": "maned", "maned": "2026-13"},
        {"visning": "maned", "maned": "9999-12"},
        {"visning": "maned", "maned": "1970-01"},
        {"visning": "uke", "fra": "2200-12-31"},
        {"visning": "aar"},
        {"visning": "maned", "q": "x' | !!", "nar": "uka", "til": "2020-01-01"},
    ],
)
def test_odd_addresses_still_show_a_page(client: Client, query):
    EventFactory.create()

    assert client.get(LIST, query).status_code == 200


def test_the_clock_that_is_put_back_moves_no_event_to_another_day(client: Client):
    # 25 October 2026 has 25 hours; 23.30 is still that Sunday.
    EventFactory.create(title="Sent", starts_at=on(10, 25, 23))
    EventFactory.create(title="Tidlig", starts_at=on(10, 26, 0))

    table = Table(client.get(f"{LIST}?visning=maned&maned=2026-10").content.decode())

    assert "Sent" in table.rows["Uke 43"][6]
    assert "Tidlig" in table.rows["Uke 44"][0]


def test_the_part_for_htmx_equals_the_part_of_the_page(client: Client):
    EventFactory.create(starts_at=on(12, 4))

    page = client.get(MONTH).content.decode()
    part = client.get(MONTH, headers={"HX-Request": "true"}).content.decode()

    assert "<html" not in part
    assert " ".join(part.split()) in " ".join(page.split())


def test_what_has_no_date_stands_by_itself_with_its_words(client: Client):
    EventFactory.create(title="Byvandring", is_date_set=False, date_note="En kveld i juni")
    EventFactory.create(
        title="Gammel", starts_at=NOW - dt.timedelta(days=90), is_date_set=False, date_note="Snart"
    )
    EventFactory.create(title="Skjult", is_date_set=False, date_note="Aldri", is_unlisted=True)

    page = client.get(LIST).content.decode()

    assert "0 arrangementer" in page
    before, _, after = page.partition("Datoen kommer")
    assert "Byvandring" not in before
    assert "En kveld i juni" in after
    assert "Gammel" in after
    assert "Skjult" not in page
    assert "Byvandring" not in client.get(f"{LIST}?nar=uka").content.decode()
    assert "Byvandring" not in client.get(f"{LIST}?visning=maned").content.decode()
    assert "Byvandring" not in client.get("/arrangementer.ics").content.decode()


def test_the_map_has_the_places_with_their_numbers(client: Client):
    krona = VenueFactory.create(
        name="Krona", slug="krona", latitude="59.66801", longitude="9.64902"
    )
    EventFactory.create_batch(2, venue=krona, topic="mat")
    EventFactory.create(venue=VenueFactory.create(name="Uten posisjon"), topic="mat")
    counts.tidy(at=NOW)

    page = client.get(f"{LIST}?tema=mat").content.decode()

    assert '<a class="ds-link" href="/arrangementer/?tema=mat&amp;sted=krona">Krona (2)</a>' in page
    assert '{"lat": 59.66801, "lon": 9.64902, "label": "Krona (2)"' in page
    assert "Uten posisjon (" not in page
    assert "cache.kartverket.no" not in page


@pytest.mark.parametrize("address", ["/", "/program/bypuls/"])
def test_a_date_that_is_not_set_is_told_nowhere(client: Client, address):
    EventFactory.create(title="Sikkert", starts_at=on(11, 23))
    EventFactory.create(
        title="Usikkert", starts_at=on(11, 23), is_date_set=False, date_note="Til våren"
    )

    page = client.get(address).content.decode()

    assert "Sikkert" in page
    assert "Usikkert" not in page
