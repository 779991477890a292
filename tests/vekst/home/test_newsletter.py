import datetime

import pytest

from members.mailings.newsletter_blocks.kinds import content_of
from members.mailings.newsletter_content import EXTRA_BLOCKS, extra_blocks
from members.mailings.newsletters import build_newsletter
from projects.bypuls.events.changes import cancel_event
from projects.bypuls.models.event import Publication
from tests.projects.bypuls.factories import EventFactory
from vekst.home.newsletter import MOST_EVENTS, coming_events

pytestmark = pytest.mark.django_db

NOW = datetime.datetime(2026, 3, 13, 9, tzinfo=datetime.UTC)


def make(title: str, days: int, **fields: object):
    starts = NOW + datetime.timedelta(days=days)
    return EventFactory.create(
        title=title, starts_at=starts, ends_at=starts + datetime.timedelta(hours=2), **fields
    )


def test_the_newsletter_gets_the_public_events_of_two_weeks():
    make("Quiz", 3)
    make("Frokostmøte", 1)
    make("I går", -1)
    make("Om en måned", 30)
    make("Hemmelig", 2, publication=Publication.DRAFT)

    (block,) = coming_events(NOW)

    assert [item.title for item in block.items] == ["Frokostmøte", "Quiz"]
    assert block.items[0].meta.startswith("14. mars 2026 kl. 10.00")
    assert block.items[0].url.startswith("/arrangementer/")


def test_no_events_make_no_block():
    assert "events" in EXTRA_BLOCKS
    assert extra_blocks(at=NOW) == []


def test_many_events_cost_one_query(django_assert_num_queries):
    for day in range(1, 13):
        make(f"Arrangement {day}", day)

    with django_assert_num_queries(1):
        (block,) = coming_events(NOW)
    assert len(block.items) == MOST_EVENTS


def test_what_is_called_off_before_the_newsletter_goes_out_is_not_in_it(editor):
    event = make("Avlyst i siste liten", 2)
    newsletter = build_newsletter(title="Uka", intro="Kort.", blocks=[], at=NOW, by=editor)
    assert content_of(newsletter, at=NOW)[0].items[0].title == "Avlyst i siste liten"

    cancel_event(event.pk, reason="Syk.", at=NOW)

    assert content_of(newsletter, at=NOW) == []
