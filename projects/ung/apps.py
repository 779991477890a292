from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UngConfig(AppConfig):
    name = "projects.ung"
    verbose_name = _("Ung i Kongsberg")
    default_auto_field = "django.db.models.BigAutoField"
