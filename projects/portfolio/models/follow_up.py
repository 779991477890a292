"""What keeps a project honest from month to month: its milestones and its risks."""

import datetime
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from projects.portfolio.models.project import Project

HIGH_RISK_SCORE = 12
"""From this product of probability and consequence on, a risk needs the programme office's eyes."""

_ONE_TO_FIVE = [MinValueValidator(1), MaxValueValidator(5)]


class MilestoneQuerySet(models.QuerySet["Milestone"]):
    """Milestones, and those that are late."""

    def overdue(self, on: datetime.date) -> Self:
        """Those that should have been reached before that day and are not."""
        return self.filter(reached_on=None, due_on__lt=on)


MilestoneManager = models.Manager.from_queryset(MilestoneQuerySet)


class Milestone(models.Model):
    """A point a project is to reach by a day."""

    project = models.ForeignKey(
        Project, models.CASCADE, verbose_name=_("prosjekt"), related_name="milestones"
    )
    title = models.CharField(_("milepæl"), max_length=160)
    due_on = models.DateField(_("frist"))
    reached_on = models.DateField(_("nådd"), null=True, blank=True)

    history = HistoricalRecords()

    objects = MilestoneManager()

    class Meta:
        verbose_name = _("milepæl")
        verbose_name_plural = _("milepæler")
        indexes = [
            models.Index(
                fields=["due_on"],
                name="portfolio_milestone_open",
                condition=Q(reached_on=None),
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "title"],
                name="portfolio_milestone_title_unique",
                violation_error_message=_("Prosjektet har alt en milepæl med dette navnet."),
            )
        ]

    def __str__(self) -> str:
        return self.title


class RiskState(models.TextChoices):
    """Whether a risk still stands."""

    OPEN = "open", _("Åpen")
    CLOSED = "closed", _("Lukket")


class RiskQuerySet(models.QuerySet["Risk"]):
    """Risks, and how grave they are."""

    def with_score(self) -> Self:
        """Add `score`, 1 to 25: probability x consequence as it is now, after action where that is known."""
        return self.annotate(
            score=Coalesce("probability_after", "probability_before")
            * Coalesce("consequence_after", "consequence_before")
        )

    def open(self) -> Self:
        """Those that still stand. Closed risks count nowhere."""
        return self.filter(state=RiskState.OPEN)

    def high(self) -> Self:
        """Those with a score that needs the programme office's eyes."""
        return self.with_score().filter(score__gte=HIGH_RISK_SCORE)


RiskManager = models.Manager.from_queryset(RiskQuerySet)


class Risk(models.Model):
    """Something that may go wrong in a project, how likely and how grave before and after action."""

    project = models.ForeignKey(
        Project, models.CASCADE, verbose_name=_("prosjekt"), related_name="risks"
    )
    title = models.CharField(_("hva kan skje"), max_length=200)
    probability_before = models.PositiveSmallIntegerField(
        _("sannsynlighet før tiltak"), validators=_ONE_TO_FIVE
    )
    consequence_before = models.PositiveSmallIntegerField(
        _("konsekvens før tiltak"), validators=_ONE_TO_FIVE
    )
    action = models.TextField(_("tiltak"), blank=True)
    probability_after = models.PositiveSmallIntegerField(
        _("sannsynlighet etter tiltak"), null=True, blank=True, validators=_ONE_TO_FIVE
    )
    consequence_after = models.PositiveSmallIntegerField(
        _("konsekvens etter tiltak"), null=True, blank=True, validators=_ONE_TO_FIVE
    )
    owner = models.CharField(_("risikoeier"), max_length=120, blank=True)
    state = models.CharField(_("status"), max_length=10, choices=RiskState, default=RiskState.OPEN)
    closed_on = models.DateField(_("lukket"), null=True, blank=True)

    history = HistoricalRecords()

    objects = RiskManager()

    class Meta:
        verbose_name = _("risiko")
        verbose_name_plural = _("risikoer")
        constraints = [
            models.CheckConstraint(
                name="portfolio_risk_before_one_to_five",
                condition=Q(
                    probability_before__gte=1,
                    probability_before__lte=5,
                    consequence_before__gte=1,
                    consequence_before__lte=5,
                ),
                violation_error_message=_("Sannsynlighet og konsekvens går fra 1 til 5."),
            ),
            models.CheckConstraint(
                name="portfolio_risk_after_both_or_none",
                condition=Q(probability_after=None, consequence_after=None)
                | Q(
                    probability_after__isnull=False,
                    consequence_after__isnull=False,
                    probability_after__gte=1,
                    probability_after__lte=5,
                    consequence_after__gte=1,
                    consequence_after__lte=5,
                ),
                violation_error_message=_(
                    "Fyll ut både sannsynlighet og konsekvens etter tiltak, fra 1 til 5, eller ingen av dem."
                ),
            ),
            models.CheckConstraint(
                name="portfolio_risk_state_matches_closed_on",
                condition=Q(state="open", closed_on=None)
                | Q(state="closed", closed_on__isnull=False),
                violation_error_message=_("En lukket risiko skal ha dato, og en åpen skal ikke."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def probability(self) -> int:
        return self.probability_after or self.probability_before

    @property
    def consequence(self) -> int:
        return self.consequence_after or self.consequence_before
