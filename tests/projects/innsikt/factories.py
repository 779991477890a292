import datetime as dt
from decimal import Decimal

import factory

from projects.innsikt.models import Annotation, Indicator, NeedsSurvey, Observation, Ranking, Series
from projects.innsikt.periods import period_start

PUBLISHED = dt.datetime(2026, 1, 5, 8, tzinfo=dt.UTC)


class IndicatorFactory(factory.django.DjangoModelFactory[Indicator]):
    class Meta:
        model = Indicator

    slug = factory.Sequence(lambda n: f"indikator-{n}")
    title = factory.Sequence(lambda n: f"Indikator {n}")
    question = "Hvor mange?"
    unit = "personer"
    source_name = "Statistisk sentralbyrå"
    source_url = "https://www.ssb.no/statbank/table/01222"
    published_at = PUBLISHED


class SeriesFactory(factory.django.DjangoModelFactory[Series]):
    class Meta:
        model = Series

    indicator = factory.SubFactory(IndicatorFactory)
    key = factory.Sequence(lambda n: f"serie{n}")
    label = "Alle"
    is_main = True


class ObservationFactory(factory.django.DjangoModelFactory[Observation]):
    class Meta:
        model = Observation

    series = factory.SubFactory(SeriesFactory)
    period = "2023"
    period_start = factory.LazyAttribute(lambda o: period_start(o.period))
    value = Decimal(100)


class AnnotationFactory(factory.django.DjangoModelFactory[Annotation]):
    class Meta:
        model = Annotation

    indicator = factory.SubFactory(IndicatorFactory)
    date = dt.date(2019, 1, 1)
    text = "Programmet startet"


class RankingFactory(factory.django.DjangoModelFactory[Ranking]):
    class Meta:
        model = Ranking

    publisher = "NHO"
    index_name = "Kommune-NM"
    theme = "kompetanse"
    sub_index = "Kompetanse"
    year = factory.Sequence(lambda n: 2000 + n % 90)
    scope = "nation"
    scope_name = "Norge"
    rank = 1
    of_n = 356
    source_name = "NHO"


class NeedsSurveyFactory(factory.django.DjangoModelFactory[NeedsSurvey]):
    class Meta:
        model = NeedsSurvey

    slug = factory.Sequence(lambda n: f"kartlegging-{n}")
    title = factory.Sequence(lambda n: f"Kartlegging {n}")
    asked_whom = "Innflyttere"
    asked_from = dt.date(2026, 1, 1)
    asked_to = dt.date(2026, 1, 31)
    findings = "De fleste leter etter bolig."
    published_at = PUBLISHED


def series_of(values: dict[str, int | None], **fields: object) -> Series:
    """A main series with these figures; None is missing."""
    series = SeriesFactory.create(**fields)
    for period, value in values.items():
        ObservationFactory.create(
            series=series,
            period=period,
            value=None if value is None else Decimal(value),
            status=".." if value is None else "",
        )
    return series
