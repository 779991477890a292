"""How many public events there are for each combination of filter values, kept right by triggers."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class EventCount(models.Model):
    """
    A number of public events from the horizon on, with one combination of filter values.

    Triggers on events (migration 0002) add rows with plus or minus; the sum is the truth at every
    moment, so parallel writers never wait for each other. `counts.tidy` adds the rows together.
    """

    topic = models.CharField(max_length=20)
    audience = models.CharField(max_length=20)
    language = models.CharField(max_length=10)
    is_free = models.BooleanField()
    has_room = models.BooleanField()
    venue_id = models.BigIntegerField(null=True)
    number = models.IntegerField()

    class Meta:
        verbose_name = _("telling av arrangementer")
        verbose_name_plural = _("tellinger av arrangementer")

    def __str__(self) -> str:
        return f"{self.topic} {self.audience} {self.language}: {self.number:+d}"


class EventCountHorizon(models.Model):
    """From when on `EventCount` counts; one row. What starts earlier is few, and is counted each time."""

    starts_at = models.DateTimeField()

    class Meta:
        verbose_name = _("grense for telling")
        verbose_name_plural = _("grenser for telling")
        constraints = [models.CheckConstraint(name="bypuls_horizon_single", condition=Q(id=1))]

    def __str__(self) -> str:
        return f"{self.starts_at}"
