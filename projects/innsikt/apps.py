from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InnsiktConfig(AppConfig):
    name = "projects.innsikt"
    verbose_name = _("Innsikt")
    default_auto_field = "django.db.models.BigAutoField"
