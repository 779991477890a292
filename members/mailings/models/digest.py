"""The gathered mail: one for each week and each month."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.mailings.models.subscriber import Frequency


class DigestState(models.TextChoices):
    """How far an edition has come."""

    WRITING = "writing", _("Skrives")
    DONE = "done", _("Skrevet til alle")
    MISSED = "missed", _("For sent")


class DigestEdition(models.Model):
    """
    The gathered mail of one week or month: what there was to tell, and how far down the readers it is written.

    `content` is frozen when the writing begins, so that those who come after a restart get the same.
    """

    frequency = models.CharField(_("hvor ofte"), max_length=10, choices=Frequency)
    period = models.CharField(_("uke eller måned"), max_length=10)
    since_at = models.DateTimeField(_("nytt siden"))
    due_at = models.DateTimeField(_("skulle skrives"))
    state = models.CharField(
        _("tilstand"), max_length=20, choices=DigestState, default=DigestState.WRITING
    )
    content = models.JSONField(_("innhold"), default=dict, blank=True)
    last_subscriber = models.BigIntegerField(_("siste abonnent"), default=0)
    written_count = models.PositiveIntegerField(_("skrevet"), default=0)
    empty_count = models.PositiveIntegerField(_("uten noe nytt"), default=0)
    started_at = models.DateTimeField(_("begynt"))
    finished_at = models.DateTimeField(_("ferdig"), null=True, blank=True)

    class Meta:
        verbose_name = _("samlet e-post")
        verbose_name_plural = _("samlede e-poster")
        constraints = [
            models.UniqueConstraint(
                fields=["frequency", "period"], name="mailings_digest_once_a_period"
            ),
            models.CheckConstraint(
                name="mailings_digest_frequency_valid",
                condition=Q(frequency__in=[Frequency.WEEKLY, Frequency.MONTHLY]),
            ),
            models.CheckConstraint(
                name="mailings_digest_state_valid", condition=Q(state__in=DigestState.values)
            ),
            models.CheckConstraint(
                name="mailings_digest_finished_has_time",
                condition=Q(state=DigestState.WRITING) | Q(finished_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.period

    @property
    def occasion(self) -> str:
        """What its deliveries are about in the ledger."""
        return f"digest-{self.period}"
