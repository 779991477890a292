"""Projects, each in one of the five main projects, and what each of them wants to reach."""

import datetime
from typing import Self

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from projects.portfolio.models.challenge import Challenge


class MainProject(models.TextChoices):
    """One of the five main projects. The value stands in addresses and never changes."""

    INNSIKT = "innsikt", _("Innsikt og programetablering")
    DIGITAL_STEMME = "digital-stemme", _("Én Digital Stemme")
    BYPULS = "bypuls", _("ByPuls")
    UNG = "ung", _("Ung i Kongsberg")
    KOMPETANSE = "kompetansemagneten", _("KompetanseMagneten")


class Phase(models.TextChoices):
    """How far a project has come, in the order of the municipality's project method."""

    IDEA = "idea", _("Idé")
    CONCEPT = "concept", _("Konsept")
    PLANNING = "planning", _("Planlegging")
    EXECUTION = "execution", _("Gjennomføring")
    CLOSING = "closing", _("Avslutning")
    BENEFIT = "benefit", _("Realisering")


class ProjectQuerySet(models.QuerySet["Project"]):
    """Projects, and which of them strangers may see."""

    def public(self, at: datetime.datetime) -> Self:
        """Those that strangers may see at this moment."""
        return self.filter(published_at__lte=at)

    def running(self, on: datetime.date) -> Self:
        """Those that are worked on that day: begun, not ended, and past the idea."""
        return self.filter(
            Q(starts_on=None) | Q(starts_on__lte=on),
            Q(ends_on=None) | Q(ends_on__gte=on),
        ).exclude(phase__in=[Phase.IDEA, Phase.BENEFIT])


ProjectManager = models.Manager.from_queryset(ProjectQuerySet)


class Project(models.Model):
    """One effort of the programme, in exactly one main project."""

    title = models.CharField(_("tittel"), max_length=120)
    slug = models.SlugField(
        _("adresse"), max_length=80, unique=True, help_text=_("Siste del av nettadressen.")
    )
    main_project = models.CharField(_("hovedprosjekt"), max_length=20, choices=MainProject)
    summary = models.CharField(
        _("kort fortalt"), max_length=300, blank=True, help_text=_("Én eller to setninger.")
    )
    body = models.TextField(
        _("omtale"), blank=True, help_text=_("Skill avsnittene med en tom linje.")
    )
    owner = models.CharField(_("eier"), max_length=120, blank=True)
    partners = models.CharField(
        _("partnere"), max_length=300, blank=True, help_text=_("Skill navnene med komma.")
    )
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("ansvarlig"),
        null=True,
        blank=True,
        related_name="projects",
        help_text=_("Personen som skriver statusrapportene. Vises ikke på nettsidene."),
    )
    phase = models.CharField(_("fase"), max_length=20, choices=Phase, default=Phase.IDEA)
    starts_on = models.DateField(_("starter"), null=True, blank=True)
    ends_on = models.DateField(_("slutter"), null=True, blank=True)
    budget_nok = models.PositiveBigIntegerField(_("budsjett i kroner"), null=True, blank=True)
    challenges = models.ManyToManyField(
        Challenge, verbose_name=_("utfordringer"), related_name="projects", blank=True
    )
    published_at = models.DateTimeField(
        _("publisert"), null=True, blank=True, help_text=_("Tomt betyr at siden er et utkast.")
    )

    history = HistoricalRecords()

    objects = ProjectManager()

    class Meta:
        verbose_name = _("prosjekt")
        verbose_name_plural = _("prosjekter")
        constraints = [
            models.CheckConstraint(
                name="portfolio_project_main_project_valid",
                condition=Q(main_project__in=MainProject.values),
                violation_error_message=_("Velg ett av de fem hovedprosjektene."),
            ),
            models.CheckConstraint(
                name="portfolio_project_phase_valid",
                condition=Q(phase__in=Phase.values),
                violation_error_message=_("Velg en av fasene."),
            ),
            models.CheckConstraint(
                name="portfolio_project_ends_after_start",
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("Sluttdatoen kan ikke være før startdatoen."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("portfolio:project", args=[self.main_project, self.slug])

    @property
    def partner_names(self) -> list[str]:
        return [name.strip() for name in self.partners.split(",") if name.strip()]


class ProjectGoal(models.Model):
    """One thing a project wants to reach; with a target it can be measured."""

    project = models.ForeignKey(
        Project, models.CASCADE, verbose_name=_("prosjekt"), related_name="goals"
    )
    text = models.CharField(_("mål"), max_length=200)
    target = models.DecimalField(
        _("måltall"), max_digits=12, decimal_places=1, null=True, blank=True
    )
    reached = models.DecimalField(
        _("nådd"),
        max_digits=12,
        decimal_places=1,
        null=True,
        blank=True,
        help_text=_("La feltet stå tomt til det er målt. Tomt er noe annet enn 0."),
    )
    unit = models.CharField(_("enhet"), max_length=40, blank=True)
    measured_on = models.DateField(_("målt"), null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("mål")
        verbose_name_plural = _("mål")
        constraints = [
            models.CheckConstraint(
                name="portfolio_goal_measured_has_target_and_date",
                condition=Q(reached=None) | Q(target__isnull=False, measured_on__isnull=False),
                violation_error_message=_(
                    "Et mål som er målt, skal ha både måltall og dato for målingen."
                ),
            )
        ]

    def __str__(self) -> str:
        return self.text


class FundingKind(models.TextChoices):
    """What a funder gives."""

    MONEY = "money", _("Penger")
    HOURS = "hours", _("Egeninnsats i timer")


class FundingState(models.TextChoices):
    """How certain the funding is."""

    APPLIED = "applied", _("Søkt om")
    COMMITTED = "committed", _("Tilsagn gitt")
    REFUSED = "refused", _("Avslag")


class Funding(models.Model):
    """What one funder gives a project, in money or in hours worth money."""

    project = models.ForeignKey(
        Project, models.CASCADE, verbose_name=_("prosjekt"), related_name="funding"
    )
    funder = models.CharField(_("finansiert av"), max_length=120)
    kind = models.CharField(
        _("slag"), max_length=10, choices=FundingKind, default=FundingKind.MONEY
    )
    amount_nok = models.PositiveBigIntegerField(
        _("beløp i kroner"),
        validators=[MinValueValidator(1)],
        help_text=_("For timer: hva de er verdsatt til."),
    )
    hours = models.PositiveIntegerField(_("timer"), null=True, blank=True)
    state = models.CharField(
        _("status"), max_length=10, choices=FundingState, default=FundingState.APPLIED
    )
    reference = models.CharField(_("saksnummer"), max_length=40, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("finansiering")
        verbose_name_plural = _("finansiering")
        constraints = [
            models.CheckConstraint(
                name="portfolio_funding_kind_valid",
                condition=Q(kind__in=FundingKind.values),
                violation_error_message=_("Velg penger eller timer."),
            ),
            models.CheckConstraint(
                name="portfolio_funding_state_valid",
                condition=Q(state__in=FundingState.values),
                violation_error_message=_("Velg en av statusene."),
            ),
            models.CheckConstraint(
                name="portfolio_funding_amount_positive",
                condition=Q(amount_nok__gte=1),
                violation_error_message=_("Beløpet må være minst 1 krone."),
            ),
            models.CheckConstraint(
                name="portfolio_funding_hours_match_kind",
                condition=Q(kind="hours", hours__isnull=False) | Q(kind="money", hours=None),
                violation_error_message=_("Fyll ut timer for egeninnsats, og bare da."),
            ),
        ]

    def __str__(self) -> str:
        return self.funder
