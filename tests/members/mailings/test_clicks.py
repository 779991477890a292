"""How often links are followed: who counts, and who does not."""

import datetime
import http.client
import re
import threading

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django_redis import get_redis_connection

from members.mailings import clicks, newsletters
from members.mailings.models import CountedLink, LinkClicks
from members.mailings.newsletter_content import Block, Item, to_json
from members.mailings.scanners import Click, without_sweeps
from tests.members.mailings.factories import (
    NOW,
    ConsentFactory,
    CountedLinkFactory,
    NewsletterFactory,
)
from vekst.settings.base import CELERY_BEAT_SCHEDULE

pytestmark = pytest.mark.django_db

SITE = "https://portal.example.no"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = (
    "Mozilla/5.0 (Linux; Android 14; CUBOT X90) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0 Mobile Safari/537.36"
)
SECOND = datetime.timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _site(settings) -> None:
    settings.SITE_URL = SITE


def links_of_letter(number: int) -> list[CountedLink]:
    first = CountedLinkFactory.create()
    return [first, *CountedLinkFactory.create_batch(number - 1, newsletter=first.newsletter)]


def follow(link: CountedLink, *, method: str = "GET", **headers: str) -> None:
    given = {
        "User-Agent": FIREFOX,
        **{name.replace("_", "-"): said for name, said in headers.items()},
    }
    answer = Client(headers=given).generic(method, f"/nyhetsbrev/lenke/{link.token}/")
    assert answer.status_code == 302


def later(seconds: float = 60) -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=seconds)


def counted(link: CountedLink) -> int:
    return sum(LinkClicks.objects.filter(link=link).values_list("number", flat=True))


def test_clicks_of_readers_become_one_sum_for_each_link_and_day():
    first, second = links_of_letter(2)
    monday = datetime.datetime(2026, 3, 16, 22, 30, tzinfo=datetime.UTC)
    for minutes in (0, 10, 20):
        clicks.note(first, at=monday + datetime.timedelta(minutes=minutes))
    clicks.note(second, at=monday + datetime.timedelta(minutes=5))
    # Past midnight in Kongsberg, not in Greenwich.
    clicks.note(first, at=monday + datetime.timedelta(minutes=40))

    assert clicks.store(at=monday + datetime.timedelta(hours=1)) == 5
    assert clicks.store(at=monday + datetime.timedelta(hours=1)) == 0
    clicks.note(first, at=monday + datetime.timedelta(minutes=50))
    clicks.store(at=monday + datetime.timedelta(hours=1))

    rows = LinkClicks.objects.order_by("link", "day").values_list("link", "day", "number")
    assert list(rows) == [
        (first.pk, datetime.date(2026, 3, 16), 3),
        (first.pk, datetime.date(2026, 3, 17), 2),
        (second.pk, datetime.date(2026, 3, 16), 1),
    ]


def test_what_waits_to_be_counted_holds_nothing_about_who():
    (link,) = links_of_letter(1)

    Client(headers={"User-Agent": FIREFOX}, REMOTE_ADDR="203.0.113.7").get(
        f"/nyhetsbrev/lenke/{link.token}/"
    )

    valkey = get_redis_connection("default")
    held = {
        key: valkey.lrange(key, 0, -1)
        for key in valkey.keys(cache.make_key("*"))
        if valkey.type(key) == b"list"
    }
    ((key, lines),) = held.items()
    assert key.decode().endswith("clicks:waiting")
    (line,) = lines
    assert re.fullmatch(rf"\d{{13}}:{link.newsletter_id}:{link.pk}", line.decode())
    fields = {field.name for model in (CountedLink, LinkClicks) for field in model._meta.fields}
    assert fields == {"id", "newsletter", "token", "url", "link", "day", "number"}


@pytest.mark.parametrize(
    ("method", "headers", "expected"),
    [
        ("GET", {}, 1),
        ("GET", {"User_Agent": PHONE}, 1),
        ("GET", {"User_Agent": ""}, 1),
        ("GET", {"Referer": "https://webmail.example.com/", "Sec_Fetch_Site": "cross-site"}, 1),
        ("GET", {"Sec_Fetch_Dest": "document", "Sec_Fetch_Site": "none"}, 1),
        ("HEAD", {}, 0),
        ("GET", {"Sec_Purpose": "prefetch;prerender"}, 0),
        ("GET", {"Purpose": "prefetch"}, 0),
        ("GET", {"X_Moz": "prefetch"}, 0),
        ("GET", {"X_Purpose": "preview"}, 0),
        ("GET", {"Sec_Fetch_Dest": "image"}, 0),
        ("GET", {"User_Agent": "Mozilla/5.0 (compatible; Barracuda Sentinel)"}, 0),
        ("GET", {"User_Agent": "Slackbot-LinkExpanding 1.0"}, 0),
        ("GET", {"User_Agent": "Mozilla/5.0 (compatible; bingbot/2.0)"}, 0),
        ("GET", {"User_Agent": "python-requests/2.32"}, 0),
        ("GET", {"User_Agent": "curl/8.5.0"}, 0),
        ("GET", {"User_Agent": "Mozilla/5.0 (X11) HeadlessChrome/140.0"}, 0),
        # An editor who tries the links in the preview.
        ("GET", {"Referer": f"{SITE}/admin/mailings/newsletter/1/forhandsvis/"}, 0),
        ("GET", {"Sec_Fetch_Site": "same-origin"}, 0),
    ],
)
def test_a_look_ahead_a_program_and_an_editor_are_no_readers(method, headers, expected):
    (link,) = links_of_letter(1)

    follow(link, method=method, **headers)
    clicks.store(at=later())

    assert counted(link) == expected


