"""Fields of the portfolio that can also be written in English."""

from modeltranslation.translator import TranslationOptions, register, translator

from projects.portfolio.models import Challenge, Measure, Plan, Project


@register(Challenge)
class ChallengeTranslation(TranslationOptions):
    fields = ("title", "summary", "body")


@register(Project)
class ProjectTranslation(TranslationOptions):
    fields = ("title", "summary", "body")


@register(Plan)
class PlanTranslation(TranslationOptions):
    fields = ("title", "summary")


@register(Measure)
class MeasureTranslation(TranslationOptions):
    fields = ("title",)


# History keeps every language too: a row of history is made of all fields of the model, and comparing
# two rows looks at `tracked_fields`, which is gathered before the translated fields exist.
for _model, _history, _options in [
    (Challenge, Challenge.history.model, ChallengeTranslation),
    (Project, Project.history.model, ProjectTranslation),
    (Plan, Plan.history.model, PlanTranslation),
    (Measure, Measure.history.model, MeasureTranslation),
]:
    translator.register(_history, _options)
    _history.tracked_fields = [
        field for field in _history.tracked_fields if field.name not in _options.fields
    ] + [
        _model._meta.get_field(f"{name}_{language}")
        for name in _options.fields
        for language in ("nb", "en")
    ]
