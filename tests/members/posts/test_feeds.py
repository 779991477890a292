"""The feeds, read by an independent reader and held against the rules of JSON Feed 1.1."""

import datetime
import json
import re
from typing import Any
from urllib.parse import urlsplit

import feedparser
import pytest
from django.test import Client
from django.urls import reverse

from members.mailings.models import Topic
from members.posts.models import PostState
from tests.members.posts.factories import NOW, PhotoFactory, PostFactory, PostItemFactory

pytestmark = pytest.mark.django_db

ATOM = ["/uka-oppsummert/feed/", "/uka-oppsummert/tema/bolig/feed/", "/en/uka-oppsummert/feed/"]
JSON = ["/uka-oppsummert/feed.json", "/uka-oppsummert/tema/bolig/feed.json"]


@pytest.fixture
def posts():
    """Two posts with all that can stand in one; what Word leaves behind is in the second."""
    for week, heading in [(10, "Tomter & hybler"), (11, "Slik\x0bble det <1 år>")]:
        post = PostFactory.create(published=True, week=week, title=f"Uke {week} & «mer»")
        body = '<h2>Mer</h2><p>Les <a href="/jobb/">om\x0bjobb</a> & <strong>mer</strong></p>'
        item = PostItemFactory.create(
            post=post,
            heading=heading,
            topic=Topic.HOMES,
            body=body,
            link_label="Finn hybel",
            link_path="/bolig/?type=hybel",
        )
        PhotoFactory.create(post=post, item=item)
        PhotoFactory.create(post=post, alt="Uten samtykke", shows_people=True)
        PhotoFactory.create(post=post, item=item, alt="Uten samtykke", shows_people=True)
    secret = PostFactory.create(
        week=12, state=PostState.SCHEDULED, publish_at=NOW + datetime.timedelta(days=3650)
    )
    PostItemFactory.create(post=secret, heading="Hemmelig", topic=Topic.HOMES)


def read_atom(client: Client, address: str) -> Any:
    response = client.get(address)
    headers = {"content-type": response.headers["Content-Type"], "content-location": address}
    return feedparser.parse(response.content, response_headers=headers)


@pytest.mark.usefixtures("posts")
@pytest.mark.parametrize("address", ATOM)
def test_an_independent_reader_has_no_complaint_about_an_atom_feed(client: Client, address: str):
    found = read_atom(client, address)

    assert (found.bozo, found.version, found.encoding) == (0, "atom10", "utf-8")
    assert found.feed.updated_parsed
    assert found.feed.author == "Kongsberg Næringsforum"
    links = {link.rel: link.href for link in found.feed.links}
    assert links["self"] == f"http://testserver{address}"
    ids = [entry.id for entry in found.entries]
    assert len(set(ids)) == len(ids) == 2
    for entry in found.entries:
        (content,) = entry.content
        assert (content.type, content.language) == ("text/html", "nb")
        assert 'href="http://testserver/jobb/"' in content.value
        assert 'href="http://testserver/bolig/?type=hybel"' in content.value
        assert not re.search(r'(?:href|src)="(?!https?://)', content.value)
        assert "Uten samtykke" not in content.value
        assert entry.link.startswith("http://testserver/")
        assert entry.published_parsed <= entry.updated_parsed
    assert "Hemmelig" not in str(found)


@pytest.mark.usefixtures("posts")
def test_the_feed_has_the_whole_post_and_the_topic_its_single_pieces(client: Client):
    whole = read_atom(client, ATOM[0]).entries[0]
    (topic, _older) = read_atom(client, ATOM[1]).entries

    assert whole.id == "http://testserver/uka-oppsummert/2026/11/"
    assert whole.title == "Uke 11 & «mer»"
    assert [tag.term for tag in whole.tags] == ["Bolig"]
    assert "Morgenlys over Nymoen" in whole.content[0].value
    assert topic.title == "Slik ble det <1 år>"
    assert re.fullmatch(r"http://testserver/uka-oppsummert/2026/11/#bit-\d+", topic.id)


def test_a_link_to_another_site_without_its_scheme_still_leads_there(client: Client):
    body = '<p><a href="//knf.example/a">Foreningen</a> og <a href="/jobb/">jobb</a></p>'
    PostItemFactory.create(post=PostFactory.create(published=True, week=10), body=body)

    content = client.get("/uka-oppsummert/feed.json").json()["items"][0]["content_html"]

    assert re.findall(r'href="([^"]+)"', content) == ["//knf.example/a", "http://testserver/jobb/"]


def test_a_change_after_publishing_shows_as_updated(client: Client):
    post = PostFactory.create(published=True, week=10)
    later = NOW + datetime.timedelta(days=3)
    PostItemFactory.create(post=post, topic=Topic.HOMES, updated_at=later)
    type(post).objects.filter(pk=post.pk).update(updated_at=later)

    for address in ATOM[:2]:
        (entry,) = read_atom(client, address).entries
        assert (entry.published, entry.updated) == (NOW.isoformat(), later.isoformat())
    for address in JSON:
        (item,) = client.get(address).json()["items"]
        assert item["date_modified"] == later.isoformat()


