"""Homes to rent or buy in the municipality."""

import datetime
from typing import Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.companies.models import Company
from projects.digital_stemme.models.choices import (
    DwellingType,
    EnergyGrade,
    Furnished,
    HomeKind,
    HomeSource,
    Neighbourhood,
    OfferedBy,
    Ownership,
    PetsAllowed,
    StepFree,
)
from projects.digital_stemme.models.listing import Listing
from projects.portfolio.models import Project
from vekst.moderation import ModerationState

# Sorts after every real amount: homes without a price come last, and are never shown as dear.
NO_AMOUNT = 2_000_000_000
RENTED_KINDS = (HomeKind.RENT, HomeKind.STUDENT)
# Everything the list filters by, so that a page is found in the index alone.
_FILTERED_BY = [
    "kind",
    "dwelling",
    "neighbourhood",
    "bedrooms",
    "pets",
    "step_free",
    "rent_nok",
    "price_nok",
    "available_from",
    "expires_on",
]
_PUBLISHED = Q(state=ModerationState.PUBLISHED)


def _enum(field: str, values: list[str]) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=f"digital_stemme_home_{field}_valid", condition=Q(**{f"{field}__in": values})
    )


class HomeQuerySet(models.QuerySet["Home"]):
    """Homes, and which of them strangers may see."""

    def public(self, at: datetime.datetime) -> Self:
        """Those published, up to and including their last day."""
        return self.filter(state=ModerationState.PUBLISHED, expires_on__gte=timezone.localdate(at))

    def for_list(self) -> Self:
        """What a card shows, without the long texts."""
        return self.defer("description", "description_nb", "description_en", "search")


HomeManager = models.Manager.from_queryset(HomeQuerySet)


