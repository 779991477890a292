from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortfolioConfig(AppConfig):
    name = "projects.portfolio"
    verbose_name = _("Portefølje")
    default_auto_field = "django.db.models.BigAutoField"
