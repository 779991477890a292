"""Live cards: true when they are read, and silent about what strangers may not see."""

import datetime as dt
import io
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from members.accounts.models import User
from members.mailings import newsletters
from members.mailings.models import Topic
from members.mailings.newsletter_blocks.kinds import content_of
from members.posts import cards
from members.posts.cards import CARD_KINDS, LiveCard, UnknownThingError
from members.posts.models import CardKind, Post, PostCard, PostItem
from members.posts.newsletter import newsletter_from_post
from projects.bypuls.events.changes import cancel_event
from projects.bypuls.models import Event, EventStatus, Publication
from projects.portfolio import reporting
from projects.portfolio.models import MeasureState
from tests.members.accounts.factories import UserFactory
from tests.members.companies.factories import CompanyFactory, MembershipFactory
from tests.members.posts.factories import PostFactory, PostItemFactory
from tests.projects.bypuls.factories import NOW, EventFactory
from tests.projects.digital_stemme.factories import HomeFactory, VacancyFactory
from tests.projects.portfolio.factories import (
    MeasureFactory,
    PlanFactory,
    ProjectFactory,
    StatusReportFactory,
)
from vekst.moderation import ModerationState
from vekst.pagecache.generation import GenerationReader
from vekst.pagecache.wsgi import PageCache

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


def card(kind: str, key: int, at: dt.datetime = NOW) -> LiveCard:
    return cards.live_cards([(kind, key)], at=at)[kind, key]


def event_card(at: dt.datetime = NOW, **fields) -> LiveCard:
    return card("event", EventFactory.create(**fields).pk, at)


# --- Events ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("fields", "label"),
    [
        ({"capacity": 100}, "Ledige plasser"),
        ({"seats_taken": 9}, "1 plass igjen"),
        ({"seats_taken": 10}, "Fullt – venteliste"),
        ({"seats_taken": 10, "waiting_list_capacity": 0}, "Fullt"),
        ({"status": EventStatus.CANCELLED, "status_reason": "Syk"}, "Avlyst"),
        ({"status": EventStatus.POSTPONED, "status_reason": "Syk"}, "Utsatt"),
        ({"starts_at": NOW - DAY}, "Er holdt"),
        (
            {"starts_at": NOW - DAY, "status": EventStatus.HELD, "attendance": 1042},
            "Holdt, 1 042 til stede",
        ),
        (
            {"starts_at": NOW - DAY, "status": EventStatus.CANCELLED, "attendance": 2},
            "Avlyst",
        ),
    ],
    ids=str,
)
def test_an_event_says_how_it_stands(fields, label):
    assert event_card(**fields).state_label.replace("\xa0", " ") == label


def test_a_moved_event_says_from_when_and_where_and_that_there_is_room():
    found = event_card(
        status=EventStatus.MOVED,
        previous_starts_at=NOW + 2 * DAY,
        previous_place="Krona",
        capacity=100,
    )

    assert found.state_label == "Flyttet · ledige plasser"
    assert "Flyttet fra 23. november 2026 kl. 12.00" in found.lines
    assert "Flyttet fra Krona" in found.lines


def test_a_cancelled_event_says_why():
    found = event_card(status=EventStatus.CANCELLED, status_reason="Foredragsholderen er syk.")

    assert "Foredragsholderen er syk." in found.lines
    assert found.tone == "danger"


def test_an_event_merged_into_another_shows_that_one():
    other = EventFactory.create(title="Den rette")
    twin = EventFactory.create(publication=Publication.WITHDRAWN, replaced_by=other)

    assert card("event", twin.pk).title == "Den rette"


# --- The others --------------------------------------------------------------------------------
def test_a_project_shows_the_gravest_value_of_its_newest_report():
    project = ProjectFactory.create()
    assert card("project", project.pk).state_label == ""
    for day, money in (("2026-03-31", "critical"), ("2026-06-30", "attention")):
        report = StatusReportFactory.create(
            project=project, period_ends_on=dt.date.fromisoformat(day), money=money
        )
        reporting.publish_status_report(
            report=report, by=UserFactory.create(), at=dt.datetime.fromisoformat(f"{day}T12:00Z")
        )

    assert card("project", project.pk).state_label == "Følges opp"


def test_a_measure_shows_its_state_and_a_deadline_that_has_passed():
    measure = MeasureFactory.create(
        state=MeasureState.ONGOING, progress=40, deadline=NOW.date() - DAY
    )

    found = card("measure", measure.pk)

    assert found.state_label == "Pågår"
    assert "40 % ferdig" in found.lines
    assert "Fristen var 20. november 2026" in found.lines


