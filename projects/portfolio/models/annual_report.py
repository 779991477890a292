"""The yearly account of a plan to the political executive committee."""

import datetime
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from projects.portfolio.models.plan import Plan

if TYPE_CHECKING:
    from members.accounts.models import User


class AnnualReportQuerySet(models.QuerySet["AnnualReport"]):
    """Yearly reports, and which of them strangers may see."""

    def public(self, at: datetime.datetime) -> Self:
        """Published reports on plans that strangers may see at this moment."""
        return self.filter(published_at__lte=at, plan__published_at__lte=at)


AnnualReportManager = models.Manager.from_queryset(AnnualReportQuerySet)


class AnnualReport(models.Model):
    """
    What became of a plan's measures in one year, told to the political executive committee.

    Once published it is frozen by a trigger in the database, with `snapshot`: every measure as it
    stood that day.
    """

    plan = models.ForeignKey(
        Plan, models.PROTECT, verbose_name=_("plan"), related_name="annual_reports"
    )
    year = models.PositiveSmallIntegerField(_("år"))
    summary = models.TextField(_("innledning"), blank=True)
    presented_to = models.CharField(_("lagt fram for"), max_length=120, default="Formannskapet")
    presented_on = models.DateField(_("lagt fram"), null=True, blank=True)
    case_reference = models.CharField(_("saksnummer"), max_length=40, blank=True)
    published_at = models.DateTimeField(_("publisert"), null=True, blank=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("publisert av"),
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    snapshot = models.JSONField(
        _("slik det var da"), null=True, blank=True, editable=False, encoder=DjangoJSONEncoder
    )

    history = HistoricalRecords()
    # Who makes the next row of history, where no request tells.
    _history_user: "User"

    objects = AnnualReportManager()

    class Meta:
        verbose_name = _("årsrapport")
        verbose_name_plural = _("årsrapporter")
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "year"],
                name="portfolio_annual_one_per_year",
                violation_error_message=_("Planen har alt en årsrapport for dette året."),
            ),
            models.CheckConstraint(
                name="portfolio_annual_year_sensible",
                condition=Q(year__gte=2000, year__lte=2200),
                violation_error_message=_("Skriv et årstall med fire sifre."),
            ),
            models.CheckConstraint(
                name="portfolio_annual_published_is_frozen_whole",
                condition=Q(published_at=None, snapshot=None)
                | (Q(published_at__isnull=False, snapshot__isnull=False) & ~Q(summary="")),
                violation_error_message=_("En publisert årsrapport skal ha en innledning."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan.title} {self.year}"

    def get_absolute_url(self) -> str:
        return reverse("portfolio:annual_report", args=[self.plan.slug, self.year])
