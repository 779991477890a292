"""News of an event on its way to those who are signed up."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from projects.bypuls.models.event import Event


class AnnouncementKind(models.TextChoices):
    """What people are told."""

    MOVED = "moved", _("Flyttet")
    POSTPONED = "postponed", _("Utsatt")
    CANCELLED = "cancelled", _("Avlyst")


class EventAnnouncementQuerySet(models.QuerySet["EventAnnouncement"]):
    """Chains over news."""

    def unfinished(self) -> Self:
        """Those that somebody has still to be told."""
        return self.filter(finished_at=None)


EventAnnouncementManager = models.Manager.from_queryset(EventAnnouncementQuerySet)


class EventAnnouncement(models.Model):
    """
    One change of one event, to be told to the sign-ups with keys from above `after_pk` to `until_pk`.

    `after_pk` moves up as the mails are written, in the transaction that writes them, so a job that is cut
    off goes on where it was. What people knew before stands beside it, for the words of the mail.
    """

    event = models.ForeignKey(
        Event, models.CASCADE, related_name="announcements", verbose_name=_("arrangement")
    )
    kind = models.CharField(_("nyhet"), max_length=10, choices=AnnouncementKind)
    sequence = models.PositiveIntegerField(_("endring nummer"))
    after_pk = models.BigIntegerField(default=0)
    until_pk = models.BigIntegerField()
    old_starts_at = models.DateTimeField(_("tidligere tid"))
    old_place = models.CharField(_("tidligere sted"), max_length=300, blank=True)
    told = models.PositiveIntegerField(_("har fått beskjed"), default=0)
    created_at = models.DateTimeField(_("bestemt"))
    finished_at = models.DateTimeField(_("alle har fått beskjed"), null=True, blank=True)

    objects = EventAnnouncementManager()

    class Meta:
        verbose_name = _("nyhet om arrangement")
        verbose_name_plural = _("nyheter om arrangementer")
        constraints = [
            models.CheckConstraint(
                name="bypuls_eventannouncement_kind_valid",
                condition=Q(kind__in=AnnouncementKind.values),
                violation_error_message=_("Velg en av verdiene i listen."),
            ),
            models.CheckConstraint(
                name="bypuls_eventannouncement_forwards",
                condition=Q(until_pk__gte=F("after_pk")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["event", "id"],
                name="bypuls_eventannouncement_todo",
                condition=Q(finished_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.event_id} v{self.sequence}: {self.get_kind_display()}"
