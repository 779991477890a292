import datetime

import factory

from members.companies.models import (
    Company,
    Contact,
    ContactRole,
    Forum,
    Meeting,
    MeetingState,
    Membership,
    Minutes,
    MinutesVisibility,
    Seat,
)
from members.companies.orgnr import is_valid_orgnr
from tests.members.accounts.factories import UserFactory


def orgnr(n: int) -> str:
    """The n-th synthetic organisation number; those from 31 0… are not issued."""
    base = 31000100 + n * 2
    found = [f"{base}{digit}" for digit in range(10) if is_valid_orgnr(f"{base}{digit}")]
    if not found:
        base += 1
        found = [f"{base}{digit}" for digit in range(10) if is_valid_orgnr(f"{base}{digit}")]
    return found[0]


class CompanyFactory(factory.django.DjangoModelFactory[Company]):
    """A company; `member=False` for one that is not in the association."""

    class Meta:
        model = Company
        skip_postgeneration_save = True

    orgnr = factory.Sequence(orgnr)
    name = factory.Sequence(lambda n: f"Eksempel {n} AS")
    slug = factory.Sequence(lambda n: f"eksempel-{n}")

    @factory.post_generation
    def member(self: Company, create: bool, extracted: bool | None, **kwargs: object) -> None:
        if extracted is not False:
            MembershipFactory.create(company=self)


class MembershipFactory(factory.django.DjangoModelFactory[Membership]):
    class Meta:
        model = Membership

    company = factory.SubFactory(CompanyFactory, member=False)
    since_date = datetime.date(2020, 1, 1)


class CompanyContactFactory(factory.django.DjangoModelFactory[Contact]):
    """A contact of a company, with a user."""

    class Meta:
        model = Contact

    company = factory.SubFactory(CompanyFactory)
    user = factory.SubFactory(UserFactory)
    role = ContactRole.EDITOR
    since_date = datetime.date(2020, 1, 1)


class ForumFactory(factory.django.DjangoModelFactory[Forum]):
    class Meta:
        model = Forum

    name = factory.Sequence(lambda n: f"Forum {n}")
    slug = factory.Sequence(lambda n: f"forum-{n}")
    mandate = "Møtes og blir enige."


class SeatFactory(factory.django.DjangoModelFactory[Seat]):
    class Meta:
        model = Seat

    forum = factory.SubFactory(ForumFactory)
    company = factory.SubFactory(CompanyFactory)
    since_date = datetime.date(2020, 1, 1)


class MeetingFactory(factory.django.DjangoModelFactory[Meeting]):
    class Meta:
        model = Meeting

    forum = factory.SubFactory(ForumFactory)
    starts_at = datetime.datetime(2026, 3, 2, 8, 0, tzinfo=datetime.UTC)
    place = "Krona"
    state = MeetingState.HELD


class MinutesFactory(factory.django.DjangoModelFactory[Minutes]):
    """Closed and approved minutes; `visibility="offentlig"` for public ones."""

    class Meta:
        model = Minutes

    meeting = factory.SubFactory(MeetingFactory)
    title = factory.Sequence(lambda n: f"Referat {n}")
    visibility = MinutesVisibility.CLOSED
    approved_at = datetime.datetime(2026, 3, 9, 8, 0, tzinfo=datetime.UTC)
