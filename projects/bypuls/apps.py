from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BypulsConfig(AppConfig):
    name = "projects.bypuls"
    verbose_name = _("ByPuls")
    default_auto_field = "django.db.models.BigAutoField"
