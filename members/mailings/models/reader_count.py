"""How many readers there were, day by day."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.mailings.models.subscriber import Audience, Topic


class ReaderCount(models.Model):
    """
    One day's sums for a topic and an audience; an empty one means all of them.

    A day that is over stays as it was counted, whoever is forgotten since; a day without rows was not
    counted, and one that was counted late has none for audiences. The numbers are exact, small ones too:
    `members.mailings.reach` says what of it may be shown.
    """

    day = models.DateField(_("dag"))
    topic = models.CharField(_("tema"), max_length=30, choices=Topic, blank=True)
    audience = models.CharField(_("målgruppe"), max_length=20, choices=Audience, blank=True)
    readers = models.PositiveIntegerField(_("lesere ved dagens slutt"))
    joined = models.PositiveIntegerField(_("kommet til"))
    left = models.PositiveIntegerField(_("falt fra"))

    class Meta:
        verbose_name = _("lesertall")
        verbose_name_plural = _("lesertall")
        constraints = [
            models.UniqueConstraint(
                fields=["day", "topic", "audience"], name="mailings_readercount_once"
            ),
            models.CheckConstraint(
                name="mailings_readercount_topic_valid",
                condition=Q(topic="") | Q(topic__in=Topic.values),
            ),
            models.CheckConstraint(
                name="mailings_readercount_audience_valid",
                condition=Q(audience="") | Q(audience__in=Audience.values),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.topic} {self.audience}".strip()
