"""Who is let in: seats held while a form is filled in, and invitations to events for a closed circle."""

import datetime as dt
import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.companies.models import Company
from projects.bypuls.models.event import Event


class SeatHoldQuerySet(models.QuerySet["SeatHold"]):
    """Chains over held seats."""

    def running(self, at: dt.datetime) -> Self:
        """Those whose time is not out. `expires_at` is the only clock."""
        return self.filter(expires_at__gt=at)


SeatHoldManager = models.Manager.from_queryset(SeatHoldQuerySet)


class SeatHold(models.Model):
    """
    Seats kept for somebody who is filling in the form, until `expires_at` and not a moment longer.

    A hold is no sign-up: it counts beside `seats_taken` when seats are given out, and its row goes when
    the sign-up is made or its time is out.
    """

    event = models.ForeignKey(
        Event, models.CASCADE, related_name="holds", verbose_name=_("arrangement")
    )
    key = models.UUIDField(_("nøkkel"), unique=True, default=uuid.uuid4)
    size = models.PositiveSmallIntegerField(_("plasser"))
    created_at = models.DateTimeField(_("fra"))
    expires_at = models.DateTimeField(_("til"))

    objects = SeatHoldManager()

    class Meta:
        verbose_name = _("holdt plass")
        verbose_name_plural = _("holdte plasser")
        constraints = [
            models.CheckConstraint(name="bypuls_seathold_one_or_more", condition=Q(size__gte=1)),
            models.CheckConstraint(
                name="bypuls_seathold_ends_after_start",
                condition=Q(expires_at__gt=F("created_at")),
            ),
        ]
        indexes = [models.Index(fields=["event", "expires_at"], name="bypuls_seathold_running")]

    def __str__(self) -> str:
        return f"{self.event_id}: {self.size}"


class Invitation(models.Model):
    """One person's way in to an event that is not open to all; its link is signed and personal."""

    event = models.ForeignKey(
        Event, models.CASCADE, related_name="invitations", verbose_name=_("arrangement")
    )
    name = models.CharField(_("navn"), max_length=120, blank=True)
    email = models.EmailField(_("e-post"))
    company = models.ForeignKey(
        Company,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("bedrift"),
    )
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("invitert av"),
    )
    created_at = models.DateTimeField(_("invitert"))
    withdrawn_at = models.DateTimeField(_("trukket"), null=True, blank=True)

    class Meta:
        verbose_name = _("invitasjon")
        verbose_name_plural = _("invitasjoner")
        constraints = [
            models.UniqueConstraint(
                fields=["event", "email"],
                name="bypuls_invitation_once",
                violation_error_message=_("Denne adressen er alt invitert."),
            ),
            models.CheckConstraint(
                name="bypuls_invitation_email_lower_case",
                condition=Q(email=models.functions.Lower(F("email"))),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email
