"""How a project stands, told from time to time, and frozen once it is told."""

import datetime
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from projects.portfolio.models.project import Project
from vekst.formats import date_text

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from members.accounts.models import User


class Value(models.TextChoices):
    """How it goes with one side of a project. Always shown as words and a shape, never colour alone."""

    ON_TRACK = "on-track", _("I rute")
    ATTENTION = "attention", _("Følges opp")
    CRITICAL = "critical", _("Kritisk")

    @property
    def gravity(self) -> int:
        """0 for on track, and higher the worse."""
        return list(Value).index(self)


SIDES = {
    "time": _("Tid"),
    "money": _("Økonomi"),
    "quality": _("Kvalitet"),
    "risk": _("Risiko"),
    "benefit": _("Nytte"),
}
"""The five sides of a project that every report values, in the order they are shown."""


class StatusReportQuerySet(models.QuerySet["StatusReport"]):
    """Reports, and which of them strangers may see."""

    def published(self) -> Self:
        return self.filter(published_at__isnull=False)

    def public(self, at: datetime.datetime) -> Self:
        """Published reports of projects that strangers may see at this moment."""
        return self.filter(published_at__lte=at, project__published_at__lte=at)

    def newest_of_each_project(self) -> Self:
        """Of these reports only the last published one of each project."""
        newest = (
            StatusReport.objects.published()
            .filter(project=OuterRef("project"))
            .order_by("-period_ends_on", "-published_at")
            .values("pk")[:1]
        )
        return self.filter(pk=Subquery(newest))


StatusReportManager = models.Manager.from_queryset(StatusReportQuerySet)


def _side_value(label: "_StrPromise") -> "models.CharField[str, str]":
    return models.CharField(label, max_length=10, choices=Value, default=Value.ON_TRACK)


def _side_comment() -> "models.TextField[str, str]":
    return models.TextField(
        _("kommentar"),
        blank=True,
        help_text=_("Må fylles ut når vurderingen er dårligere enn i forrige rapport."),
    )


class StatusReport(models.Model):
    """
    How one project stood at the end of a period, on five sides.

    A draft can be changed. A published report is frozen by a trigger in the database, together with
    `snapshot`: the risks, milestones, money and goals of that day. Only who published it can be
    forgotten, when the person's account is erased.
    """

    project = models.ForeignKey(
        Project, models.PROTECT, verbose_name=_("prosjekt"), related_name="status_reports"
    )
    period_starts_on = models.DateField(_("fra"))
    period_ends_on = models.DateField(_("til"))
    summary = models.TextField(_("samlet vurdering"), blank=True)
    time = _side_value(_("tid"))
    time_comment = _side_comment()
    money = _side_value(_("økonomi"))
    money_comment = _side_comment()
    quality = _side_value(_("kvalitet"))
    quality_comment = _side_comment()
    risk = _side_value(_("risiko"))
    risk_comment = _side_comment()
    benefit = _side_value(_("nytte"))
    benefit_comment = _side_comment()
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

    objects = StatusReportManager()

    class Meta:
        verbose_name = _("statusrapport")
        verbose_name_plural = _("statusrapporter")
        indexes = [
            models.Index(
                fields=["project", "-period_ends_on", "-published_at"],
                name="portfolio_report_newest",
                condition=Q(published_at__isnull=False),
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="portfolio_report_period_in_order",
                condition=Q(period_ends_on__gte=F("period_starts_on")),
                violation_error_message=_("Perioden kan ikke slutte før den begynner."),
            ),
            models.CheckConstraint(
                name="portfolio_report_values_valid",
                condition=Q(*[(f"{side}__in", Value.values) for side in SIDES]),
                violation_error_message=_("Velg en vurdering for hver av de fem."),
            ),
            models.CheckConstraint(
                name="portfolio_report_published_is_frozen_whole",
                condition=Q(published_at=None, snapshot=None)
                | (Q(published_at__isnull=False, snapshot__isnull=False) & ~Q(summary="")),
                violation_error_message=_("En publisert rapport skal ha en samlet vurdering."),
            ),
            models.UniqueConstraint(
                fields=["project"],
                name="portfolio_report_one_draft",
                condition=Q(published_at=None),
                violation_error_message=_("Prosjektet har alt et utkast til statusrapport."),
            ),
            models.UniqueConstraint(
                fields=["project", "period_ends_on"],
                name="portfolio_report_one_per_period",
                condition=Q(published_at__isnull=False),
                violation_error_message=_(
                    "Det finnes alt en publisert rapport for denne perioden."
                ),
            ),
        ]

    def __str__(self) -> str:
        return gettext("%(project)s, status per %(date)s") % {
            "project": self.project.title,
            "date": date_text(self.period_ends_on),
        }

    def clean(self) -> None:
        previous = self.previous()
        if missing := self.unexplained(previous):
            message = gettext("Vurderingen er dårligere enn i forrige rapport. Skriv hvorfor.")
            raise ValidationError({f"{side}_comment": message for side in missing})

    def previous(self) -> "StatusReport | None":
        """Return the last published report of the same project before this one. One query."""
        earlier = StatusReport.objects.published().filter(project=self.project_id)
        if self.published_at:
            earlier = earlier.filter(published_at__lt=self.published_at)
        return earlier.exclude(pk=self.pk).order_by("-period_ends_on", "-published_at").first()

    def value_of(self, side: str) -> Value:
        """Return the value of one of `SIDES`."""
        return Value(getattr(self, side))

    def unexplained(self, previous: "StatusReport | None") -> list[str]:
        """Return the sides that are worse than in `previous` and have no new comment."""
        if previous is None:
            return []
        # A new report starts with the comments of the last one: those explain nothing that came later.
        return [
            side
            for side in SIDES
            if self.value_of(side).gravity > previous.value_of(side).gravity
            and getattr(self, f"{side}_comment").strip()
            in ("", getattr(previous, f"{side}_comment").strip())
        ]

    @property
    def worst(self) -> Value:
        """The gravest of the five values: what a list shows when there is room for one."""
        return max((self.value_of(side) for side in SIDES), key=lambda value: value.gravity)
