"""What came back about mail that was sent."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.mailings.models.delivery import Delivery


class BounceKind(models.TextChoices):
    """What a return says. Only the first three say that the message did not arrive."""

    HARD = "hard", _("Adressen finnes ikke")
    SOFT = "soft", _("Kunne ikke tas imot nå")
    REFUSED = "refused", _("Avvist, men ikke på grunn av adressen")
    COMPLAINT = "complaint", _("Meldt som søppelpost")
    DELAYED = "delayed", _("Forsinket")


class BounceSource(models.TextChoices):
    """Who told us."""

    PROVIDER = "provider", _("E-postleverandøren")
    MAILBOX = "mailbox", _("Returpostkassen")
    SERVER = "server", _("Tjeneren vi sender gjennom")


# The message did not arrive, whoever is to blame.
FAILED_KINDS = (BounceKind.HARD, BounceKind.SOFT, BounceKind.REFUSED)


class Bounce(models.Model):
    """
    One thing that came back about one message: that it did not arrive, that it waits, or a complaint.

    A message has one row of each kind at most, so what is told twice, by a webhook sent again or by a
    mail read again, changes nothing. `forgiven_at` is when a later message arrived at the same address.
    """

    delivery = models.ForeignKey(
        Delivery, models.CASCADE, related_name="bounces", verbose_name=_("utsendelse")
    )
    kind = models.CharField(_("hva"), max_length=20, choices=BounceKind)
    source = models.CharField(_("meldt av"), max_length=20, choices=BounceSource)
    detail = models.CharField(_("hva tjeneren svarte"), max_length=500, blank=True)
    happened_at = models.DateTimeField(_("skjedde"))
    received_at = models.DateTimeField(_("meldt"))
    forgiven_at = models.DateTimeField(
        _("teller ikke lenger"),
        null=True,
        blank=True,
        help_text=_("En senere melding kom frem til samme adresse, eller sperren ble opphevet."),
    )

    class Meta:
        verbose_name = _("retur")
        verbose_name_plural = _("returer")
        constraints = [
            models.UniqueConstraint(
                fields=["delivery", "kind"], name="mailings_bounce_once_per_message"
            ),
            models.CheckConstraint(
                name="mailings_bounce_kind_valid", condition=Q(kind__in=BounceKind.values)
            ),
            models.CheckConstraint(
                name="mailings_bounce_source_valid", condition=Q(source__in=BounceSource.values)
            ),
        ]
        indexes = [
            # What came in lately, and what is old enough to go.
            models.Index(fields=["received_at"], name="mailings_bounce_received"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.happened_at:%Y-%m-%d}"
