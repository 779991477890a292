from modeltranslation.translator import TranslationOptions, register

from members.companies.models import Company, Forum


@register(Company)
class CompanyTranslation(TranslationOptions):
    fields = ("description",)


@register(Forum)
class ForumTranslation(TranslationOptions):
    fields = ("mandate", "summary")
