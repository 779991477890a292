from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "members.accounts"
    verbose_name = _("Brukere")
    default_auto_field = "django.db.models.BigAutoField"
