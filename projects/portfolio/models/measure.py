"""The measures of the plans: what is promised, who answers for it, and how it goes."""

import datetime
from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from projects.portfolio.models.challenge import Challenge
from projects.portfolio.models.plan import Decision, Plan
from projects.portfolio.models.project import Project


class MeasureState(models.TextChoices):
    """How it goes with a measure. Not started is something else than 0 percent done."""

    NOT_STARTED = "not-started", _("Ikke startet")
    ONGOING = "ongoing", _("Pågår")
    DONE = "done", _("Gjennomført")
    STOPPED = "stopped", _("Stanset")
    CARRIED_OVER = "carried-over", _("Videreført til ny plan")


class MeasureQuerySet(models.QuerySet["Measure"]):
    """Measures, and those that are late."""

    def public(self, at: datetime.datetime) -> Self:
        """Those of plans that strangers may see at this moment."""
        return self.filter(plan__published_at__lte=at)

    def overdue(self, on: datetime.date) -> Self:
        """Those that are still to be done after their deadline."""
        return self.filter(
            state__in=[MeasureState.NOT_STARTED, MeasureState.ONGOING], deadline__lt=on
        )


MeasureManager = models.Manager.from_queryset(MeasureQuerySet)


class Measure(models.Model):
    """One thing a plan promises, who answers for it and how it goes."""

    plan = models.ForeignKey(Plan, models.PROTECT, verbose_name=_("plan"), related_name="measures")
    number = models.PositiveSmallIntegerField(_("nummer"))
    theme = models.CharField(_("satsingsområde"), max_length=120, blank=True)
    title = models.CharField(_("tiltak"), max_length=160)
    text = models.TextField(_("beskrivelse"), blank=True)
    organisation = models.CharField(
        _("ansvarlig organisasjon"),
        max_length=120,
        blank=True,
        help_text=_("For dem som ikke står blant medlemmene."),
    )
    company = models.ForeignKey(
        "companies.Company",
        models.SET_NULL,
        verbose_name=_("ansvarlig bedrift"),
        null=True,
        blank=True,
        related_name="+",
    )
    forum = models.ForeignKey(
        "companies.Forum",
        models.SET_NULL,
        verbose_name=_("ansvarlig forum"),
        null=True,
        blank=True,
        related_name="measures",
    )
    deadline = models.DateField(_("frist"), null=True, blank=True)
    state = models.CharField(
        _("status"), max_length=20, choices=MeasureState, default=MeasureState.NOT_STARTED
    )
    progress = models.PositiveSmallIntegerField(
        _("framdrift i prosent"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(100)],
        help_text=_(
            "Tomt når det ikke er målt. Et tiltak som ikke er startet, har ingen framdrift."
        ),
    )
    weight = models.PositiveSmallIntegerField(
        _("vekt"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("Hvor mye tiltaket teller når planens framdrift regnes ut."),
    )
    project = models.ForeignKey(
        Project,
        models.SET_NULL,
        verbose_name=_("gjennomføres i prosjekt"),
        null=True,
        blank=True,
        related_name="measures",
    )
    challenges = models.ManyToManyField(
        Challenge, verbose_name=_("utfordringer"), related_name="measures", blank=True
    )
    decision = models.ForeignKey(
        Decision,
        models.SET_NULL,
        verbose_name=_("vedtak"),
        null=True,
        blank=True,
        related_name="measures",
    )
    carried_from = models.ForeignKey(
        "self",
        models.SET_NULL,
        verbose_name=_("videreført fra"),
        null=True,
        blank=True,
        related_name="carried_to",
    )

    history = HistoricalRecords()

    objects = MeasureManager()

    class Meta:
        verbose_name = _("tiltak")
        verbose_name_plural = _("tiltak")
        indexes = [
            models.Index(fields=["plan", "state"], name="portfolio_measure_by_state"),
            models.Index(
                fields=["deadline"],
                name="portfolio_measure_open",
                condition=Q(state__in=["not-started", "ongoing"]),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "number"],
                name="portfolio_measure_number_unique",
                violation_error_message=_("Planen har alt et tiltak med dette nummeret."),
            ),
            models.CheckConstraint(
                name="portfolio_measure_state_valid",
                condition=Q(state__in=MeasureState.values),
                violation_error_message=_("Velg en av statusene."),
            ),
            models.CheckConstraint(
                name="portfolio_measure_progress_percent",
                condition=Q(progress=None) | Q(progress__lte=100),
                violation_error_message=_("Framdriften går fra 0 til 100 prosent."),
            ),
            models.CheckConstraint(
                name="portfolio_measure_not_started_has_no_progress",
                condition=~Q(state="not-started") | Q(progress=None),
                violation_error_message=_("Et tiltak som ikke er startet, har ingen framdrift."),
            ),
            models.CheckConstraint(
                name="portfolio_measure_done_is_whole",
                condition=~Q(state="done") | Q(progress=None) | Q(progress=100),
                violation_error_message=_("Et gjennomført tiltak er 100 prosent ferdig."),
            ),
            models.CheckConstraint(
                name="portfolio_measure_weight_one_to_hundred",
                condition=Q(weight__gte=1, weight__lte=100),
                violation_error_message=_("Vekten går fra 1 til 100."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"

    def clean(self) -> None:
        if not (self.organisation or self.company_id or self.forum_id):
            raise ValidationError(
                {
                    "organisation": _(
                        "Noen må ha ansvaret: en organisasjon, en bedrift eller et forum."
                    )
                }
            )

    def is_overdue(self, on: datetime.date) -> bool:
        """Tell whether it is still to be done after its deadline. See also `MeasureQuerySet.overdue`."""
        return (
            self.deadline is not None
            and self.deadline < on
            and self.state in (MeasureState.NOT_STARTED, MeasureState.ONGOING)
        )

    @property
    def responsible_names(self) -> list[str]:
        """Who answers for the measure: forum, company, organisation; those that are given."""
        names = [
            self.forum.name if self.forum else "",
            self.company.name if self.company else "",
            self.organisation,
        ]
        return [name for name in names if name]


class MeasureUpdate(models.Model):
    """What happened with a measure on a day; the public timeline is made of these."""

    measure = models.ForeignKey(
        Measure, models.CASCADE, verbose_name=_("tiltak"), related_name="updates"
    )
    happened_on = models.DateField(_("dato"))
    text = models.TextField(_("hva har skjedd"))
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("skrevet av"),
        null=True,
        blank=True,
        related_name="+",
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("oppdatering")
        verbose_name_plural = _("oppdateringer")
        indexes = [models.Index(fields=["measure", "-happened_on"], name="portfolio_update_list")]
        constraints = [
            models.CheckConstraint(
                name="portfolio_update_says_something",
                condition=~Q(text=""),
                violation_error_message=_("Skriv hva som har skjedd."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.happened_on}: {self.text[:60]}"
