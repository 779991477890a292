from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PostsConfig(AppConfig):
    name = "members.posts"
    verbose_name = _("Uka oppsummert")
    default_auto_field = "django.db.models.BigAutoField"
