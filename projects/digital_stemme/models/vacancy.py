"""Vacancies: sent in by employers, and read from NAV's feed."""

import datetime
from typing import Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from members.companies.models import Company
from projects.digital_stemme.models.choices import (
    Engagement,
    Extent,
    Occupation,
    Place,
    Remote,
    Sector,
    VacancySource,
    WorkLanguage,
)
from projects.digital_stemme.models.listing import Listing
from projects.portfolio.models import Project
from vekst.moderation import ModerationState

# Sorts after every real deadline.
NO_DEADLINE = datetime.date(9999, 12, 31)
# Everything the list filters by, so that a page is found in the index alone.
_FILTERED_BY = [
    "occupation",
    "extent",
    "engagement",
    "sector",
    "work_language",
    "remote",
    "place",
    "is_member_employer",
    "expires_at",
]
_PUBLISHED = Q(state=ModerationState.PUBLISHED)


def _enum(field: str, values: list[str]) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=f"digital_stemme_vacancy_{field}_valid", condition=Q(**{f"{field}__in": values})
    )


class VacancyQuerySet(models.QuerySet["Vacancy"]):
    """Vacancies, and which of them strangers may see."""

    def public(self, at: datetime.datetime) -> Self:
        """Those published and not past their end."""
        return self.filter(state=ModerationState.PUBLISHED, expires_at__gt=at)

    def for_list(self) -> Self:
        """What a card shows, without the long texts."""
        return self.defer("description", "description_nb", "description_en", "search", "raw")


VacancyManager = models.Manager.from_queryset(VacancyQuerySet)


class Vacancy(Listing):
    """One advertisement for one or several positions."""

    title = models.CharField(_("overskrift"), max_length=300)
    employer_name = models.CharField(_("arbeidsgiver"), max_length=200)
    employer_url = models.URLField(_("arbeidsgiverens nettsted"), max_length=500, blank=True)
    company = models.ForeignKey(
        Company,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="vacancies",
        verbose_name=_("bedrift"),
    )
    # The filter counts by it; `membership.refresh_member_employers` keeps it as the directory says.
    is_member_employer = models.BooleanField(_("medlemsbedrift"), default=False, editable=False)
    project = models.ForeignKey(
        Project,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="vacancies",
        verbose_name=_("prosjekt"),
    )
    occupation = models.CharField(
        _("yrkesgruppe"), max_length=30, choices=Occupation, default=Occupation.UNSTATED
    )
    extent = models.CharField(_("omfang"), max_length=10, choices=Extent, default=Extent.UNSTATED)
    engagement = models.CharField(
        _("ansettelsesform"), max_length=20, choices=Engagement, default=Engagement.UNSTATED
    )
    sector = models.CharField(_("sektor"), max_length=20, choices=Sector, default=Sector.UNSTATED)
    work_language = models.CharField(
        _("arbeidsspråk"), max_length=10, choices=WorkLanguage, default=WorkLanguage.UNSTATED
    )
    remote = models.CharField(
        _("hjemmekontor"), max_length=10, choices=Remote, default=Remote.UNSTATED
    )
    place = models.CharField(_("sted"), max_length=20, choices=Place, default=Place.UNSTATED)
    location = models.CharField(
        _("arbeidssted"), max_length=200, blank=True, help_text=_("Adresse eller sted.")
    )
    municipality = models.CharField(_("kommune"), max_length=60, blank=True)
    summary = models.CharField(_("kort fortalt"), max_length=300, blank=True)
    description = models.TextField(_("om stillingen"))
    apply_url = models.URLField(_("søk her"), max_length=1000, blank=True)
    due_on = models.DateField(_("søknadsfrist"), null=True, blank=True)
    due_text = models.CharField(
        _("frist i ord"), max_length=120, blank=True, help_text=_("For eksempel «Snarest».")
    )
    starts = models.CharField(_("tiltredelse"), max_length=120, blank=True)
    position_count = models.PositiveSmallIntegerField(
        _("antall stillinger"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    source = models.CharField(
        _("kilde"), max_length=10, choices=VacancySource, default=VacancySource.OWN, editable=False
    )
    uuid = models.UUIDField(_("kildens nummer"), null=True, unique=True, editable=False)
    source_url = models.URLField(_("adresse hos kilden"), max_length=1000, blank=True)
    updated_at_source = models.DateTimeField(_("endret hos kilden"), null=True, editable=False)
    last_seen_at = models.DateTimeField(_("sist sett hos kilden"), null=True, editable=False)
    raw = models.JSONField(_("kildens svar"), null=True, blank=True, editable=False)
    expires_at = models.DateTimeField(_("vises til"))
    # For sorting: keyset paging needs a value in every row. Never shown.
    sort_due_on = models.GeneratedField(
        expression=Coalesce("due_on", Value(NO_DEADLINE)),
        output_field=models.DateField(),
        db_persist=True,
    )
    search = models.GeneratedField(
        expression=SearchVector(
            "title_nb",
            "title_en",
            "employer_name",
            "summary_nb",
            "summary_en",
            "description_nb",
            "description_en",
            config="norwegian",
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = VacancyManager()

    class Meta:
        verbose_name = _("stilling")
        verbose_name_plural = _("stillinger")
        constraints = [
            *Listing.Meta.constraints,
            _enum("occupation", Occupation.values),
            _enum("extent", Extent.values),
            _enum("engagement", Engagement.values),
            _enum("sector", Sector.values),
            _enum("work_language", WorkLanguage.values),
            _enum("remote", Remote.values),
            _enum("place", Place.values),
            _enum("source", VacancySource.values),
            models.CheckConstraint(
                name="digital_stemme_vacancy_nav_has_uuid",
                condition=Q(source=VacancySource.NAV, uuid__isnull=False)
                | Q(source=VacancySource.OWN, uuid__isnull=True),
            ),
            models.CheckConstraint(
                name="digital_stemme_vacancy_positions_at_least_one",
                condition=Q(position_count=None) | Q(position_count__gte=1),
                violation_error_message=_("Antall stillinger må være minst 1."),
            ),
        ]
        indexes = [
            GinIndex(fields=["search"], name="digital_stemme_vacancy_search"),
            models.Index(
                fields=["expires_at"],
                name="digital_stemme_vacancy_expires",
                condition=_PUBLISHED,
            ),
            models.Index(fields=["state", "-submitted_at"], name="digital_stemme_vacancy_queue"),
            models.Index(
                fields=["-published_at", "-id"],
                include=_FILTERED_BY,
                name="digital_stemme_vacancy_newest",
                condition=_PUBLISHED,
            ),
            # The filter that narrows most: few rows fit, and they are found without reading them all.
            models.Index(
                fields=["occupation", "-published_at", "-id"],
                include=[name for name in _FILTERED_BY if name != "occupation"],
                name="digital_stemme_vacancy_by_work",
                condition=_PUBLISHED,
            ),
            models.Index(
                fields=["sort_due_on", "id"],
                include=_FILTERED_BY,
                name="digital_stemme_vacancy_by_due",
                condition=_PUBLISHED,
            ),
            # What a full reading of NAV's feed has not seen.
            models.Index(
                fields=["last_seen_at"],
                name="digital_stemme_vacancy_seen",
                condition=_PUBLISHED & Q(source=VacancySource.NAV),
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("digital_stemme:vacancy_detail", args=[self.slug])

    @property
    def is_from_nav(self) -> bool:
        """Tell whether NAV's feed decides over the advertisement."""
        return self.source == VacancySource.NAV

    @property
    def application_url(self) -> str:
        """Where one applies: the source's own application function, as NAV's terms ask."""
        return self.apply_url or self.source_url
