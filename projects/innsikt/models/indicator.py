"""Indicators, their series and figures, what happened along the way, and the log of fetches."""

import datetime
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from projects.portfolio.models import Project


class ChartKind(models.TextChoices):
    """How the figures are drawn."""

    LINE = "line", _("Linje over tid")
    BARS = "bars", _("Søyler for siste periode")


class IndicatorQuerySet(models.QuerySet["Indicator"]):
    """Chains over indicators."""

    def public(self, *, at: datetime.datetime) -> Self:
        """Indicators that strangers may see at `at`."""
        return self.filter(published_at__lte=at)

    def fetchable(self) -> Self:
        """Indicators whose figures come from a table of the source."""
        return self.exclude(table_id="")


IndicatorManager = models.Manager.from_queryset(IndicatorQuerySet)


class Indicator(models.Model):
    """One thing the programme follows over time: the question, the figures' source, what they tell."""

    slug = models.SlugField(_("adresse"), max_length=80, unique=True)
    title = models.CharField(_("tittel"), max_length=120)
    question = models.CharField(
        _("spørsmål"), max_length=200, help_text=_("Spørsmålet som tallene svarer på.")
    )
    unit = models.CharField(_("måleenhet"), max_length=40, help_text=_("For eksempel «personer»."))
    is_percent = models.BooleanField(
        _("prosenttall"), default=False, help_text=_("Endringer omtales som prosentpoeng.")
    )
    decimals = models.PositiveSmallIntegerField(_("desimaler"), default=0)
    chart_kind = models.CharField(
        _("diagram"), max_length=10, choices=ChartKind, default=ChartKind.LINE
    )
    keeps_order = models.BooleanField(
        _("kategoriene har sin egen rekkefølge"),
        default=False,
        help_text=_("Ellers står de største søylene først."),
    )
    conclusion = models.TextField(
        _("konklusjon"), blank=True, help_text=_("Hva tallene forteller, i to–tre setninger.")
    )
    concluded_period = models.CharField(
        _("konkludert til og med"),
        max_length=10,
        blank=True,
        help_text=_("Siste periode som konklusjonen bygger på, for eksempel 2023 eller 2025K4."),
    )
    method = models.TextField(
        _("slik er tallene laget"),
        blank=True,
        help_text=_("Definisjoner, brudd, og forskjellen på offisielle og korrigerte tall."),
    )
    source_name = models.CharField(_("kilde"), max_length=120)
    source_url = models.URLField(_("kildens adresse"), max_length=300)
    licence = models.CharField(_("lisens"), max_length=60, default="CC BY 4.0")
    table_id = models.CharField(
        _("tabell"),
        max_length=20,
        blank=True,
        help_text=_("Nummeret i Statistikkbanken. Tomt: tallene føres for hånd."),
    )
    query = models.JSONField(
        _("spørring"),
        default=dict,
        blank=True,
        help_text=_("valueCodes og codelist for hver variabel, slik Statistikkbanken vil ha dem."),
    )
    series_dimension = models.CharField(
        _("variabel som gir seriene"),
        max_length=60,
        blank=True,
        help_text=_("Tomt: svaret er én serie."),
    )
    growth_of = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="growth_indicators",
        verbose_name=_("vekst i"),
        help_text=_("Regn ut prosentvis endring per år i denne indikatoren."),
    )
    show_from = models.DateField(
        _("vis fra"),
        null=True,
        blank=True,
        help_text=_("Det første diagrammet begynner her. Eldre tall får sitt eget."),
    )
    target_value = models.DecimalField(
        _("mål"), max_digits=14, decimal_places=4, null=True, blank=True
    )
    target_growth_percent = models.DecimalField(
        _("mål for vekst per år (prosent)"), max_digits=6, decimal_places=2, null=True, blank=True
    )
    target_from = models.DateField(
        _("målet gjelder fra"), null=True, blank=True, help_text=_("Vekstmålet regnes herfra.")
    )
    position = models.PositiveSmallIntegerField(_("rekkefølge"), default=0)
    is_example = models.BooleanField(
        _("eksempel"), default=False, help_text=_("Tallene er oppdiktet. Merkes tydelig.")
    )
    project = models.ForeignKey(
        Project,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="indicators",
        verbose_name=_("prosjekt"),
    )
    published_at = models.DateTimeField(_("publisert"), null=True, blank=True)
    updated_at = models.DateTimeField(_("endret"), auto_now=True)
    table_updated_at = models.DateTimeField(
        _("kilden oppdatert"), null=True, blank=True, editable=False
    )
    fetched_at = models.DateTimeField(_("sist hentet"), null=True, blank=True, editable=False)
    failed_at = models.DateTimeField(
        _("mislyktes sist"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("Tomt når kilden svarte sist vi spurte."),
    )
    fetched_url = models.CharField(
        _("hentet fra"), max_length=1000, blank=True, default="", editable=False
    )

    objects = IndicatorManager()

    class Meta:
        verbose_name = _("indikator")
        verbose_name_plural = _("indikatorer")
        constraints = [
            models.CheckConstraint(
                name="innsikt_indicator_chart_kind_valid",
                condition=Q(chart_kind__in=ChartKind.values),
            ),
            models.CheckConstraint(
                name="innsikt_indicator_decimals_at_most_4",
                condition=Q(decimals__lte=4),
                violation_error_message=_("Høyst fire desimaler."),
            ),
            models.CheckConstraint(
                name="innsikt_indicator_one_kind_of_target",
                condition=Q(target_value__isnull=True) | Q(target_growth_percent__isnull=True),
                violation_error_message=_("Velg enten et fast mål eller et mål for vekst."),
            ),
            models.CheckConstraint(
                name="innsikt_indicator_growth_target_has_start",
                condition=Q(target_growth_percent__isnull=True) | Q(target_from__isnull=False),
                violation_error_message=_("Et vekstmål må ha en dato det gjelder fra."),
            ),
            models.CheckConstraint(
                name="innsikt_indicator_grows_of_another",
                condition=Q(growth_of__isnull=True) | ~Q(growth_of=F("pk")),
                violation_error_message=_("En indikator kan ikke være veksten i seg selv."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("innsikt:indicator_detail", kwargs={"slug": self.slug})


class SeriesKind(models.TextChoices):
    """Whether the figures are as published, or corrected for something that the page explains."""

    OFFICIAL = "official", _("Offisielle tall")
    CORRECTED = "corrected", _("Korrigerte tall")


class Series(models.Model):
    """One line of an indicator's chart, one column of its table."""

    indicator = models.ForeignKey(
        Indicator, models.CASCADE, related_name="series", verbose_name=_("indikator")
    )
    key = models.CharField(
        _("kode"), max_length=40, help_text=_("Kategoriens kode i kilden, eller «alle».")
    )
    label = models.CharField(_("navn"), max_length=120)
    kind = models.CharField(
        _("slag"), max_length=10, choices=SeriesKind, default=SeriesKind.OFFICIAL
    )
    is_main = models.BooleanField(
        _("hovedserie"), default=False, help_text=_("Står på kortet, og først på siden.")
    )
    position = models.PositiveSmallIntegerField(_("rekkefølge"), default=0)

    class Meta:
        verbose_name = _("serie")
        verbose_name_plural = _("serier")
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "key"],
                name="innsikt_series_once",
                violation_error_message=_("Indikatoren har alt en serie med denne koden."),
            ),
            models.UniqueConstraint(
                fields=["indicator"],
                condition=Q(is_main=True),
                name="innsikt_series_one_main",
                violation_error_message=_("Indikatoren har alt en hovedserie."),
            ),
            models.CheckConstraint(
                name="innsikt_series_kind_valid", condition=Q(kind__in=SeriesKind.values)
            ),
        ]

    def __str__(self) -> str:
        return self.label


class ObservationStatus(models.TextChoices):
    """Why a figure is missing; the signs are those of Statistics Norway, but for the last."""

    VALUE = "", _("Tall")
    NOT_POSSIBLE = ".", _("Ikke mulig å oppgi")
    MISSING = "..", _("Tall mangler")
    CONFIDENTIAL = ":", _("Vises ikke av hensyn til personvern")
    UNKNOWN = "?", _("Ikke hentet fra kilden")


class Observation(models.Model):
    """One figure of a series for one period; a missing one says why, and is never zero."""

    series = models.ForeignKey(
        Series, models.CASCADE, related_name="observations", verbose_name=_("serie")
    )
    period = models.CharField(
        _("periode"), max_length=10, help_text=_("Som i kilden: 2023, 2023K4, 2023M05.")
    )
    period_start = models.DateField(_("periodens første dag"))
    value = models.DecimalField(_("tall"), max_digits=18, decimal_places=4, null=True, blank=True)
    status = models.CharField(
        _("hvorfor det mangler"),
        max_length=2,
        choices=ObservationStatus,
        default=ObservationStatus.VALUE,
        blank=True,
    )
    is_break = models.BooleanField(
        _("brudd"), default=False, help_text=_("Tallet kan ikke uten videre jevnføres bakover.")
    )
    note = models.CharField(_("merknad"), max_length=250, blank=True)

    class Meta:
        verbose_name = _("tall")
        verbose_name_plural = _("tall")
        constraints = [
            models.UniqueConstraint(
                fields=["series", "period"],
                name="innsikt_observation_once",
                violation_error_message=_("Serien har alt et tall for denne perioden."),
            ),
            models.CheckConstraint(
                name="innsikt_observation_missing_says_why",
                condition=(Q(value__isnull=True) & ~Q(status=""))
                | Q(value__isnull=False, status=""),
                violation_error_message=_(
                    "Et tall som mangler, må si hvorfor; et tall som finnes, har ingen grunn."
                ),
            ),
            models.CheckConstraint(
                name="innsikt_observation_status_valid",
                condition=Q(status__in=ObservationStatus.values),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period}: {self.status if self.value is None else self.value}"

    def clean(self) -> None:
        # Not a constraint: the note has a column for each language.
        if self.is_break and not self.note:
            raise ValidationError({"note": _("Et brudd må forklares i merknaden.")})


class AnnotationKind(models.TextChoices):
    """What kind of event stands beside the figures."""

    EVENT = "event", _("Hendelse")
    COVERAGE = "coverage", _("Hva tallene omfatter")


class Annotation(models.Model):
    """Something dated that helps to read the figures, marked in the chart and listed under it."""

    indicator = models.ForeignKey(
        Indicator, models.CASCADE, related_name="annotations", verbose_name=_("indikator")
    )
    date = models.DateField(_("dato"))
    text = models.CharField(_("tekst"), max_length=250)
    kind = models.CharField(
        _("slag"), max_length=10, choices=AnnotationKind, default=AnnotationKind.EVENT
    )

    class Meta:
        verbose_name = _("hendelse")
        verbose_name_plural = _("hendelser")
        constraints = [
            models.CheckConstraint(
                name="innsikt_annotation_kind_valid", condition=Q(kind__in=AnnotationKind.values)
            )
        ]

    def __str__(self) -> str:
        return f"{self.date:%Y}: {self.text}"


class FetchOutcome(models.TextChoices):
    """What came of asking the source."""

    STORED = "stored", _("Nye tall lagret")
    UNCHANGED = "unchanged", _("Uendret hos kilden")
    FAILED = "failed", _("Mislyktes")


class Fetch(models.Model):
    """One question to the source: when, where, what it answered, and what went wrong."""

    indicator = models.ForeignKey(
        Indicator, models.CASCADE, related_name="fetches", verbose_name=_("indikator")
    )
    fetched_at = models.DateTimeField(_("hentet"))
    url = models.CharField(_("adresse"), max_length=1000)
    outcome = models.CharField(_("utfall"), max_length=10, choices=FetchOutcome)
    table_updated_at = models.DateTimeField(_("kilden oppdatert"), null=True, blank=True)
    payload = models.TextField(_("svaret slik det kom"), blank=True)
    error = models.CharField(_("feil"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("henting")
        verbose_name_plural = _("hentinger")
        constraints = [
            models.CheckConstraint(
                name="innsikt_fetch_outcome_valid", condition=Q(outcome__in=FetchOutcome.values)
            ),
            models.CheckConstraint(
                name="innsikt_fetch_failed_says_why",
                condition=(Q(outcome=FetchOutcome.FAILED) & ~Q(error=""))
                | (~Q(outcome=FetchOutcome.FAILED) & Q(error="")),
            ),
        ]
        indexes = [models.Index(fields=["indicator", "-fetched_at"], name="innsikt_fetch_newest")]

    def __str__(self) -> str:
        return f"{self.fetched_at:%Y-%m-%d %H:%M} {self.get_outcome_display()}"