@pytest.mark.parametrize("address", ATOM + JSON)
def test_a_feed_with_nothing_in_it_is_the_same_at_each_reading(client: Client, address: str):
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})

    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")


@pytest.mark.usefixtures("posts")
@pytest.mark.parametrize("address", ATOM + JSON)
def test_who_has_the_feed_already_gets_it_only_when_it_changed(client: Client, address: str):
    tag = client.get(address).headers["ETag"]

    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
    fresh = PostFactory.create(published=True, week=13)
    PostItemFactory.create(post=fresh, topic=Topic.HOMES)
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("/uka-oppsummert/", ATOM[:1] + JSON[:1]),
        ("/uka-oppsummert/2026/", ATOM[:1] + JSON[:1]),
        ("/uka-oppsummert/2026/11/", ATOM[:1] + JSON[:1]),
        ("/uka-oppsummert/tema/bolig/", [ATOM[0], JSON[0], ATOM[1], JSON[1]]),
    ],
)
@pytest.mark.usefixtures("posts")
def test_pages_tell_readers_where_their_feeds_are(client: Client, page: str, expected: list[str]):
    head = client.get(page).content.decode().partition("</head>")[0]
    found = re.findall(
        r'rel="alternate" type="application/(atom\+xml|feed\+json)" title="[^"]+" href="([^"]+)"',
        head,
    )

    assert [address for _kind, address in found] == expected


# --- JSON Feed 1.1: https://www.jsonfeed.org/version/1.1/ -----------------------------------------
TEXT_IN_FEED = ["title", "home_page_url", "feed_url", "description", "icon", "favicon", "language"]
TEXT_IN_ITEM = ["url", "title", "content_html", "content_text", "summary", "image", "language"]
ADDRESSES = {"home_page_url", "feed_url", "icon", "favicon", "url", "image"}
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]+)*")
# RFC 3339, with the zone that it demands.
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def complaints(feed: dict[str, Any]) -> list[str]:
    """What the specification would say about the feed; nothing when it is right."""
    found = []
    if feed.get("version") != "https://jsonfeed.org/version/1.1":
        found.append("version")
    if not feed.get("title"):
        found.append("title is required")
    if not isinstance(feed.get("items"), list):
        return [*found, "items is required"]
    found += _texts(feed, TEXT_IN_FEED) + _authors(feed)
    ids = [item.get("id") for item in feed["items"]]
    if len(set(map(str, ids))) != len(ids):
        found.append("ids are not unique")
    return found + [text for item in feed["items"] for text in _item(item)]


def _item(item: dict[str, Any]) -> list[str]:
    found = _texts(item, TEXT_IN_ITEM) + _authors(item)
    if not isinstance(item.get("id"), str) or not item["id"]:
        found.append("id is required, as text")
    if not ("content_html" in item or "content_text" in item):
        found.append("one of content_html and content_text is required")
    for name in ("date_published", "date_modified"):
        if name in item and not MOMENT.fullmatch(str(item[name])):
            found.append(f"{name} is no moment")
    tags = item.get("tags", [])
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        found.append("tags are texts")
    return found


def _texts(thing: dict[str, Any], names: list[str]) -> list[str]:
    found = []
    for name in names:
        if name not in thing:
            continue
        value = thing[name]
        if not isinstance(value, str) or not value:
            found.append(f"{name} is no text")
        elif name in ADDRESSES and not (urlsplit(value).scheme and urlsplit(value).netloc):
            found.append(f"{name} is not absolute")
        elif name == "language" and not LANGUAGE.fullmatch(value):
            found.append("language is none")
    return found


def _authors(thing: dict[str, Any]) -> list[str]:
    found = ["author is of version 1.0"] if "author" in thing else []
    for author in thing.get("authors", []):
        if not set(author) & {"name", "url", "avatar"}:
            found.append("an author is nobody")
        found += _texts(author, ["name", "url", "avatar"])
    return found


@pytest.mark.usefixtures("posts")
@pytest.mark.parametrize("address", JSON)
def test_a_json_feed_follows_the_specification(client: Client, address: str):
    response = client.get(address)
    feed = json.loads(response.content)

    assert response.headers["Content-Type"] == "application/feed+json"
    assert complaints(feed) == []
    assert len(feed["items"]) == 2
    assert feed["feed_url"] == f"http://testserver{address}"
    for item in feed["items"]:
        assert not re.search(r'(?:href|src)="(?!https?://)', item["content_html"])
        assert "Uten samtykke" not in item["content_html"]
        assert item["tags"] == ["Bolig"]
        assert item["image"].startswith("http://testserver/bilder/")
    assert "Hemmelig" not in response.content.decode()


def test_the_specification_has_something_to_say_about_a_wrong_feed():
    wrong = {
        "version": "https://jsonfeed.org/version/1",
        "title": "",
        "feed_url": "/feed.json",
        "author": {"name": "Kari"},
        "items": [{"id": 1, "date_published": "2026-03-13 14:00", "tags": "bolig"}, {"id": "1"}],
    }

    assert len(complaints(wrong)) == 11


def test_a_topic_that_is_none_has_no_feed(client: Client):
    for name in ("posts:topic_feed", "posts:topic_json_feed"):
        assert client.get(reverse(name, args=["hytteliv"])).status_code == 404
