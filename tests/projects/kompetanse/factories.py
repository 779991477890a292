import datetime

import factory

from projects.kompetanse.models import (
    Application,
    BoardMember,
    CompetenceNeed,
    Field,
    GrantRound,
    Level,
    Party,
    Provider,
    RoundState,
    StudyProgramme,
    SurveyRound,
    TargetGroup,
)
from tests.members.accounts.factories import UserFactory
from tests.members.companies.factories import CompanyFactory, orgnr

AT = datetime.datetime(2026, 11, 20, 12, 0, tzinfo=datetime.UTC)


class ProviderFactory(factory.django.DjangoModelFactory[Provider]):
    class Meta:
        model = Provider

    name = factory.Sequence(lambda n: f"Eksempel høgskole {n}")
    slug = factory.Sequence(lambda n: f"hogskole-{n}")


class StudyProgrammeFactory(factory.django.DjangoModelFactory[StudyProgramme]):
    class Meta:
        model = StudyProgramme

    title = factory.Sequence(lambda n: f"Eksempelstudium {n}")
    slug = factory.Sequence(lambda n: f"studium-{n}")
    provider = factory.SubFactory(ProviderFactory)
    level = Level.BACHELOR
    field = Field.ICT
    url = "https://example.no/studium"
    published_at = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


class SurveyRoundFactory(factory.django.DjangoModelFactory[SurveyRound]):
    class Meta:
        model = SurveyRound

    title = factory.Sequence(lambda n: f"Behovsrunde {n}")
    opens_on = datetime.date(2026, 1, 1)
    closes_on = datetime.date(2099, 12, 31)
    published_at = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


class CompetenceNeedFactory(factory.django.DjangoModelFactory[CompetenceNeed]):
    class Meta:
        model = CompetenceNeed

    survey_round = factory.SubFactory(SurveyRoundFactory)
    company = factory.SubFactory(CompanyFactory)
    field = Field.ICT
    level = Level.BACHELOR
    headcount = 3
    needed_by_year = 2028
    reported_at = AT


class GrantRoundFactory(factory.django.DjangoModelFactory[GrantRound]):
    """An open round of a million kroner."""

    class Meta:
        model = GrantRound

    title = factory.Sequence(lambda n: f"Eksempelrunde {n}")
    slug = factory.Sequence(lambda n: f"runde-{n}")
    text = "Søk om penger til kurs."
    frame_nok = 1_000_000
    opens_at = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    closes_at = datetime.datetime(2099, 1, 1, tzinfo=datetime.UTC)
    state = RoundState.OPEN
    published_at = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


class ApplicationFactory(factory.django.DjangoModelFactory[Application]):
    class Meta:
        model = Application

    grant_round = factory.SubFactory(GrantRoundFactory)
    orgnr = factory.Sequence(lambda n: orgnr(5000 + n))
    organisation = factory.Sequence(lambda n: f"Eksempel Søker {n} AS")
    amount_nok = 100_000
    course_title = factory.Sequence(lambda n: f"Kurs {n}")
    course_description = "Tre dager om roboter."
    target_group = TargetGroup.EMPLOYED
    headcount = 10
    contact_name = "Kari Søker"
    contact_email = factory.Sequence(lambda n: f"soker{n}@example.no")
    submitted_at = AT


class BoardMemberFactory(factory.django.DjangoModelFactory[BoardMember]):
    class Meta:
        model = BoardMember

    user = factory.SubFactory(UserFactory)
    party = Party.INDUSTRY
    since_date = datetime.date(2020, 1, 1)
