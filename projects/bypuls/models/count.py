"""How many public events there are for each choice of filter values, kept right by triggers."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.companies.models import Company


class EventTally(models.Model):
    """
    A number of public events from the horizon on, for one choice of filter values.

    `cell` is the choice as `calendar.counts.cell_name` writes it, with nothing for a filter that is
    not used, so that every count on a page is one row to look up. Triggers on events (migration 0012)
    add rows with plus or minus; the sum is the truth at every moment, so parallel writers never wait
    for each other. `counts.tidy` adds the rows together.
    """

    cell = models.CharField(max_length=120)
    number = models.IntegerField()

    class Meta:
        verbose_name = _("telling av arrangementer")
        verbose_name_plural = _("tellinger av arrangementer")
        indexes = [models.Index(fields=["cell"], include=["number"], name="bypuls_eventtally_cell")]

    def __str__(self) -> str:
        return f"{self.cell}: {self.number:+d}"


class CompanyTally(models.Model):
    """The same number for the events of one company. Events that no company holds have no row here."""

    # A number that stays until it is counted away; the event itself keeps the key.
    company = models.ForeignKey(
        Company, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    cell = models.CharField(max_length=120)
    number = models.IntegerField()

    class Meta:
        verbose_name = _("telling av en bedrifts arrangementer")
        verbose_name_plural = _("tellinger av bedrifters arrangementer")
        indexes = [
            models.Index(
                fields=["cell", "company"], include=["number"], name="bypuls_companytally_cell"
            )
        ]

    def __str__(self) -> str:
        return f"{self.company_id} {self.cell}: {self.number:+d}"


class EventTallyHorizon(models.Model):
    """From when on the tallies count; one row. What starts earlier is few, and is counted each time."""

    starts_at = models.DateTimeField()

    class Meta:
        verbose_name = _("grense for telling")
        verbose_name_plural = _("grenser for telling")
        constraints = [models.CheckConstraint(name="bypuls_tallyhorizon_single", condition=Q(id=1))]

    def __str__(self) -> str:
        return f"{self.starts_at}"
