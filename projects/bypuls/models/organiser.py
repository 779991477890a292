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
    """
    One message from the organiser to those who come or those who wait; sent once to each.

    `key` is made with the preview that is confirmed, so that the second of two clicks finds the first.
    """

    key = models.UUIDField(_("nøkkel"), unique=True, null=True, editable=False)
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


class LogKind(models.TextChoices):
    """What an organiser did that others who run the event should be able to see."""

    ORGANISER_ADDED = "organiser-added", _("La til arrangør")
    ORGANISER_REMOVED = "organiser-removed", _("Fjernet arrangør")
    HANDED_OVER = "handed-over", _("Overlot arrangementet")
    EXPORTED = "exported", _("Lastet ned deltakerlisten")
    MESSAGE = "message", _("Sendte melding")
    SIGNED_OFF = "signed-off", _("Meldte av")
    SIGNED_UP = "signed-up", _("Meldte på")
    INVITED = "invited", _("Inviterte")
    CAPACITY = "capacity", _("Endret plasser")
    MOVED = "moved", _("Flyttet")
    POSTPONED = "postponed", _("Utsatte")
    CANCELLED = "cancelled", _("Avlyste")
    COPIED = "copied", _("Kopierte")
    DOOR_OPENED = "door-opened", _("Laget dørlenke")
    DOOR_CLOSED = "door-closed", _("Trakk dørlenke")
    SETTINGS = "settings", _("Endret oppsettet")


class EventLogEntry(models.Model):
    """One thing that somebody did with an event on Min side; written in the transaction that did it."""

    event = models.ForeignKey(
        Event, models.CASCADE, related_name="log", verbose_name=_("arrangement")
    )
    kind = models.CharField(_("hva"), max_length=20, choices=LogKind)
    detail = models.CharField(_("nærmere"), max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("av"),
    )
    at = models.DateTimeField(_("når"))

    class Meta:
        verbose_name = _("hendelse hos arrangøren")
        verbose_name_plural = _("hendelser hos arrangøren")
        constraints = [
            models.CheckConstraint(
                name="bypuls_eventlogentry_kind_valid",
                condition=Q(kind__in=LogKind.values),
                violation_error_message=_("Velg en av verdiene i listen."),
            )
        ]
        indexes = [models.Index(fields=["event", "-at"], name="bypuls_eventlog_latest")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.detail}".strip()
