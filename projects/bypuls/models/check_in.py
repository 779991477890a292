"""At the door: links for helpers without an account, and every press of a button with its own key."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from projects.bypuls.models.event import Event
from projects.bypuls.models.signup import SignUp


class DoorLink(models.Model):
    """
    One helper's way to the check-in page of one event, without an account.

    The address is signed with the key of this row. It ends some hours after the event, or when withdrawn.
    """

    event = models.ForeignKey(
        Event, models.CASCADE, related_name="door_links", verbose_name=_("arrangement")
    )
    label = models.CharField(_("til hvem"), max_length=80, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("laget av"),
    )
    made_at = models.DateTimeField(_("laget"))
    withdrawn_at = models.DateTimeField(_("trukket"), null=True, blank=True)

    class Meta:
        verbose_name = _("dørlenke")
        verbose_name_plural = _("dørlenker")

    def __str__(self) -> str:
        return self.label or f"#{self.pk}"


class PressKind(models.TextChoices):
    """What was pressed at the door."""

    CHECK_IN = "check-in", _("Møtte")
    UNDO = "undo", _("Angret")
    WALK_IN = "walk-in", _("Kom uten påmelding")


class DoorPress(models.Model):
    """
    One press of a button at the door, once: the phone may send it many times under the same key.

    Of several presses about one party the latest by `pressed_at` holds, in whatever order they come in.
    `is_superseded` are those that came in after a later one.
    """

    event = models.ForeignKey(
        Event, models.CASCADE, related_name="door_presses", verbose_name=_("arrangement")
    )
    key = models.UUIDField(_("nøkkel"))
    signup = models.ForeignKey(
        SignUp, models.CASCADE, related_name="door_presses", verbose_name=_("påmelding")
    )
    kind = models.CharField(_("hva"), max_length=10, choices=PressKind)
    size = models.PositiveSmallIntegerField(_("antall personer"), default=0)
    pressed_at = models.DateTimeField(_("trykket"))
    recorded_at = models.DateTimeField(_("mottatt"))
    is_superseded = models.BooleanField(_("gjaldt ikke lenger"), default=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("av"),
    )
    door = models.ForeignKey(
        DoorLink,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="presses",
        verbose_name=_("dørlenke"),
    )

    class Meta:
        verbose_name = _("trykk ved døra")
        verbose_name_plural = _("trykk ved døra")
        constraints = [
            models.UniqueConstraint(fields=["event", "key"], name="bypuls_doorpress_once"),
            models.CheckConstraint(
                name="bypuls_doorpress_kind_valid",
                condition=Q(kind__in=PressKind.values),
                violation_error_message=_("Velg en av verdiene i listen."),
            ),
            models.CheckConstraint(
                name="bypuls_doorpress_somebody_came",
                condition=Q(kind="undo") | Q(size__gte=1),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pressed_at}"
