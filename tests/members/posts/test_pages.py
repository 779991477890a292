import datetime
import json
import re
import xml.etree.ElementTree as ET

import pytest
from django.test import Client
from django.urls import reverse

from members.posts.models import PostState
from tests.members.companies.factories import ForumFactory, MembershipFactory
from tests.members.posts.factories import NOW, PhotoFactory, PostFactory, PostItemFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def drafts():
    secret = PostFactory.create(title="Hemmelig kladd", week=1)
    PostItemFactory.create(post=secret, heading="Hemmelig bit")
    PostFactory.create(
        title="Hemmelig plan",
        week=2,
        state=PostState.SCHEDULED,
        publish_at=NOW + datetime.timedelta(days=3650),
    )


def test_on_english_pages_a_post_is_marked_bokmal_and_its_links_stay_in_english(client: Client):
    PostFactory.create(published=True, year=2025, week=52, title="Før jul")
    post = PostFactory.create(published=True, year=2026, week=1, title="Nyttårsuka")
    item = PostItemFactory.create(
        post=post, link_label="Finn hybel", link_path="/bolig/?type=hybel#kart"
    )
    PostItemFactory.create(post=post, link_label="Engelsk", link_path="/en/jobb/")
    PhotoFactory.create(post=post, item=item)

    url = post.get_absolute_url()
    english = client.get("/en" + url).content.decode()
    bokmal = client.get(url).content.decode()

    assert 'href="/en/bolig/?type=hybel#kart"><span lang="nb">Finn hybel</span>' in english
    assert 'href="/en/jobb/"' in english
    assert 'alt="Morgenlys over Nymoen" lang="nb"' in english
    assert '<span lang="nb">Torsdag morgen på Nymoen.</span>' in english
    assert '<span lang="nb">Før jul</span>' in english
    assert 'lang="nb" aria-current="page">Nyttårsuka</a>' in english
    assert 'href="/bolig/?type=hybel#kart"><span>Finn hybel</span>' in bokmal
    assert 'href="/jobb/"' in bokmal
    assert 'lang="nb"' not in bokmal.partition("<main")[2]


def test_a_post_shows_its_pieces_pictures_and_neighbours(client: Client):
    PostFactory.create(published=True, year=2025, week=52, title="Før jul")
    PostFactory.create(published=True, year=2026, week=2, title="Etter nyttår")
    post = PostFactory.create(published=True, year=2026, week=1, title="Nyttårsuka")
    item = PostItemFactory.create(
        post=post, weekday=5, link_label="Meld deg på", link_path="/nyhetsbrev/"
    )
    PhotoFactory.create(post=post, item=item)

    text = client.get(post.get_absolute_url()).content.decode()

    # What is for those who write templates stays there.
    assert "{#" not in text
    assert "Før jul" in text
    assert "Etter nyttår" in text
    assert 'href="/nyhetsbrev/"' in text
    assert "fredag 2. januar" in text
    assert 'alt="Morgenlys over Nymoen"' in text
    found = re.search(r'application/ld\+json">(.*?)</script>', text, re.S)
    assert found
    article = json.loads(found.group(1))
    assert article["@type"] == "NewsArticle"
    assert article["headline"] == "Nyttårsuka"
    assert article["temporalCoverage"] == "2025-12-29/2026-01-04"
    assert article["image"][0] == "http://testserver/uka-oppsummert/2026/1/deling.jpg"


def test_a_title_cannot_leave_the_structured_data(client: Client):
    post = PostFactory.create(published=True, title="</script><b>")

    assert "</script><b>" not in client.get(post.get_absolute_url()).content.decode()


def test_week_53_has_an_address(client: Client):
    post = PostFactory.create(published=True, year=2026, week=53)

    assert post.get_absolute_url() == "/uka-oppsummert/2026/53/"
    text = client.get(post.get_absolute_url()).content.decode()
    assert "28. desember 2026" in text


@pytest.mark.parametrize("address", ["2026/54/", "2026/0/", "99999/1/", "2026/99999/"])
def test_weeks_that_are_none_are_not_found(client: Client, address: str):
    assert client.get(f"/uka-oppsummert/{address}").status_code == 404


@pytest.mark.usefixtures("drafts")
@pytest.mark.parametrize("name", ["posts:post_list", "posts:feed"])
def test_drafts_are_nowhere(client: Client, name: str):
    PostFactory.create(published=True, week=10)

    assert "Hemmelig" not in client.get(reverse(name)).content.decode()


def test_an_empty_archive_and_feed_answer(client: Client):
    assert "Ingen poster ennå" in client.get(reverse("posts:post_list")).content.decode()
    ET.fromstring(client.get(reverse("posts:feed")).content)  # noqa: S314


def test_the_contents_stand_day_by_day_in_the_order_of_the_pieces(client: Client):
    post = PostFactory.create(published=True, year=2026, week=11)
    for heading, weekday in [("Onsdag", 3), ("Mandag", 1), ("Mer onsdag", 3), ("Ellers", None)]:
        PostItemFactory.create(post=post, heading=heading, weekday=weekday)

    page = client.get(post.get_absolute_url()).content.decode()
    contents = page.partition('class="post-contents')[2].partition("</nav>")[0]

    assert re.findall(r'<time datetime="([^"]+)"|<a href="#bit-\d+">([^<]+)', contents) == [
        ("2026-03-11", ""),
        ("", "Onsdag"),
        ("", "Mer onsdag"),
        ("2026-03-09", ""),
        ("", "Mandag"),
        ("", "Ellers"),
    ]


def test_headings_pasted_into_a_piece_stand_below_its_own(client: Client):
    post = PostFactory.create(published=True)
    PostItemFactory.create(post=post, body="<h2>Limt inn</h2><h3>Under</h3><p>Tekst</p>")

    page = client.get(post.get_absolute_url()).content.decode()

    assert "<h3>Limt inn</h3><h4>Under</h4>" in page


def test_a_forum_that_was_shut_down_is_named_without_a_dead_link(client: Client):
    post = PostFactory.create(published=True)
    ended = ForumFactory.create(name="Samferdselsutvalget", ended_at=NOW)
    open_one = ForumFactory.create(name="HR-forum")
    for forum in (ended, open_one):
        PostItemFactory.create(post=post, forum=forum)

    page = client.get(post.get_absolute_url()).content.decode()

    assert "Samferdselsutvalget" in page
    links = re.findall(
        r'href="(/forum/[^"]+)"', page.partition("<article")[2].partition("</article")[0]
    )
    assert links == [open_one.get_absolute_url()]
    assert client.get(links[0]).status_code == 200


def test_a_page_costs_ten_queries(client: Client, django_assert_num_queries):
    post = PostFactory.create(published=True)
    company = MembershipFactory.create().company
    project = {"link_label": "Prosjektet", "link_path": "/program/bypuls/nye-naboer/"}
    for item in PostItemFactory.create_batch(4, post=post, company=company, **project):
        PhotoFactory.create(post=post, item=item)

    with django_assert_num_queries(10):
        client.get(post.get_absolute_url())
