"""What the programme has asked people and companies, and what they answered."""

import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from projects.portfolio.models import Project


class NeedsSurveyQuerySet(models.QuerySet["NeedsSurvey"]):
    """Chains over surveys."""

    def public(self, *, at: datetime.datetime) -> Self:
        """Surveys whose findings strangers may read at `at`."""
        return self.filter(published_at__lte=at)


NeedsSurveyManager = models.Manager.from_queryset(NeedsSurveyQuerySet)


class NeedsSurvey(models.Model):
    """One mapping of needs: who was asked, when, how many answered, what came out of it."""

    slug = models.SlugField(_("adresse"), max_length=80, unique=True)
    title = models.CharField(_("tittel"), max_length=160)
    asked_whom = models.CharField(_("hvem ble spurt"), max_length=200)
    asked_from = models.DateField(_("fra"))
    asked_to = models.DateField(_("til og med"))
    invited = models.PositiveIntegerField(_("spurt"), null=True, blank=True)
    responses = models.PositiveIntegerField(_("svar"), null=True, blank=True)
    findings = models.TextField(_("funn"), blank=True)
    is_example = models.BooleanField(_("eksempel"), default=False)
    project = models.ForeignKey(
        Project,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="needs_surveys",
        verbose_name=_("prosjekt"),
    )
    published_at = models.DateTimeField(_("publisert"), null=True, blank=True)

    objects = NeedsSurveyManager()

    class Meta:
        verbose_name = _("behovskartlegging")
        verbose_name_plural = _("behovskartlegginger")
        constraints = [
            models.CheckConstraint(
                name="innsikt_survey_ends_after_start",
                condition=Q(asked_to__gte=F("asked_from")),
                violation_error_message=_("Siste dag kan ikke være før første dag."),
            ),
            models.CheckConstraint(
                name="innsikt_survey_answers_within_invited",
                condition=Q(invited__isnull=True)
                | Q(responses__isnull=True)
                | Q(responses__lte=F("invited")),
                violation_error_message=_("Flere har svart enn det ble spurt."),
            ),
        ]

    def __str__(self) -> str:
        return self.title