class Home(Listing):
    """One dwelling that somebody offers, sent in or imported."""

    kind = models.CharField(_("hva tilbys"), max_length=20, choices=HomeKind)
    title = models.CharField(_("overskrift"), max_length=120)
    description = models.TextField(_("beskrivelse"))
    dwelling = models.CharField(
        _("boligtype"), max_length=20, choices=DwellingType, default=DwellingType.UNSTATED
    )
    ownership = models.CharField(
        _("eierform"), max_length=20, choices=Ownership, default=Ownership.UNSTATED
    )
    area_m2 = models.PositiveSmallIntegerField(_("areal (BRA-i) i m²"), null=True, blank=True)
    bedrooms = models.PositiveSmallIntegerField(
        _("soverom"), null=True, blank=True, validators=[MaxValueValidator(30)]
    )
    floor = models.SmallIntegerField(_("etasje"), null=True, blank=True)
    built_year = models.PositiveSmallIntegerField(_("byggeår"), null=True, blank=True)
    rent_nok = models.PositiveIntegerField(_("husleie per måned"), null=True, blank=True)
    deposit_nok = models.PositiveIntegerField(
        _("depositum"), null=True, blank=True, help_text=_("Høyst seks måneders husleie.")
    )
    price_nok = models.PositiveIntegerField(_("prisantydning"), null=True, blank=True)
    shared_debt_nok = models.PositiveIntegerField(_("fellesgjeld"), null=True, blank=True)
    monthly_costs_nok = models.PositiveIntegerField(
        _("felleskostnader per måned"), null=True, blank=True
    )
    available_from = models.DateField(_("ledig fra"), null=True, blank=True)
    energy_grade = models.CharField(
        _("energimerke"), max_length=10, choices=EnergyGrade, default=EnergyGrade.UNSTATED
    )
    pets = models.CharField(
        _("husdyr"), max_length=10, choices=PetsAllowed, default=PetsAllowed.UNSTATED
    )
    step_free = models.CharField(
        _("trinnfri adkomst"), max_length=10, choices=StepFree, default=StepFree.UNSTATED
    )
    furnished = models.CharField(
        _("møblering"), max_length=10, choices=Furnished, default=Furnished.UNSTATED
    )
    offered_by = models.CharField(
        _("tilbys av"), max_length=20, choices=OfferedBy, default=OfferedBy.UNSTATED
    )
    neighbourhood = models.CharField(
        _("område"), max_length=20, choices=Neighbourhood, default=Neighbourhood.UNSTATED
    )
    address = models.CharField(_("adresse"), max_length=200, blank=True)
    postal_code = models.CharField(_("postnummer"), max_length=4, blank=True)
    city = models.CharField(_("poststed"), max_length=60, blank=True)
    lat = models.FloatField(_("breddegrad"), null=True, blank=True)
    lon = models.FloatField(_("lengdegrad"), null=True, blank=True)
    picture = models.ImageField(
        _("bilde"),
        upload_to="homes/%Y/",
        blank=True,
        width_field="picture_width",
        height_field="picture_height",
    )
    picture_alt = models.CharField(_("hva bildet viser"), max_length=200, blank=True)
    picture_width = models.PositiveIntegerField(null=True, blank=True, editable=False)
    picture_height = models.PositiveIntegerField(null=True, blank=True, editable=False)
    external_url = models.URLField(_("annonsen et annet sted"), max_length=500, blank=True)
    expires_on = models.DateField(_("vises til og med"))
    source = models.CharField(
        _("kilde"), max_length=10, choices=HomeSource, default=HomeSource.OWN, editable=False
    )
    source_ref = models.CharField(_("kildens nummer"), max_length=100, blank=True, editable=False)
    company = models.ForeignKey(
        Company,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="homes",
        verbose_name=_("bedrift"),
    )
    project = models.ForeignKey(
        Project,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="homes",
        verbose_name=_("prosjekt"),
    )
    # For sorting: keyset paging needs a value in every row. Never shown.
    sort_amount = models.GeneratedField(
        expression=Coalesce("rent_nok", "price_nok", Value(NO_AMOUNT)),
        output_field=models.PositiveIntegerField(),
        db_persist=True,
    )
    sort_area = models.GeneratedField(
        expression=Coalesce("area_m2", Value(0)),
        output_field=models.PositiveIntegerField(),
        db_persist=True,
    )
    search = models.GeneratedField(
        expression=SearchVector(
            "title_nb",
            "title_en",
            "description_nb",
            "description_en",
            "address",
            config="norwegian",
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = HomeManager()

    class Meta:
        verbose_name = _("bolig")
        verbose_name_plural = _("boliger")
        constraints = [
            *Listing.Meta.constraints,
            _enum("kind", HomeKind.values),
            _enum("dwelling", DwellingType.values),
            _enum("ownership", Ownership.values),
            _enum("energy_grade", EnergyGrade.values),
            _enum("pets", PetsAllowed.values),
            _enum("step_free", StepFree.values),
            _enum("furnished", Furnished.values),
            _enum("offered_by", OfferedBy.values),
            _enum("neighbourhood", Neighbourhood.values),
            _enum("source", HomeSource.values),
            models.UniqueConstraint(
                fields=["source", "source_ref"],
                name="digital_stemme_home_source_ref_unique",
                condition=~Q(source_ref=""),
            ),
            models.CheckConstraint(
                # Source: husleieloven § 3-5, https://lovdata.no/lov/1999-03-26-17/§3-5
                name="digital_stemme_home_deposit_at_most_six_rents",
                condition=Q(deposit_nok=None)
                | Q(rent_nok=None)
                | Q(deposit_nok__lte=F("rent_nok") * 6),
                violation_error_message=_(
                    "Depositumet kan ikke være høyere enn seks måneders husleie."
                ),
            ),
            models.CheckConstraint(
                name="digital_stemme_home_rent_or_price",
                condition=Q(kind__in=RENTED_KINDS, price_nok=None)
                | Q(kind__in=[HomeKind.BUY, HomeKind.PROJECT], rent_nok=None),
                violation_error_message=_(
                    "En bolig til leie har husleie, og en bolig til salgs har prisantydning."
                ),
            ),
            models.CheckConstraint(
                name="digital_stemme_home_position_whole",
                condition=Q(lat=None, lon=None) | Q(lat__range=(-90, 90), lon__range=(-180, 180)),
                violation_error_message=_("Oppgi både breddegrad og lengdegrad, eller ingen."),
            ),
        ]
        indexes = [
            GinIndex(fields=["search"], name="digital_stemme_home_search"),
            # The sweeper and the difference between the cube and this very moment.
            models.Index(
                fields=["expires_on"],
                name="digital_stemme_home_expiring",
                condition=_PUBLISHED,
            ),
            models.Index(fields=["state", "-submitted_at"], name="digital_stemme_home_queue"),
            models.Index(
                fields=["-published_at", "-id"],
                include=_FILTERED_BY,
                name="digital_stemme_home_newest",
                condition=_PUBLISHED,
            ),
            # The filter that narrows most: few rows fit, and they are found without reading them all.
            models.Index(
                fields=["neighbourhood", "-published_at", "-id"],
                include=[name for name in _FILTERED_BY if name != "neighbourhood"],
                name="digital_stemme_home_by_place",
                condition=_PUBLISHED,
            ),
            models.Index(
                fields=["sort_amount", "id"],
                include=_FILTERED_BY,
                name="digital_stemme_home_by_amount",
                condition=_PUBLISHED,
            ),
            models.Index(
                fields=["-sort_area", "-id"],
                include=_FILTERED_BY,
                name="digital_stemme_home_by_area",
                condition=_PUBLISHED,
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("digital_stemme:home_detail", args=[self.slug])

    @property
    def is_for_rent(self) -> bool:
        """Tell whether money is paid by the month, not once."""
        return self.kind in RENTED_KINDS

    @property
    def amount_nok(self) -> int | None:
        """The rent or the price; None when nobody stated it."""
        return self.rent_nok if self.is_for_rent else self.price_nok

    @property
    def total_price_nok(self) -> int | None:
        """Price and shared debt together: what buying costs, fees aside. None without a price."""
        return None if self.price_nok is None else self.price_nok + (self.shared_debt_nok or 0)
