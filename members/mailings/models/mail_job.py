"""The signs of life of the jobs that send mail."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MailJob(models.Model):
    """When a mail job last ran and what it did; one row for each job."""

    name = models.CharField(_("jobb"), max_length=60, unique=True)
    ran_at = models.DateTimeField(_("sist kjørt"))
    sent = models.PositiveIntegerField(_("sendt sist"), default=0)
    waiting = models.PositiveIntegerField(_("venter nå"), default=0)
    note = models.CharField(_("merknad"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("e-postjobb")
        verbose_name_plural = _("e-postjobber")

    def __str__(self) -> str:
        return self.name
