from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KompetanseConfig(AppConfig):
    name = "projects.kompetanse"
    verbose_name = _("KompetanseMagneten")
    default_auto_field = "django.db.models.BigAutoField"
