from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    name = "vekst.api"
    verbose_name = _("Åpne data")
    default_auto_field = "django.db.models.BigAutoField"
