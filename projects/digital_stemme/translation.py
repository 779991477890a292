"""What newcomers may read in English, and how the changes of listings are kept."""

from modeltranslation.translator import TranslationOptions, register
from simple_history import register as keep_history

from projects.digital_stemme.models import Home, Vacancy


@register(Home)
class HomeTranslation(TranslationOptions):
    """A home's texts in two languages."""

    fields = ("title", "description")


@register(Vacancy)
class VacancyTranslation(TranslationOptions):
    """A vacancy's texts in two languages."""

    fields = ("title", "summary", "description")


# Here and not in the models, so that the history holds the English columns too. What is personal stays
# out of it: a contact that is deleted must be gone everywhere, and so must NAV's raw answer.
_PERSONAL = ["contact_name", "contact_email", "contact_phone", "submission_key"]
keep_history(
    Home,
    app="projects.digital_stemme",
    excluded_fields=[*_PERSONAL, "sort_amount", "sort_area", "search"],
)
keep_history(
    Vacancy,
    app="projects.digital_stemme",
    excluded_fields=[*_PERSONAL, "raw", "sort_due_on", "search"],
)
