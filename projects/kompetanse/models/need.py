"""What companies say they need people to know, asked for in rounds."""

import datetime
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.companies.models import Company
from projects.kompetanse.models.programme import Field, Level


class SurveyRoundQuerySet(models.QuerySet["SurveyRound"]):
    """Rounds of the survey."""

    def open(self, *, on: datetime.date) -> Self:
        """Those in which companies may answer on the day `on`."""
        return self.filter(opens_on__lte=on, closes_on__gte=on)

    def public(self, *, at: datetime.datetime) -> Self:
        """Those whose sums strangers may see."""
        return self.filter(published_at__lte=at)


SurveyRoundManager = models.Manager.from_queryset(SurveyRoundQuerySet)


class SurveyRound(models.Model):
    """One time that all companies are asked what they need."""

    title = models.CharField(_("navn"), max_length=120, unique=True)
    opens_on = models.DateField(_("åpner"))
    closes_on = models.DateField(_("siste dag"))
    published_at = models.DateTimeField(
        _("publisert"), null=True, blank=True, help_text=_("Fra da vises summene for alle.")
    )

    objects = SurveyRoundManager()

    class Meta:
        verbose_name = _("behovsrunde")
        verbose_name_plural = _("behovsrunder")
        constraints = [
            models.CheckConstraint(
                name="kompetanse_survey_closes_after_opening",
                condition=Q(closes_on__gte=F("opens_on")),
                violation_error_message=_("Runden kan ikke slutte før den åpner."),
            )
        ]

    def __str__(self) -> str:
        return self.title


class Certainty(models.TextChoices):
    """How sure a company is that it will need the people."""

    SURE = "sikkert", _("Helt sikkert")
    LIKELY = "sannsynlig", _("Sannsynlig")
    MAYBE = "kanskje", _("Kanskje")


class CompetenceNeed(models.Model):
    """One company's need for people with one kind of knowledge. Strangers see sums only."""

    survey_round = models.ForeignKey(
        SurveyRound, models.PROTECT, related_name="needs", verbose_name=_("runde")
    )
    company = models.ForeignKey(
        Company, models.CASCADE, related_name="competence_needs", verbose_name=_("bedrift")
    )
    field = models.CharField(_("fagområde"), max_length=30, choices=Field)
    skill = models.CharField(
        _("ferdighet"), max_length=120, blank=True, help_text=_("For eksempel «CNC-maskinering».")
    )
    level = models.CharField(_("nivå"), max_length=20, choices=Level)
    headcount = models.PositiveSmallIntegerField(
        _("antall personer"), validators=[MinValueValidator(1), MaxValueValidator(2000)]
    )
    needed_by_year = models.PositiveSmallIntegerField(_("innen utgangen av"))
    certainty = models.CharField(
        _("hvor sikkert"), max_length=20, choices=Certainty, default=Certainty.LIKELY
    )
    note = models.TextField(_("merknad"), blank=True, help_text=_("Leses bare av programkontoret."))
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("meldt av"),
    )
    reported_at = models.DateTimeField(_("meldt"))

    class Meta:
        verbose_name = _("kompetansebehov")
        verbose_name_plural = _("kompetansebehov")
        constraints = [
            models.UniqueConstraint(
                fields=["survey_round", "company", "field", "level", "skill"],
                name="kompetanse_need_once_per_round",
                violation_error_message=_("Dette behovet er alt meldt i runden."),
            ),
            models.CheckConstraint(
                name="kompetanse_need_field_valid", condition=Q(field__in=Field.values)
            ),
            models.CheckConstraint(
                name="kompetanse_need_level_valid", condition=Q(level__in=Level.values)
            ),
            models.CheckConstraint(
                name="kompetanse_need_certainty_valid", condition=Q(certainty__in=Certainty.values)
            ),
            models.CheckConstraint(
                name="kompetanse_need_headcount_sane",
                condition=Q(headcount__gte=1, headcount__lte=2000),
                violation_error_message=_("Oppgi mellom 1 og 2 000 personer."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company}: {self.headcount} {self.get_field_display()}"