def test_a_home_and_a_vacancy_show_price_and_deadline():
    home = HomeFactory.create(expires_on=NOW.date() + DAY)
    job = VacancyFactory.create(expires_at=NOW + DAY, due_on=NOW.date() + DAY)

    assert "12 000 kr per måned" in " ".join(card("home", home.pk).lines).replace("\xa0", " ")
    assert "Søk innen 22. november 2026" in card("job", job.pk).lines


# --- Gone --------------------------------------------------------------------------------------
def something_gone(kind: str) -> tuple[int, str]:
    """Something of that kind that strangers may not see, and words of it that must not be seen."""
    secret = "Hemmelig tittel"
    match kind:
        case "event":
            return EventFactory.create(title=secret, publication=Publication.DRAFT).pk, secret
        case "project":
            return ProjectFactory.create(title=secret, draft=True).pk, secret
        case "measure":
            return MeasureFactory.create(
                title=secret, plan=PlanFactory.create(draft=True)
            ).pk, secret
        case "company":
            company = CompanyFactory.create(name=secret, member=False)
            until = timezone.localdate() - DAY
            MembershipFactory.create(company=company, until_date=until)
            return company.pk, secret
        case "home":
            return HomeFactory.create(title=secret, state=ModerationState.EXPIRED).pk, secret
        case _:
            expired = timezone.now() - DAY
            return VacancyFactory.create(title=secret, expires_at=expired).pk, secret


@pytest.mark.parametrize("kind", CardKind.values)
def test_what_is_gone_shows_a_plain_card_without_a_word_of_it(kind: str, client: Client):
    key, secret = something_gone(kind)
    item = PostItemFactory.create(post=PostFactory.create(published=True))
    PostCard.objects.create(item=item, kind=kind, key=key)

    page = client.get(item.post.get_absolute_url()).content.decode()

    assert "lenger" in page
    assert secret not in page
    assert secret not in client.get("/uka-oppsummert/feed/").content.decode()


@pytest.mark.parametrize("kind", CardKind.values)
def test_what_strangers_may_not_see_is_neither_found_nor_added(kind: str):
    key, secret = something_gone(kind)

    assert cards.search(kind, secret, at=timezone.now()) == []
    with pytest.raises(UnknownThingError):
        cards.add(item=PostItemFactory.create(), kind=kind, key=key, at=timezone.now(), by=None)


@pytest.mark.parametrize("kind", CardKind.values)
def test_a_thing_that_was_deleted_shows_a_plain_card(kind: str):
    assert card(kind, 987654321).is_gone


# --- In lists ----------------------------------------------------------------------------------
def some(kind: str) -> int:
    now = timezone.now()
    if kind == "event":
        return EventFactory.create(starts_at=now + DAY).pk
    factories: dict[str, Any] = {
        "project": ProjectFactory,
        "measure": MeasureFactory,
        "company": CompanyFactory,
        "home": HomeFactory,
        "job": VacancyFactory,
    }
    return factories[kind].create().pk


def test_each_kind_costs_one_query_whatever_the_number(django_assert_num_queries):
    wanted = [(kind, some(kind)) for kind in CardKind.values for _ in range(3)]

    with django_assert_num_queries(len(CardKind.values)):
        found = cards.live_cards(wanted, at=timezone.now())

    assert not any(live.is_gone for live in found.values())
    assert set(CARD_KINDS) == set(CardKind.values)


@pytest.mark.parametrize("kind", CardKind.values)
def test_search_finds_by_any_word_and_costs_two_queries_at_most(
    kind: str, django_assert_max_num_queries
):
    key = some(kind)
    title = card(kind, key, timezone.now()).title
    for _ in range(3):
        some(kind)

    with django_assert_max_num_queries(2):
        found = cards.search(kind, " ".join(reversed(title.split())), at=timezone.now())

    assert key in [thing.key for thing in found]
    assert cards.search(kind, "finnesikke", at=timezone.now()) == []


# --- Where they are read -----------------------------------------------------------------------
def a_post_with(event: Event) -> Post:
    item: PostItem = PostItemFactory.create(post=PostFactory.create(published=True))
    cards.add(item=item, kind="event", key=event.pk, at=timezone.now(), by=None)
    return item.post


