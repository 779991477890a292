import datetime as dt

import factory

from projects.portfolio.models import (
    AnnualReport,
    Challenge,
    Decision,
    Funding,
    MainProject,
    Measure,
    MeasureUpdate,
    Milestone,
    Phase,
    Plan,
    Project,
    ProjectGoal,
    Risk,
    StatusReport,
)

LONG_AGO = dt.datetime(2024, 1, 1, 12, tzinfo=dt.UTC)


class ChallengeFactory(factory.django.DjangoModelFactory[Challenge]):
    class Meta:
        model = Challenge

    number = factory.Sequence(lambda n: n + 1)
    title = factory.Sequence(lambda n: f"Utfordring {n}")
    slug = factory.Sequence(lambda n: f"utfordring-{n}")


class ProjectFactory(factory.django.DjangoModelFactory[Project]):
    class Meta:
        model = Project

    class Params:
        draft = factory.Trait(published_at=None)

    title = factory.Sequence(lambda n: f"Prosjekt {n}")
    slug = factory.Sequence(lambda n: f"prosjekt-{n}")
    main_project = MainProject.BYPULS
    phase = Phase.EXECUTION
    published_at = LONG_AGO


class ProjectGoalFactory(factory.django.DjangoModelFactory[ProjectGoal]):
    class Meta:
        model = ProjectGoal

    project = factory.SubFactory(ProjectFactory)
    text = factory.Sequence(lambda n: f"Mål {n}")


class FundingFactory(factory.django.DjangoModelFactory[Funding]):
    class Meta:
        model = Funding

    project = factory.SubFactory(ProjectFactory)
    funder = factory.Sequence(lambda n: f"Giver {n}")
    amount_nok = 100_000


class MilestoneFactory(factory.django.DjangoModelFactory[Milestone]):
    class Meta:
        model = Milestone

    project = factory.SubFactory(ProjectFactory)
    title = factory.Sequence(lambda n: f"Milepæl {n}")
    due_on = dt.date(2026, 6, 1)


class RiskFactory(factory.django.DjangoModelFactory[Risk]):
    class Meta:
        model = Risk

    project = factory.SubFactory(ProjectFactory)
    title = factory.Sequence(lambda n: f"Risiko {n}")
    probability_before = 4
    consequence_before = 4


class StatusReportFactory(factory.django.DjangoModelFactory[StatusReport]):
    class Meta:
        model = StatusReport

    project = factory.SubFactory(ProjectFactory)
    period_starts_on = dt.date(2026, 1, 1)
    period_ends_on = dt.date(2026, 3, 31)
    summary = "Arbeidet går som planlagt."


class PlanFactory(factory.django.DjangoModelFactory[Plan]):
    class Meta:
        model = Plan

    class Params:
        draft = factory.Trait(published_at=None)

    title = factory.Sequence(lambda n: f"Plan {n}")
    slug = factory.Sequence(lambda n: f"plan-{n}")
    period_from = 2024
    period_to = 2028
    published_at = LONG_AGO


class DecisionFactory(factory.django.DjangoModelFactory[Decision]):
    class Meta:
        model = Decision

    title = factory.Sequence(lambda n: f"Sak {n}")
    body = "Formannskapet"
    decided_on = dt.date(2024, 5, 29)


class MeasureFactory(factory.django.DjangoModelFactory[Measure]):
    class Meta:
        model = Measure

    plan = factory.SubFactory(PlanFactory)
    number = factory.Sequence(lambda n: n + 1)
    title = factory.Sequence(lambda n: f"Tiltak {n}")
    organisation = "Kongsberg kommune"


class MeasureUpdateFactory(factory.django.DjangoModelFactory[MeasureUpdate]):
    class Meta:
        model = MeasureUpdate

    measure = factory.SubFactory(MeasureFactory)
    happened_on = dt.date(2026, 2, 1)
    text = "Arbeidet er i gang."


class AnnualReportFactory(factory.django.DjangoModelFactory[AnnualReport]):
    class Meta:
        model = AnnualReport

    plan = factory.SubFactory(PlanFactory)
    year = factory.Sequence(lambda n: 2020 + n)
    summary = "Året oppsummert."
