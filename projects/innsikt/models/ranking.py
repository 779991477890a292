"""Rankings that others publish. A rank is not a score: it says only how many stood above."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class RankingScope(models.TextChoices):
    """Among whom the municipality is ranked."""

    NATION = "nation", _("Landet")
    COUNTY = "county", _("Fylket")


class RankingQuerySet(models.QuerySet["Ranking"]):
    """Chains over rankings."""

    def newest_first(self) -> Self:
        """By publisher and index, the newest year first, the country before the county."""
        return self.order_by("publisher", "index_name", "-year", "theme", "-scope", "pk")


RankingManager = models.Manager.from_queryset(RankingQuerySet)


class Ranking(models.Model):
    """The municipality's place in one ranking, one year, among the municipalities of one area."""

    publisher = models.CharField(_("utgiver"), max_length=80)
    index_name = models.CharField(_("kåring"), max_length=80)
    sub_index = models.CharField(
        _("tema"), max_length=80, blank=True, help_text=_("Tomt: hele kåringen samlet.")
    )
    theme = models.SlugField(
        _("temaets nøkkel"),
        max_length=40,
        blank=True,
        help_text=_("Det samme hvert år, for eksempel «kompetanse». Tomt: hele kåringen samlet."),
    )
    year = models.PositiveSmallIntegerField(_("år"))
    scope = models.CharField(_("blant kommunene i"), max_length=10, choices=RankingScope)
    scope_name = models.CharField(_("områdets navn"), max_length=60)
    rank = models.PositiveIntegerField(_("plassering"))
    of_n = models.PositiveIntegerField(
        _("av hvor mange"), null=True, blank=True, help_text=_("Tomt når kilden ikke sier det.")
    )
    method_version = models.CharField(
        _("metode"), max_length=60, blank=True, help_text=_("Fyll ut når utgiveren endrer metoden.")
    )
    source_name = models.CharField(_("kilde"), max_length=160)
    source_url = models.URLField(_("kildens adresse"), max_length=300, blank=True)
    note = models.CharField(_("merknad"), max_length=250, blank=True)

    objects = RankingManager()

    class Meta:
        verbose_name = _("rangering")
        verbose_name_plural = _("rangeringer")
        constraints = [
            models.CheckConstraint(
                name="innsikt_ranking_rank_within_n",
                condition=Q(rank__gte=1) & (Q(of_n__isnull=True) | Q(rank__lte=F("of_n"))),
                violation_error_message=_("Plasseringen må være mellom 1 og antallet rangerte."),
            ),
            models.CheckConstraint(
                name="innsikt_ranking_scope_valid", condition=Q(scope__in=RankingScope.values)
            ),
            models.CheckConstraint(
                name="innsikt_ranking_year_plausible",
                condition=Q(year__gte=1990, year__lte=2100),
                violation_error_message=_("Året må være mellom 1990 og 2100."),
            ),
            models.UniqueConstraint(
                fields=["publisher", "index_name", "theme", "year", "scope"],
                name="innsikt_ranking_once",
                violation_error_message=_("Denne plasseringen er alt ført."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.publisher} {self.index_name} {self.year}: {self.rank}"
