from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DigitalStemmeConfig(AppConfig):
    name = "projects.digital_stemme"
    verbose_name = _("Én Digital Stemme")
    default_auto_field = "django.db.models.BigAutoField"
