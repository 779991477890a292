"""Addresses that the portal no longer writes to of its own accord."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class SuppressionReason(models.TextChoices):
    """Why an address is left alone."""

    HARD_BOUNCE = "hard-bounce", _("Adressen finnes ikke")
    SOFT_BOUNCES = "soft-bounces", _("Tok ikke imot mange ganger på rad")
    COMPLAINT = "complaint", _("Meldt som søppelpost")
    MANUAL = "manual", _("Sperret av redaksjonen")


class Suppression(models.Model):
    """
    One address that gets only mail it must have, such as a seat confirmation.

    Lifting it is a timestamp and not a deletion, so that it can be seen why an address was left alone.
    """

    email = models.EmailField(_("adresse"))
    reason = models.CharField(_("grunn"), max_length=20, choices=SuppressionReason)
    detail = models.CharField(_("hva tjeneren svarte"), max_length=500, blank=True)
    since_at = models.DateTimeField(_("sperret fra"))
    lifted_at = models.DateTimeField(_("opphevet"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("opphevet av"),
    )
    lift_note = models.CharField(
        _("hvorfor den ble opphevet"), max_length=300, blank=True, default="", db_default=""
    )

    class Meta:
        verbose_name = _("sperret adresse")
        verbose_name_plural = _("sperrede adresser")
        constraints = [
            models.UniqueConstraint(
                fields=["email"],
                condition=Q(lifted_at__isnull=True),
                name="mailings_suppression_one_in_force",
                violation_error_message=_("Denne adressen er alt sperret."),
            ),
            models.CheckConstraint(
                name="mailings_suppression_email_lower_case",
                condition=Q(email=models.functions.Lower(F("email"))),
                violation_error_message=_("Skriv adressen med små bokstaver."),
            ),
            models.CheckConstraint(
                name="mailings_suppression_reason_valid",
                condition=Q(reason__in=SuppressionReason.values),
            ),
        ]

    def __str__(self) -> str:
        return self.email
