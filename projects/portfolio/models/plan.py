"""Plans the municipal council has adopted, and the decisions behind them and their measures."""

import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from projects.portfolio.models.project import Project


class PlanKind(models.TextChoices):
    """What sort of plan it is."""

    STRATEGY = "strategy", _("Strategi")
    PLAN = "plan", _("Plan")
    ACTION_PLAN = "action-plan", _("Handlingsplan")


class Decision(models.Model):
    """What a political or other body decided, with its case number: where promises come from."""

    title = models.CharField(_("sak"), max_length=200)
    body = models.CharField(_("organ"), max_length=120, help_text=_("For eksempel Formannskapet."))
    decided_on = models.DateField(_("vedtatt"))
    case_number = models.CharField(_("saksnummer"), max_length=40, blank=True)
    text = models.TextField(_("vedtak"), blank=True)
    project = models.ForeignKey(
        Project,
        models.SET_NULL,
        verbose_name=_("gjelder prosjekt"),
        null=True,
        blank=True,
        related_name="decisions",
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("vedtak")
        verbose_name_plural = _("vedtak")
        constraints = [
            models.UniqueConstraint(
                fields=["body", "case_number"],
                name="portfolio_decision_case_unique",
                condition=~Q(case_number=""),
                violation_error_message=_("Saken er alt registrert for dette organet."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.body} {self.case_number}: {self.title}" if self.case_number else self.title


class PlanQuerySet(models.QuerySet["Plan"]):
    """Plans, and which of them strangers may see."""

    def public(self, at: datetime.datetime) -> Self:
        """Those that strangers may see at this moment."""
        return self.filter(published_at__lte=at)


PlanManager = models.Manager.from_queryset(PlanQuerySet)


class Plan(models.Model):
    """One adopted plan or strategy that holds measures for a period of years."""

    title = models.CharField(_("tittel"), max_length=120)
    slug = models.SlugField(_("adresse"), max_length=80, unique=True)
    kind = models.CharField(_("slag"), max_length=20, choices=PlanKind, default=PlanKind.PLAN)
    summary = models.TextField(_("kort fortalt"), blank=True)
    adopted_on = models.DateField(_("vedtatt"), null=True, blank=True)
    adopted_by = models.CharField(_("vedtatt av"), max_length=120, blank=True)
    case_reference = models.CharField(_("saksnummer"), max_length=40, blank=True)
    period_from = models.PositiveSmallIntegerField(_("fra år"))
    period_to = models.PositiveSmallIntegerField(_("til og med år"))
    published_at = models.DateTimeField(_("publisert"), null=True, blank=True)

    history = HistoricalRecords()

    objects = PlanManager()

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("planer")
        constraints = [
            models.CheckConstraint(
                name="portfolio_plan_kind_valid",
                condition=Q(kind__in=PlanKind.values),
                violation_error_message=_("Velg strategi, plan eller handlingsplan."),
            ),
            models.CheckConstraint(
                name="portfolio_plan_period_in_order",
                condition=Q(period_from__gte=1900, period_to__gte=F("period_from")),
                violation_error_message=_("Perioden kan ikke slutte før den begynner."),
            ),
            models.CheckConstraint(
                name="portfolio_plan_adopted_by_someone",
                condition=Q(adopted_on=None) | ~Q(adopted_by=""),
                violation_error_message=_("Skriv hvem som har vedtatt planen."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("portfolio:plan", args=[self.slug])
