"""The parts that an editor builds a newsletter of."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_prose_editor.fields import ProseEditorField

from members.mailings.models.newsletter import Newsletter
from vekst.richtext import sanitise


class BlockKind(models.TextChoices):
    """What a part shows."""

    POST = "post", _("Uka oppsummert")
    EVENTS = "events", _("Arrangementer")
    JOBS = "jobs", _("Ledige stillinger")
    HOMES = "homes", _("Boliger")
    INDICATOR = "indicator", _("Ukas tall")
    TEXT = "text", _("Egen tekst")


class NewsletterBlock(models.Model):
    """
    One part of a newsletter in the making, shown as its objects are just now.

    When the newsletter is sent, what the parts show is written into `Newsletter.blocks`; the database
    refuses any change of the parts afterwards.
    """

    newsletter = models.ForeignKey(
        Newsletter, models.CASCADE, related_name="parts", verbose_name=_("nyhetsbrev")
    )
    position = models.PositiveSmallIntegerField(_("rekkefølge"))
    kind = models.CharField(_("hva som vises"), max_length=20, choices=BlockKind)
    title = models.CharField(
        _("overskrift"), max_length=150, blank=True, help_text=_("Tomt: den vanlige overskriften.")
    )
    text = ProseEditorField(
        _("tekst"),
        blank=True,
        config={
            "extensions": {
                "Bold": True,
                "Italic": True,
                "BulletList": True,
                "OrderedList": True,
                "ListItem": True,
                "Heading": {"levels": [3, 4]},
                "Link": {"enableTarget": False, "protocols": ["http", "https", "mailto", "tel"]},
            }
        },
        sanitize=sanitise,
    )
    days_ahead = models.PositiveSmallIntegerField(
        _("dager framover"),
        default=14,
        validators=[MinValueValidator(1), MaxValueValidator(90)],
        help_text=_("Gjelder arrangementer."),
    )
    most = models.PositiveSmallIntegerField(
        _("høyst så mange"), default=8, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )

    class Meta:
        verbose_name = _("del av nyhetsbrev")
        verbose_name_plural = _("deler av nyhetsbrev")
        constraints = [
            models.CheckConstraint(
                name="mailings_newsletterblock_kind_valid", condition=Q(kind__in=BlockKind.values)
            ),
            models.UniqueConstraint(
                name="mailings_newsletterblock_order",
                fields=["newsletter", "position"],
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.get_kind_display()
