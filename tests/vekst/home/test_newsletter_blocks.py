import datetime

import pytest
from django.utils import translation

from members.mailings.models import BlockKind, NewsletterBlock
from members.mailings.newsletter_blocks.kinds import BLOCK_KINDS, block_of
from projects.bypuls.models.choices import EventStatus
from tests.projects.bypuls.factories import EventFactory
from tests.projects.digital_stemme.factories import HomeFactory, VacancyFactory
from tests.projects.innsikt.factories import IndicatorFactory

pytestmark = pytest.mark.django_db

NOW = datetime.datetime(2026, 3, 13, 9, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)
HOUR = datetime.timedelta(hours=1)
LISTS = [BlockKind.EVENTS, BlockKind.HOMES, BlockKind.JOBS, BlockKind.INDICATOR]


def part(kind: str, **fields) -> NewsletterBlock:
    return NewsletterBlock(kind=kind, position=0, **fields)


def test_every_kind_has_somebody_who_shows_it_and_is_left_out_when_there_is_nothing():
    assert set(BLOCK_KINDS) == set(BlockKind)
    for kind in BlockKind:
        assert not block_of(part(kind), at=NOW).items, kind


def test_events_of_the_days_ahead_the_first_ones_first(django_assert_num_queries):
    for days in (20, 3, 1, 2):
        EventFactory.create(title=f"Om {days}", starts_at=NOW + days * DAY)

    with django_assert_num_queries(1):
        block = block_of(part("events", days_ahead=14, most=2, title="Kom"), at=NOW)

    assert block.heading == "Kom"
    assert [item.title for item in block.items] == ["Om 1", "Om 2"]


def test_what_is_called_off_is_not_in_the_letter():
    EventFactory.create(title="Avlyst", starts_at=NOW + DAY, status=EventStatus.CANCELLED)
    EventFactory.create(title="Utsatt", starts_at=NOW + DAY, status=EventStatus.POSTPONED)
    EventFactory.create(title="Quiz", starts_at=NOW + DAY, place="Scenerommet")

    (item,) = block_of(part("events", days_ahead=14, most=8), at=NOW).items

    assert item.title == "Quiz"
    assert item.meta.endswith("Scenerommet")


def test_in_an_english_letter_everything_leads_to_english_pages():
    EventFactory.create(starts_at=NOW + DAY)
    HomeFactory.create(published_at=NOW - DAY)
    VacancyFactory.create(published_at=NOW - DAY)
    IndicatorFactory.create(conclusion="Flere flytter hit.")

    with translation.override("en"):
        blocks = [block_of(part(kind, days_ahead=14, most=8), at=NOW) for kind in LISTS]

    for kind, block in zip(LISTS, blocks, strict=True):
        assert block.items[0].url.startswith("/en/"), kind
        assert block.link_url.startswith("/en/"), kind


def test_the_figure_of_the_week_is_the_same_from_monday_to_sunday():
    for number in range(3):
        IndicatorFactory.create(conclusion=f"Nummer {number}")
    # From half past midnight on a Monday until late on a Sunday in Norway.
    monday = datetime.datetime(2026, 3, 8, 23, 30, tzinfo=datetime.UTC)
    shown = [
        block_of(part("indicator"), at=monday + hours * HOUR).items[0].text
        for hours in (0, 1, 24, 7 * 24 - 1)
    ]

    assert len(set(shown)) == 1
    assert block_of(part("indicator"), at=monday + 7 * DAY).items[0].text != shown[0]
