import datetime
import re

import pytest
from django.test import Client
from django.urls import reverse

from members.mailings.models import Topic
from members.posts.models import PostState
from tests.members.companies.factories import CompanyFactory, ForumFactory, MembershipFactory
from tests.members.posts.factories import NOW, PostFactory, PostItemFactory

pytestmark = pytest.mark.django_db


def read(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def headings(page: str) -> list[str]:
    return [text.strip() for text in re.findall(r"<h3[^>]*><a[^>]*>([^<]*)</a>", page)]


@pytest.fixture
def hidden():
    """What no archive may show: a draft's piece, one that waits for Friday, and one that was dropped."""
    PostItemFactory.create(post__week=1, heading="Hemmelig kladd", topic=Topic.HOMES)
    waiting = PostFactory.create(
        week=2, state=PostState.SCHEDULED, publish_at=NOW + datetime.timedelta(days=3650)
    )
    PostItemFactory.create(post=waiting, heading="Hemmelig plan", topic=Topic.HOMES)
    out = PostFactory.create(published=True, week=3)
    PostItemFactory.create(
        post=out, heading="Hemmelig og fjernet", topic=Topic.HOMES, dropped_at=NOW
    )


def test_a_year_shows_its_weeks_under_their_months(client: Client):
    PostFactory.create(published=True, year=2025, week=52, title="I fjor")
    PostFactory.create(published=True, year=2026, week=2, title="Nyttår")
    PostFactory.create(published=True, year=2026, week=11, title="Vår")

    page = read(client, "/uka-oppsummert/2026/")

    assert headings(page) == ["Vår", "Nyttår"]
    assert re.findall(r"<h2[^>]*>([^<]*)</h2>", page.partition("<main")[2])[:2] == [
        "Mars 2026",
        "Januar 2026",
    ]
    assert '<a href="/uka-oppsummert/2025/">2025 <span' in page
    assert '<time datetime="2026-W02">' in page


@pytest.mark.parametrize("address", ["2019/", "0/", "99999/", "tema/hytteliv/", "forum/nei/"])
def test_an_archive_of_nothing_is_not_found(client: Client, address: str):
    PostFactory.create(published=True)

    assert client.get(f"/uka-oppsummert/{address}").status_code == 404


def test_a_year_has_moved_to_an_address_of_its_own(client: Client):
    PostFactory.create(published=True, year=2025)

    response = client.get("/uka-oppsummert/?ar=2025")

    assert (response.status_code, response.headers["Location"]) == (301, "/uka-oppsummert/2025/")


@pytest.mark.usefixtures("hidden")
def test_a_topic_shows_the_pieces_of_each_week_and_no_others(client: Client):
    for week, names in [(10, ["Hybel", "Tomt"]), (11, ["Rekkehus"])]:
        post = PostFactory.create(published=True, week=week)
        for name in names:
            PostItemFactory.create(post=post, heading=name, topic=Topic.HOMES)
        PostItemFactory.create(post=post, heading="Buss", topic=Topic.TRANSPORT)

    page = read(client, "/uka-oppsummert/tema/bolig/")

    assert headings(page) == ["Rekkehus", "Hybel", "Tomt"]
    assert "3 saker i Uka oppsummert" in page
    assert "Hemmelig" not in page
    assert 'rel="canonical" href="http://testserver/uka-oppsummert/tema/bolig/"' in page


def test_a_topic_nobody_has_told_of_says_so(client: Client):
    assert "Ingenting å finne her ennå" in read(client, "/uka-oppsummert/tema/jobb/")


def test_the_pages_of_a_company_and_a_forum_lead_to_what_was_told_of_them(client: Client):
    company = MembershipFactory.create(company__name="Sagbruket Eksempel").company
    forum = ForumFactory.create()
    piece = PostItemFactory.create(
        post=PostFactory.create(published=True), heading="Ny sag", company=company, forum=forum
    )
    PostItemFactory.create(post=PostFactory.create(), heading="Hemmelig", company=company)

    for thing, name in [(company, "company_archive"), (forum, "forum_archive")]:
        archive = reverse(f"posts:{name}", args=[thing.slug])
        page = read(client, thing.get_absolute_url())
        assert f'href="{piece.post.get_absolute_url()}#bit-{piece.pk}">Ny sag</a>' in page
        assert f'href="{archive}"' in page
        assert headings(read(client, archive)) == ["Ny sag"]


def test_an_archive_does_not_repeat_its_own_name_at_each_piece(client: Client):
    company = MembershipFactory.create(company__name="Sagbruket Eksempel").company
    forum = ForumFactory.create(name="Skogforum Eksempel")
    PostItemFactory.create(
        post=PostFactory.create(published=True), heading="Ny sag", company=company, forum=forum
    )

    def beside_the_piece(name: str, slug: str) -> str:
        page = read(client, reverse(f"posts:{name}", args=[slug]))
        return page.partition('class="week-list"')[2].partition("</ul>")[0]

    of_company = beside_the_piece("company_archive", company.slug)
    of_forum = beside_the_piece("forum_archive", forum.slug)
    assert ("Sagbruket" in of_company, "Skogforum" in of_company) == (False, True)
    assert ("Sagbruket" in of_forum, "Skogforum" in of_forum) == (True, False)


def test_who_is_a_member_no_more_is_named_without_a_link_and_has_no_archive(client: Client):
    company = CompanyFactory.create(name="Borte AS", member=False)
    post = PostFactory.create(published=True)
    PostItemFactory.create(post=post, company=company, topic=Topic.JOBS)

    page = read(client, "/uka-oppsummert/tema/jobb/")

    assert "Borte AS" in page
    assert company.get_absolute_url() not in page
    assert company.get_absolute_url() not in read(client, post.get_absolute_url())
    assert client.get(f"/uka-oppsummert/bedrift/{company.slug}/").status_code == 404


def test_a_long_archive_is_paged_without_losing_a_week(client: Client):
    for week in range(1, 31):
        post = PostFactory.create(published=True, year=2025, week=week)
        PostItemFactory.create(post=post, heading=f"Uke {week}", topic=Topic.EVENTS)
    seen, address = [], "/uka-oppsummert/tema/arrangementer/"
    while address:
        page = read(client, address)
        seen += headings(page)
        further = re.search(r'href="(\?etter=[^"]+)" rel="next"', page)
        address = f"/uka-oppsummert/tema/arrangementer/{further[1]}" if further else ""

    assert seen == [f"Uke {week}" for week in range(30, 0, -1)]


@pytest.mark.parametrize(("posts", "pieces"), [(2, 2), (30, 8)], ids=["few", "many"])
@pytest.mark.parametrize(
    ("name", "queries"),
    [
        ("posts:post_list", 5),
        ("posts:year_archive", 2),
        ("posts:topic_archive", 4),
        ("posts:company_archive", 4),
        ("posts:forum_archive", 5),
        # The feeds read the cards of all their pieces in one query, and the corrections in one.
        ("posts:feed", 5),
        ("posts:json_feed", 5),
        ("posts:topic_feed", 3),
        ("posts:topic_json_feed", 3),
    ],
)
def test_an_archive_costs_the_same_with_many_rows(
    client: Client, name: str, queries: int, posts: int, pieces: int, django_assert_num_queries
):
    company = MembershipFactory.create().company
    forum = ForumFactory.create()
    for week in range(1, posts + 1):
        post = PostFactory.create(published=True, year=2025, week=week)
        PostItemFactory.create_batch(
            pieces, post=post, topic=Topic.HOMES, company=company, forum=forum
        )
    about: dict[str, list[object]] = {
        "posts:year_archive": [2025],
        "posts:topic_archive": ["bolig"],
        "posts:topic_feed": ["bolig"],
        "posts:topic_json_feed": ["bolig"],
        "posts:company_archive": [company.slug],
        "posts:forum_archive": [forum.slug],
    }
    address = reverse(name, args=about.get(name, []))

    with django_assert_num_queries(queries):
        assert client.get(address).status_code == 200


def test_the_sitemap_holds_the_archives_that_have_something_in_them(client: Client):
    company = MembershipFactory.create().company
    MembershipFactory.create(company__name="Uomtalt AS")
    PostItemFactory.create(
        post=PostFactory.create(published=True, year=2025), topic=Topic.HOMES, company=company
    )

    page = read(client, "/sitemap-uka-oppsummert.xml")

    found = re.findall(r"<loc>http://[^/]+(/uka-[^<]+)</loc>", page)
    assert found == [
        "/uka-oppsummert/2025/",
        "/uka-oppsummert/tema/bolig/",
        f"/uka-oppsummert/bedrift/{company.slug}/",
    ]
