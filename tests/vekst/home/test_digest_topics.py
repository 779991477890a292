import datetime

import pytest
from django.utils import translation

from members.mailings.digest_content import DIGEST_TOPICS, gather
from members.mailings.models import Topic
from members.mailings.newsletter_content import Block
from projects.bypuls.models import CaseUpdate, TransportCase
from projects.bypuls.models.choices import Audience, EventStatus
from projects.bypuls.models.choices import Topic as EventTopic
from tests.members.posts.factories import PostFactory
from tests.projects.bypuls.factories import EventFactory, VenueFactory
from tests.projects.digital_stemme.factories import HomeFactory, VacancyFactory
from tests.projects.kompetanse.factories import StudyProgrammeFactory
from tests.projects.ung.factories import MeetingPlaceFactory

pytestmark = pytest.mark.django_db

NOW = datetime.datetime(2026, 3, 16, 6, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)
WEEK_AGO = NOW - 7 * DAY


def block(topic: str) -> Block:
    return DIGEST_TOPICS[topic](WEEK_AGO, NOW)


def titles(topic: str) -> list[str]:
    return [item.title for item in block(topic).items]


def test_every_topic_has_somebody_who_tells_of_it_and_is_silent_when_there_is_nothing():
    assert set(DIGEST_TOPICS) == set(Topic)
    assert not any(block(topic).items for topic in Topic)


def test_only_what_came_since_the_last_one_is_told():
    for when, name in ((NOW - 8 * DAY, "gammel"), (NOW - DAY, "ny"), (NOW + DAY, "kommer")):
        HomeFactory.create(title=f"Bolig {name}", published_at=when)
        VacancyFactory.create(title=f"Stilling {name}", published_at=when)
        StudyProgrammeFactory.create(title=f"Studium {name}", published_at=when, deadline_on=None)
        MeetingPlaceFactory.create(name=f"Tilbud {name}", published_at=when)
        VenueFactory.create(name=f"Sted {name}", published_at=when)
    PostFactory.create(title="Uke 10", published=True, week=10, published_at=NOW - 8 * DAY)
    PostFactory.create(title="Uke 11", published=True, week=11, published_at=NOW - 2 * DAY)

    assert titles(Topic.HOMES)[-1:] == ["Bolig ny"]
    assert "Bolig gammel" not in titles(Topic.HOMES)
    assert "Stilling gammel" not in titles(Topic.JOBS)
    assert "Stilling ny" in titles(Topic.JOBS)
    assert titles(Topic.STUDIES) == ["Studium ny"]
    assert titles(Topic.YOUNG) == ["Tilbud ny"]
    assert titles(Topic.TOWN_LIFE) == ["Sted ny"]
    assert titles(Topic.WEEKLY) == ["Uke 11"]


def test_events_of_the_coming_days_and_no_cancelled_ones():
    EventFactory.create(title="Konsert", topic=EventTopic.CULTURE, starts_at=NOW + DAY)
    EventFactory.create(
        title="Unge ut", topic=EventTopic.BUSINESS, audience=Audience.YOUNG, starts_at=NOW + 2 * DAY
    )
    EventFactory.create(title="Senere", starts_at=NOW + 20 * DAY)
    EventFactory.create(title="Avlyst", starts_at=NOW + DAY, status=EventStatus.CANCELLED)

    assert titles(Topic.EVENTS) == ["Konsert", "Unge ut"]
    assert titles(Topic.TOWN_LIFE) == ["Konsert"]
    assert titles(Topic.YOUNG) == ["Unge ut"]


def test_a_deadline_that_is_near_is_told_though_the_offer_is_old():
    StudyProgrammeFactory.create(
        title="Frist snart",
        published_at=NOW - 90 * DAY,
        deadline_on=datetime.date(2026, 3, 20),
    )

    (item,) = block(Topic.STUDIES).items
    assert "20. mars 2026" in item.meta


def test_what_happened_in_a_transport_case():
    case = TransportCase.objects.create(
        title="Gangvei",
        slug="gangvei",
        text="x",
        owner="Kommunen",
        raised_on=datetime.date(2026, 1, 1),
        published_at=NOW - 30 * DAY,
    )
    for day, text in ((10, "Befaring"), (1, "For lenge siden")):
        CaseUpdate.objects.create(case=case, date=datetime.date(2026, 3, day), text=text)

    (item,) = block(Topic.TRANSPORT).items

    assert (item.title, item.text) == ("Gangvei", "Befaring")
    assert item.url.endswith("#gangvei")


def test_what_is_written_down_later_on_the_day_of_the_mail_is_told_the_week_after():
    case = TransportCase.objects.create(
        title="Gangvei",
        slug="gangvei",
        text="x",
        owner="Kommunen",
        raised_on=datetime.date(2026, 1, 1),
        published_at=NOW - 30 * DAY,
    )
    # Monday, a few hours after the mail went out.
    CaseUpdate.objects.create(case=case, date=datetime.date(2026, 3, 16), text="Vedtatt")

    weeks = [
        DIGEST_TOPICS[Topic.TRANSPORT](NOW + n * 7 * DAY, NOW + (n + 1) * 7 * DAY) for n in range(2)
    ]

    assert [[item.text for item in block.items] for block in weeks] == [["Vedtatt"], []]


def test_in_english_it_leads_to_the_english_pages():
    HomeFactory.create(title="Bolig", published_at=NOW - DAY)

    with translation.override("en"):
        found = block(Topic.HOMES)

    assert found.heading == "New homes"
    assert found.items[0].url.startswith("/en/")


def test_gathering_costs_the_same_with_more_to_tell(django_assert_num_queries):
    for _ in range(3):
        HomeFactory.create(published_at=NOW - DAY)
        EventFactory.create(starts_at=NOW + DAY, venue=VenueFactory.create(published_at=WEEK_AGO))
        StudyProgrammeFactory.create(published_at=NOW - DAY)

    # Eleven for the topics in each of two languages, and one for the letters.
    with django_assert_num_queries(23):
        gather(since=WEEK_AGO, letters_since=WEEK_AGO, until=NOW, at=NOW)
