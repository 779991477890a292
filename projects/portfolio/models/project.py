"""Projects, each in one of the five main projects."""

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords


class MainProject(models.TextChoices):
    """One of the five main projects. The value stands in addresses and never changes."""

    INNSIKT = "innsikt", _("Innsikt Kongsberg")
    DIGITAL_STEMME = "digital-stemme", _("Digital stemme")
    BYPULS = "bypuls", _("Bypuls")
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
    def public(self, *, at: dt.datetime) -> Self:
        """Those that strangers may see at this moment."""
        return self.filter(published_at__lte=at)


ProjectManager = models.Manager.from_queryset(ProjectQuerySet)


class Project(models.Model):
    """One effort of the programme, in exactly one main project."""

    title = models.CharField(_("tittel"), max_length=120)
    slug = models.SlugField(
        _("adresse"), max_length=80, unique=True, help_text=_("Siste del av nettadressen.")
    )
    main_project = models.CharField(_("hovedprosjekt"), max_length=20, choices=MainProject.choices)
    summary = models.CharField(_("kort fortalt"), max_length=300, blank=True)
    body = models.TextField(_("omtale"), blank=True)
    owner = models.CharField(_("eier"), max_length=120, blank=True)
    partners = models.CharField(
        _("partnere"), max_length=300, blank=True, help_text=_("Skill navnene med komma.")
    )
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("ansvarlig"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="projects",
    )
    phase = models.CharField(_("fase"), max_length=20, choices=Phase.choices, default=Phase.IDEA)
    starts_on = models.DateField(_("starter"), null=True, blank=True)
    ends_on = models.DateField(_("slutter"), null=True, blank=True)
    budget_nok = models.PositiveBigIntegerField(_("budsjett i kroner"), null=True, blank=True)
    published_at = models.DateTimeField(_("publisert"), null=True, blank=True)

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
