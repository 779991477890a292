from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MailingsConfig(AppConfig):
    name = "members.mailings"
    verbose_name = _("Utsendelser")
    default_auto_field = "django.db.models.BigAutoField"
