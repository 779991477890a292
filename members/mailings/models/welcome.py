"""The series of mails that somebody new in Kongsberg gets, and who is on the way through it."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_prose_editor.fields import ProseEditorField

from members.mailings.models.newsletter_block import BlockKind
from members.mailings.models.subscriber import Subscriber, make_link_token
from vekst.richtext import sanitise

_EDITOR = {
    "extensions": {
        "Bold": True,
        "Italic": True,
        "BulletList": True,
        "OrderedList": True,
        "ListItem": True,
        "Heading": {"levels": [3, 4]},
        "Link": {"enableTarget": False, "protocols": ["http", "https", "mailto", "tel"]},
    }
}
# What the parts of a welcome mail can show; its own words stand in its text.
LIVE_KINDS = [choice for choice in BlockKind.choices if choice[0] != BlockKind.TEXT]


class WelcomeMail(models.Model):
    """
    One mail of the series: so many days after somebody chose to be greeted as new, with live parts.

    It goes only to those who began after `active_since_at`; nobody gets it for a choice of long ago.
    """

    days_after = models.PositiveSmallIntegerField(
        _("dager etter påmelding"),
        unique=True,
        validators=[MaxValueValidator(90)],
        help_text=_("0 er med en gang."),
    )
    title = models.CharField(_("emne"), max_length=150)
    title_en = models.CharField(
        _("emne på engelsk"), max_length=150, blank=True, help_text=_("Tomt: bokmål til alle.")
    )
    text = ProseEditorField(_("tekst"), config=_EDITOR, sanitize=sanitise)
    text_en = ProseEditorField(_("tekst på engelsk"), blank=True, config=_EDITOR, sanitize=sanitise)
    parts = ArrayField(
        models.CharField(max_length=20, choices=LIVE_KINDS),
        verbose_name=_("fra portalen"),
        default=list,
        db_default=[],
        blank=True,
        help_text=_("Vises som det er den dagen e-posten sendes."),
    )
    active_since_at = models.DateTimeField(
        _("i bruk siden"), null=True, blank=True, editable=False, help_text=_("Tomt: sendes ikke.")
    )

    class Meta:
        verbose_name = _("velkomst-e-post")
        verbose_name_plural = _("velkomstserien")
        constraints = [
            models.CheckConstraint(
                name="mailings_welcome_parts_valid",
                condition=Q(parts__contained_by=[value for value, _label in LIVE_KINDS]),
            ),
            models.CheckConstraint(
                name="mailings_welcome_english_whole",
                condition=Q(title_en="", text_en="") | (~Q(title_en="") & ~Q(text_en="")),
                violation_error_message=_(
                    "Skriv både emne og tekst på engelsk, eller ingen av dem."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def occasion(self) -> str:
        """What its deliveries are about in the ledger."""
        return f"welcome-{self.pk}"


class WelcomeJourney(models.Model):
    """One person's way through the series, once in a lifetime. The token stands in the link that ends it."""

    subscriber = models.OneToOneField(
        Subscriber, models.CASCADE, related_name="welcome_journey", verbose_name=_("abonnent")
    )
    source = models.CharField(_("hvor det ble valgt"), max_length=200)
    token = models.CharField(max_length=40, unique=True, default=make_link_token, editable=False)
    started_at = models.DateTimeField(_("begynte"))
    stopped_at = models.DateTimeField(_("stanset"), null=True, blank=True)

    class Meta:
        verbose_name = _("velkomst")
        verbose_name_plural = _("velkomster")
        indexes = [
            models.Index(
                fields=["started_at"],
                name="mailings_journey_open",
                condition=Q(stopped_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.subscriber_id} · {self.started_at:%Y-%m-%d}"
