from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CompaniesConfig(AppConfig):
    name = "members.companies"
    verbose_name = _("Bedrifter og forum")
    default_auto_field = "django.db.models.BigAutoField"
