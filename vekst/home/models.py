"""The signs of life of the background work."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Heartbeat(models.Model):
    """When a recurring job last ran; one row for each job."""

    name = models.CharField(_("jobb"), max_length=60, unique=True)
    beat_at = models.DateTimeField(_("sist sett"))

    class Meta:
        verbose_name = _("livstegn")
        verbose_name_plural = _("livstegn")

    def __str__(self) -> str:
        return self.name
