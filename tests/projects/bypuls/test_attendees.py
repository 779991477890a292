"""The list of attendees holds those who have said yes, where the event shows it."""

import pytest

from projects.bypuls.models import AttendeeList
from projects.bypuls.signups import check_in
from projects.bypuls.signups.attendees import shown_attendees
from tests.members.companies.factories import CompanyFactory
from tests.projects.bypuls.factories import NOW, EventFactory, SignUpFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("setting", "for_participant", "is_shown"),
    [
        (AttendeeList.PUBLIC, False, True),
        (AttendeeList.PUBLIC, True, True),
        (AttendeeList.PARTICIPANTS, True, True),
        (AttendeeList.PARTICIPANTS, False, False),
        (AttendeeList.HIDDEN, True, False),
        (AttendeeList.HIDDEN, False, False),
    ],
)
def test_the_event_decides_who_sees_the_list(setting, for_participant: bool, is_shown: bool):
    event = EventFactory.create(attendee_list=setting)
    SignUpFactory.create(event=event, shows_name=True)

    assert bool(shown_attendees(event, for_participant=for_participant)) == is_shown


def test_only_those_with_a_seat_who_said_yes_are_named(django_assert_num_queries):
    event = EventFactory.create(attendee_list=AttendeeList.PUBLIC)
    company = CompanyFactory.create(name="Eksempel AS")
    SignUpFactory.create(
        event=event, name="Kari", shows_name=True, size=2, companions="Ola", company=company
    )
    SignUpFactory.create(event=event, name="Stille")
    SignUpFactory.create(event=event, name="Venter", shows_name=True, state="waiting")
    SignUpFactory.create(
        event=event, name="Borte", shows_name=True, state="cancelled", cancelled_at=NOW
    )
    SignUpFactory.create(event=event, name="", email="", anonymised_at=NOW, shows_name=True, size=1)
    check_in.walk_in(event.pk, size=1, name="Innom", at=NOW, by=None)

    with django_assert_num_queries(1):
        found = shown_attendees(event, for_participant=False)

    assert [(one.name, one.company, one.size) for one in found] == [("Kari", "Eksempel AS", 2)]
