import datetime as dt
from typing import Any

import pytest

from members.companies.models import Company
from projects.bypuls.models import Answer, Event, Invitation, Question, SignUp
from projects.bypuls.signups.signup import (
    CompanyLimitError,
    NotAdmittedError,
    Outcome,
    Party,
    change_size,
    sign_up,
)
from tests.members.accounts.factories import UserFactory
from tests.members.companies.factories import (
    CompanyFactory,
    ForumFactory,
    MembershipFactory,
    SeatFactory,
)
from tests.projects.bypuls.factories import NOW, EventFactory

pytestmark = pytest.mark.django_db


def join(event: Event, email: str = "a@example.no", size: int = 1, **options: Any) -> Outcome:
    company = options.pop("company", None)
    party = Party(name="A", email=email, size=size, company_id=company.pk if company else None)
    return sign_up(event.pk, party, at=options.pop("at", NOW), **options)


def member() -> Company:
    return MembershipFactory.create(since_date=dt.date(2020, 1, 1)).company


def test_members_only_means_a_company_that_is_a_member_now():
    event = EventFactory.create(admission="members")
    former = MembershipFactory.create(
        since_date=dt.date(2020, 1, 1), until_date=dt.date(2025, 12, 31)
    ).company

    for company in (None, CompanyFactory.create(member=False), former):
        with pytest.raises(NotAdmittedError, match="medlemsbedrifter"):
            join(event, company=company)

    assert join(event, company=member()).state == "attending"


def test_members_come_first_and_everybody_after_that():
    until = NOW + dt.timedelta(days=1)
    event = EventFactory.create(members_first_until=until)

    with pytest.raises(NotAdmittedError, match=r"22\. november 2026 kl\. 12\.00"):
        join(event)
    join(event, "b@example.no", company=member())

    assert join(event, at=until).state == "attending"


def test_a_forum_event_is_for_those_who_have_a_seat_in_it_today():
    forum = ForumFactory.create()
    event = EventFactory.create(admission="forum", forum=forum)
    seat = SeatFactory.create(
        forum=forum,
        since_date=dt.date(2026, 1, 1),
        delegate=UserFactory.create(),
        deputy=UserFactory.create(),
    )
    former = SeatFactory.create(
        forum=forum,
        since_date=dt.date(2025, 1, 1),
        until_date=dt.date(2025, 12, 31),
        delegate=UserFactory.create(),
    )
    elsewhere = SeatFactory.create(since_date=dt.date(2026, 1, 1), delegate=UserFactory.create())
    forum.secretary = UserFactory.create()
    forum.save()

    for user in (None, UserFactory.create(), former.delegate, elsewhere.delegate):
        with pytest.raises(NotAdmittedError, match="har plass i"):
            join(event, user=user)
    for number, user in enumerate((seat.delegate, seat.deputy, forum.secretary)):
        assert join(event, f"p{number}@example.no", user=user).state == "attending"


def invitation(event: Event, **fields: object) -> Invitation:
    return Invitation.objects.create(event=event, email="kari@example.no", created_at=NOW, **fields)


@pytest.mark.parametrize("admission", ["invited", "members"])
def test_an_invitation_lets_its_owner_in_and_nobody_else(admission):
    event = EventFactory.create(admission=admission)
    mine = invitation(event)

    with pytest.raises(NotAdmittedError):
        join(event, "kari@example.no")
    with pytest.raises(NotAdmittedError, match="gjelder kari@example.no"):
        join(event, "ola@example.no", invitation=mine)
    with pytest.raises(NotAdmittedError):
        join(event, "kari@example.no", invitation=invitation(EventFactory.create()))

    assert join(event, "Kari@example.no", invitation=mine).state == "attending"


def test_an_invitation_that_was_withdrawn_lets_nobody_in():
    event = EventFactory.create(admission="invited")

    with pytest.raises(NotAdmittedError, match="trukket"):
        join(event, "kari@example.no", invitation=invitation(event, withdrawn_at=NOW))


def test_staff_sign_up_anybody_who_calls():
    event = EventFactory.create(admission="invited")

    assert join(event, by_staff=True).signup.is_by_staff


def test_no_company_gets_more_people_in_than_the_limit_whether_they_have_seats_or_wait():
    event = EventFactory.create(capacity=2, max_per_company=3, waiting_list_capacity=20)
    company, other = member(), member()
    first = join(event, "a@example.no", 2, company=company).signup

    with pytest.raises(CompanyLimitError, match="høyst 3"):
        join(event, "b@example.no", 2, company=company)
    assert join(event, "c@example.no", 1, company=company).state == "waiting"
    with pytest.raises(CompanyLimitError):
        join(event, "d@example.no", company=company, by_staff=True)
    with pytest.raises(CompanyLimitError):
        change_size(first.pk, 3, at=NOW)

    join(event, "e@example.no", 3, company=other)
    join(event, "f@example.no", 5)
    assert change_size(first.pk, 1, at=NOW).size == 1


def test_a_stranger_who_knows_an_address_hears_of_the_limit_as_everybody_does():
    event = EventFactory.create(max_per_company=1)
    company = member()
    join(event, company=company)

    outcome = join(event, company=company, at=NOW + dt.timedelta(days=1))

    assert "høyst 1" in outcome.problem


def test_a_double_click_by_the_last_of_a_company_is_one_sign_up():
    event = EventFactory.create(max_per_company=1)
    company = member()

    assert [join(event, company=company).is_new for _ in range(2)] == [True, False]


def test_answers_are_kept_with_the_sign_up_and_only_those_to_this_event():
    event = EventFactory.create(asks_company=True)
    asked = Question.objects.create(event=event, text="Hvilken økt?", purpose="Rom")
    blank = Question.objects.create(event=event, text="Noe mer?", purpose="Plan")
    foreign = Question.objects.create(event=EventFactory.create(), text="Annet?", purpose="Rom")
    answers = {asked.pk: "Den første", blank.pk: " ", foreign.pk: "Uvedkommende"}

    party = Party(name="A", email="a@example.no", shows_name=True, answers=answers)
    signup = sign_up(event.pk, party, at=NOW).signup

    assert SignUp.objects.get().shows_name
    assert list(Answer.objects.values_list("signup", "question", "text")) == [
        (signup.pk, asked.pk, "Den første")
    ]
