from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PagecacheConfig(AppConfig):
    name = "vekst.pagecache"
    verbose_name = _("Sidelager")
    default_auto_field = "django.db.models.BigAutoField"
