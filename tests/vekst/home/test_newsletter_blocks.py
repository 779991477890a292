import datetime

import pytest

from members.mailings.models import BlockKind, NewsletterBlock
from members.mailings.newsletter_blocks.kinds import BLOCK_KINDS, block_of
from tests.projects.bypuls.factories import EventFactory

pytestmark = pytest.mark.django_db

NOW = datetime.datetime(2026, 3, 13, 9, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)


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
