"""The four challenges that the programme is there to answer."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords


class Challenge(models.Model):
    """One of the challenges that projects and measures answer; the goals of the whole programme."""

    number = models.PositiveSmallIntegerField(_("nummer"), unique=True)
    title = models.CharField(_("tittel"), max_length=120)
    slug = models.SlugField(_("adresse"), max_length=80, unique=True)
    summary = models.CharField(_("kort fortalt"), max_length=300, blank=True)
    body = models.TextField(_("omtale"), blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("utfordring")
        verbose_name_plural = _("utfordringer")
        constraints = [
            models.CheckConstraint(
                name="portfolio_challenge_number_positive",
                condition=Q(number__gte=1),
                violation_error_message=_("Nummeret må være 1 eller høyere."),
            )
        ]

    def __str__(self) -> str:
        return self.title
