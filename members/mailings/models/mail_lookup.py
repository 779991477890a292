"""Who looked at what somebody was sent."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class MailLookup(models.Model):
    """One time that staff looked up what an address was sent: who, when and whose."""

    email = models.EmailField(_("adresse"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("hvem"),
    )
    at = models.DateTimeField(_("når"))
    found = models.PositiveIntegerField(_("antall meldinger"), default=0)

    class Meta:
        verbose_name = _("oppslag i utsendelser")
        verbose_name_plural = _("oppslag i utsendelser")
        constraints = [
            models.CheckConstraint(
                name="mailings_lookup_email_lower_case",
                condition=Q(email=models.functions.Lower(F("email"))),
            ),
        ]
        indexes = [
            models.Index(fields=["email", "-at"], name="mailings_lookup_person"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
