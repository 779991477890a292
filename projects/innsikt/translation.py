"""Texts that have an English version beside the Bokmål."""

from modeltranslation.translator import TranslationOptions, register
from simple_history import register as keep_history

from projects.innsikt.models import Annotation, Indicator, NeedsSurvey, Observation, Ranking, Series


@register(Indicator)
class IndicatorTranslation(TranslationOptions):
    """What the page says; the figures' source keeps its own name."""

    fields = ("title", "question", "unit", "conclusion", "method")


@register(Series)
class SeriesTranslation(TranslationOptions):
    """The names in chart and table."""

    fields = ("label",)


@register(Observation)
class ObservationTranslation(TranslationOptions):
    """Why a figure is special."""

    fields = ("note",)


@register(Annotation)
class AnnotationTranslation(TranslationOptions):
    """What happened."""

    fields = ("text",)


@register(Ranking)
class RankingTranslation(TranslationOptions):
    """The theme and the note; publisher and index keep their names."""

    fields = ("sub_index", "scope_name", "note")


@register(NeedsSurvey)
class NeedsSurveyTranslation(TranslationOptions):
    """The whole text."""

    fields = ("title", "asked_whom", "findings")


# Only now do the models have their English columns, which the history must copy too.
keep_history(
    Indicator,
    excluded_fields=["updated_at", "table_updated_at", "fetched_at", "failed_at", "fetched_url"],
)
keep_history(NeedsSurvey)
