from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HomeConfig(AppConfig):
    name = "vekst.home"
    verbose_name = _("Forside")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # The newsletter's blocks come from models, which are there only now.
        from vekst.home import digest_topics, newsletter, newsletter_blocks  # noqa: PLC0415

        newsletter.register()
        newsletter_blocks.register()
        digest_topics.register()