def test_page_and_feed_show_the_card_and_english_words_on_the_english_page(client: Client):
    event = EventFactory.create(title="Frokost", starts_at=timezone.now() + DAY, capacity=100)
    post = a_post_with(event)

    page = client.get(post.get_absolute_url()).content.decode()
    english = client.get(f"/en{post.get_absolute_url()}").content.decode()
    feed = client.get("/uka-oppsummert/feed/").content.decode()

    assert "Ledige plasser" in page
    assert "Seats available" in english or "Free seats" in english
    assert '<a href="/en/arrangementer/' in english
    assert 'lang="nb">Frokost' in english
    assert "Arrangement: " in feed
    assert "(Ledige plasser)" in feed


@pytest.mark.parametrize(
    "address",
    ["{post}", "/uka-oppsummert/feed/", "/uka-oppsummert/tema/arrangementer/feed/"],
    ids=["page", "feed", "topic-feed"],
)
def test_what_stands_below_several_pieces_is_shown_once(client: Client, address: str):
    event = EventFactory.create(title="Frokost", starts_at=timezone.now() + DAY, capacity=100)
    post = a_post_with(event)
    again: PostItem = PostItemFactory.create(post=post)
    cards.add(item=again, kind="event", key=event.pk, at=timezone.now(), by=None)
    post.items.update(topic=Topic.EVENTS)

    page = client.get(address.format(post=post.get_absolute_url())).content.decode()

    assert page.count("Ledige plasser") == 1


def test_the_feeds_of_a_topic_show_the_card_too(client: Client):
    event = EventFactory.create(title="Frokost", starts_at=timezone.now() + DAY, capacity=100)
    a_post_with(event).items.update(topic=Topic.EVENTS)

    for name in ("posts:topic_feed", "posts:topic_json_feed"):
        feed = client.get(reverse(name, args=[Topic.EVENTS])).content.decode()
        assert "Arrangement: " in feed
        assert "(Ledige plasser)" in feed


def stranger(site: PageCache, path: str) -> str:
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "HTTP_HOST": "testserver",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
    }
    result = site(environ, lambda status, headers, exc_info=None: None)
    try:
        return b"".join(result).decode()
    finally:
        if hasattr(result, "close"):
            result.close()


@pytest.mark.django_db(transaction=True)
def test_a_cancelled_event_is_true_on_the_held_page_at_once(client: Client, time_machine):
    event = EventFactory.create(starts_at=timezone.now() + DAY, capacity=100)
    post = a_post_with(event)
    readers = [0]

    class Counted(WSGIHandler):
        def __call__(self, environ, start_response):
            readers[0] += 1
            return super().__call__(environ, start_response)

    def site() -> PageCache:
        # A process that has just read the generation, as all of them do four times a second.
        return PageCache(Counted(), reader, session_cookie="sessionid")

    reader = GenerationReader()
    cache = site()
    assert "Ledige plasser" in stranger(cache, post.get_absolute_url())
    stranger(cache, post.get_absolute_url())
    assert readers == [1]

    cancel_event(event.pk, reason="Foredragsholderen er syk.", at=timezone.now())
    reader._read_at = float("-inf")
    page = stranger(cache, post.get_absolute_url())

    assert readers == [2]
    assert "Avlyst" in page
    assert "Foredragsholderen er syk." in page
    assert "Ledige plasser" not in page


def test_a_newsletter_reads_cards_anew_until_it_is_sent_and_never_after(editor: User):
    event = EventFactory.create(title="Frokost", starts_at=timezone.now() + DAY, capacity=100)
    gone = EventFactory.create(title="Borte", starts_at=timezone.now() + DAY)
    post = a_post_with(event)
    cards.add(item=post.items.get(), kind="event", key=gone.pk, at=timezone.now(), by=None)
    newsletter = newsletter_from_post(post=post, at=timezone.now(), by=editor)

    Event.objects.filter(pk=event.pk).update(seats_taken=100, waiting_list_capacity=0)
    Event.objects.filter(pk=gone.pk).update(publication=Publication.DRAFT)
    newsletters.start(newsletter=newsletter, at=timezone.now(), by=editor)
    newsletter.refresh_from_db()
    Event.objects.filter(pk=event.pk).update(seats_taken=0)

    assert newsletter.body is not None
    text = newsletter.body.text
    assert "Arrangement · Fullt" in text
    assert "Borte" not in text
    assert "Ledige plasser" not in text
    [block] = [
        block for block in content_of(newsletter, at=timezone.now()) if "uka" in block.heading
    ]
    assert [item.meta for item in block.items if item.live] == ["Arrangement · Fullt"]
