"""Those who hold an event: who they are, and what they write to those who come."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from projects.bypuls.models.event import Event


class EventOrganiser(models.Model):
    """
    One person who runs one event on Min side.

    Known by e-mail address alone, because that is what sign-in proves; the account may come later.
    """

    event = models.ForeignKey(
        Event, models.CASCADE, related_name="organisers", verbose_name=_("arrangement")
    )
    email = models.EmailField(_("e-post"))
    name = models.CharField(_("navn"), max_length=120, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("lagt til av"),
    )
    added_at = models.DateTimeField(_("lagt til"))

    class Meta:
        verbose_name = _("arrangør")
        verbose_name_plural = _("arrangører")
        constraints = [
            models.UniqueConstraint(
                fields=["event", "email"],
                name="bypuls_eventorganiser_once",
                violation_error_message=_("Denne adressen er alt arrangør."),
            ),
            models.CheckConstraint(
                name="bypuls_eventorganiser_email_lower_case",
                condition=Q(email=models.functions.Lower(F("email"))),
            ),
        ]
        indexes = [models.Index(fields=["email"], name="bypuls_eventorganiser_email")]

    def __str__(self) -> str:
        return self.name or self.email


class MessageAudience(models.TextChoices):
    """Whom an organiser writes to, or a reminder goes to."""

    ATTENDING = "attending", _("De som har plass")
    QUEUE = "queue", _("De som venter")
    ORGANISER = "organiser", _("Arrangøren")


class EventMessage(models.Model):
    """One message from the organiser to those who come or those who wait; sent once to each."""

    event = models.ForeignKey(
        Event, models.CASCADE, related_name="messages", verbose_name=_("arrangement")
    )
    audience = models.CharField(_("til"), max_length=10, choices=MessageAudience)
    title = models.CharField(_("emne"), max_length=140)
    text = models.TextField(_("tekst"))
    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("skrevet av"),
    )
    written_at = models.DateTimeField(_("skrevet"))
    recipients = models.PositiveIntegerField(_("antall mottakere"), default=0)

    class Meta:
        verbose_name = _("melding til deltakere")
        verbose_name_plural = _("meldinger til deltakere")
        constraints = [
            models.CheckConstraint(
                name="bypuls_eventmessage_audience_valid",
                condition=Q(audience__in=["attending", "queue"]),
                violation_error_message=_("Velg hvem meldingen går til."),
            )
        ]

    def __str__(self) -> str:
        return self.title
