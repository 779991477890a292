"""Fields of the portfolio that can also be written in English."""

from modeltranslation.translator import TranslationOptions, register

from projects.portfolio.models import Project


@register(Project)
class ProjectTranslation(TranslationOptions):
    fields = ("title", "summary", "body")
