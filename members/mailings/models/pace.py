"""What the workers must know of each other to hold rates and to see that something is wrong."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from members.mailings.models.newsletter import Newsletter


class Pace(models.Model):
    """
    When the next message may go to one receiving domain; where `domain` is empty, any message at all.

    `spread_until` is the turn of the last message that was put off for the domain's rate.
    """

    domain = models.CharField(_("domene"), max_length=254, unique=True, blank=True)
    next_at = models.DateTimeField(_("neste tur"))
    spread_until = models.DateTimeField(_("utsatt til"))

    class Meta:
        verbose_name = _("sendetempo")
        verbose_name_plural = _("sendetempo")

    def __str__(self) -> str:
        return self.domain or "*"


class ErrorStreak(models.Model):
    """The errors in a row of one newsletter on its way, over all workers. Without a row there are none."""

    newsletter = models.OneToOneField(
        Newsletter,
        models.CASCADE,
        primary_key=True,
        related_name="error_streak",
        verbose_name=_("nyhetsbrev"),
    )
    count = models.PositiveIntegerField(_("feil på rad"), default=1, db_default=1)
    since_at = models.DateTimeField(_("siden"))

    class Meta:
        verbose_name = _("feil på rad")
        verbose_name_plural = _("feil på rad")

    def __str__(self) -> str:
        return f"{self.newsletter_id}: {self.count}"
