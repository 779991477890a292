from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HomeConfig(AppConfig):
    name = "vekst.home"
    verbose_name = _("Forside")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # What these read comes from models, which are there only now.
        from vekst.home import (  # noqa: PLC0415
            cards,
            digest_topics,
            editorial_calendar,
            mentions,
            newsletter,
            newsletter_blocks,
            related,
        )
        from vekst.home.proposals import registering as proposals  # noqa: PLC0415

        editorial_calendar.register()
        mentions.register()
        related.register()
        newsletter.register()
        newsletter_blocks.register()
        digest_topics.register()
        cards.register()
        proposals.register()
