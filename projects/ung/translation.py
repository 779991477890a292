"""Texts that have an English version beside the Bokmål."""

from modeltranslation.translator import TranslationOptions, register
from simple_history import register as keep_history

from projects.ung.models import MeetingPlace, MentorScheme


@register(MeetingPlace)
class MeetingPlaceTranslation(TranslationOptions):
    """Everything a newcomer reads; names of places stay."""

    fields = ("name", "for_whom", "about", "where_text", "when_text", "cost_text")


@register(MentorScheme)
class MentorSchemeTranslation(TranslationOptions):
    """What the scheme is about."""

    fields = ("title", "about")


# Only now do the models have their English columns, which the history must copy too.
keep_history(MeetingPlace, excluded_fields=["updated_at"])
keep_history(MentorScheme, excluded_fields=["updated_at"])
