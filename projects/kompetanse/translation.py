from modeltranslation.translator import TranslationOptions, register

from projects.kompetanse.models import StudyProgramme


@register(StudyProgramme)
class StudyProgrammeTranslation(TranslationOptions):
    fields = ("title", "description")
