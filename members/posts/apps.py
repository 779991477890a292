from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PostsConfig(AppConfig):
    name = "members.posts"
    verbose_name = _("Uka oppsummert")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # What it tells of are models, which are there only now.
        from members.posts import newsletter  # noqa: PLC0415

        newsletter.register()