def test_a_sweep_of_every_link_leaves_the_sums_as_they_were():
    links = links_of_letter(5)
    follow(links[0])
    for _scanner in range(3):
        for link in links:
            follow(link)
    clicks.store(at=later())

    # One reader, and three programs that opened everything within the same two seconds.
    assert [counted(link) for link in links] == [1, 0, 0, 0, 0]


def test_a_sweep_is_seen_whole_though_the_counting_comes_in_its_midst():
    links = links_of_letter(4)
    for place, link in enumerate(links):
        clicks.note(link, at=NOW + place * SECOND / 4)
    clicks.note(links[2], at=NOW + 9 * SECOND)

    # Its beginning is too fresh to be decided.
    assert clicks.store(at=NOW + SECOND / 2) == 0
    assert clicks.store(at=NOW + 60 * SECOND) == 1
    assert [counted(link) for link in links] == [0, 0, 1, 0]


@pytest.mark.parametrize(
    ("letters_links", "clicked", "kept"),
    [
        # (seconds, link): what stays.
        (4, [(0, 1), (0.2, 2), (0.4, 3), (0.6, 4)], []),
        (4, [(0, 1), (0.2, 2), (0.4, 3)], []),
        (4, [(0, 1), (0.2, 2)], [(0, 1), (0.2, 2)]),
        (4, [(0, 1), (5, 2), (10, 3), (15, 4)], [(0, 1), (5, 2), (10, 3), (15, 4)]),
        (4, [(0, 1), (0.1, 1), (0.2, 1), (0.3, 1)], [(0, 1), (0.1, 1), (0.2, 1), (0.3, 1)]),
        # Each link twice, as some do to see where it leads.
        (3, [(0, 1), (0.1, 1), (0.2, 2), (0.3, 2), (0.4, 3), (0.5, 3)], []),
        # A reader a moment before, and one long after.
        (3, [(0, 2), (0.1, 1), (0.2, 2), (0.3, 3), (9, 3)], [(0.2, 2), (9, 3)]),
        (2, [(0, 1), (1, 2)], []),
        # With one link a sweep and a reader look the same.
        (1, [(0, 1), (0.1, 1)], [(0, 1), (0.1, 1)]),
    ],
)
def test_three_quarters_of_the_links_within_two_seconds_are_a_sweep(letters_links, clicked, kept):
    made = [Click(int(seconds * 1000), 7, link) for seconds, link in clicked]

    left = without_sweeps(made, links=letters_links)

    assert [(click.at_ms / 1000, click.link) for click in left] == kept


def test_many_clicks_are_looked_through_in_a_moment():
    made = [Click(place, 7, place % 3 % 2) for place in range(100_000)]

    assert len(without_sweeps(made, links=12)) == 100_000


def test_a_valkey_that_is_down_costs_the_click_and_not_the_way(settings):
    (link,) = links_of_letter(1)
    settings.CACHES = {
        "default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
    }

    follow(link)
    assert clicks.store(at=later()) == 0


def test_a_flood_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch):
    (link,) = links_of_letter(1)
    monkeypatch.setattr(clicks, "MOST_WAITING", 3)
    for second in range(5):
        clicks.note(link, at=NOW + second * SECOND)

    assert clicks.store(at=NOW + 60 * SECOND) == 3


def test_the_counting_goes_by_itself():
    entry = CELERY_BEAT_SCHEDULE["store-clicks"]

    assert entry["task"] == "members.mailings.tasks.store_clicks"
    assert entry["schedule"] <= 60


@pytest.mark.integration
@pytest.mark.django_db(transaction=True)
def test_no_click_is_lost_or_counted_twice_when_all_come_at_once(live_server, settings):
    # Readers open links and three workers store them at the same time.
    settings.SITE_URL = live_server.url
    busy, other = links_of_letter(20)[:2]
    readers, each, stop = 8, 20, threading.Event()
    stored, answers = [], []

    def read() -> None:
        for place in range(each):
            link = other if place % 4 == 0 else busy
            connected = http.client.HTTPConnection(live_server.thread.host, live_server.thread.port)
            connected.request(
                "GET", f"/nyhetsbrev/lenke/{link.token}/", headers={"User-Agent": FIREFOX}
            )
            answers.append(connected.getresponse().status)
            connected.close()

    def work() -> None:
        try:
            while not stop.is_set():
                stored.append(clicks.store(at=later()))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _worker in range(3)]
    people = [threading.Thread(target=read) for _reader in range(readers)]
    for thread in [*workers, *people]:
        thread.start()
    for thread in people:
        thread.join()
    stop.set()
    for thread in workers:
        thread.join()
    stored.append(clicks.store(at=later()))

    assert set(answers) == {302}
    assert sum(stored) == len(answers) == readers * each
    assert (counted(busy), counted(other)) == (readers * each * 3 // 4, readers * each // 4)


def test_following_costs_one_query_and_no_write(django_assert_num_queries):
    (link,) = links_of_letter(1)

    with django_assert_num_queries(1) as captured:
        follow(link)

    assert captured[0]["sql"].startswith("SELECT")


def test_a_newsletter_that_starts_is_counted_from_its_first_reader():
    ConsentFactory.create()
    blocks = [Block("Saker", [Item(f"Sak {n}", "", f"/uka-oppsummert/?sak={n}") for n in range(3)])]
    newsletter = newsletters.start(
        newsletter=NewsletterFactory.create(blocks=to_json(blocks)), at=NOW, by=None
    )
    link = newsletter.links.get(url="/uka-oppsummert/?sak=1")

    follow(link)
    clicks.store(at=later())

    assert counted(link) == 1
