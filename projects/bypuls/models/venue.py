"""Places in town: where one eats, meets, learns and moves."""

import datetime as dt
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from projects.bypuls.models.position import latitude_field, longitude_field, whole_position


class VenueKind(models.TextChoices):
    """What a place is first of all."""

    SERVING = "serving", _("Servering")
    MEETING = "meeting", _("Møtested")
    CULTURE = "culture", _("Kultur")
    SPORT = "sport", _("Idrett og friluft")
    LEARNING = "learning", _("Kunnskap og bibliotek")
    WORK = "work", _("Arbeid og møter")


class HolidayRule(models.TextChoices):
    """What a place does on public holidays. Empty means that nobody has said."""

    UNKNOWN = "", _("Ikke oppgitt")
    CLOSED = "closed", _("Stengt")
    SUNDAY = "sunday", _("Åpent som på søndager")
    USUAL = "usual", _("Åpent som på ukedagen")
    APPOINTMENT = "appointment", _("Etter avtale")


class VenueOffer(models.TextChoices):
    """What one can get at a place, beyond what its kind says."""

    COFFEE = "coffee", _("Kaffe og bakst")
    LUNCH = "lunch", _("Lunsj")
    DINNER = "dinner", _("Middag")
    BAR = "bar", _("Bar")
    TAKEAWAY = "takeaway", _("Mat å ta med")
    VEGETARIAN = "vegetarian", _("Vegetar og vegansk")
    OUTDOOR = "outdoor", _("Uteservering")
    CHILDREN = "children", _("Barnevennlig")
    WIFI = "wifi", _("Åpent trådløst nett")
    ROOMS = "rooms", _("Møterom")


class PriceLevel(models.IntegerChoices):
    """What a meal or a visit costs, roughly."""

    LOW = 1, _("Rimelig")
    MIDDLE = 2, _("Middels")
    HIGH = 3, _("Høyt")


# What is known about getting in and about; null where nobody has told.
ACCESS_FIELDS = (
    "has_step_free_entrance",
    "has_lift",
    "has_accessible_toilet",
    "has_accessible_parking",
    "has_hearing_loop",
)


class VenueQuerySet(models.QuerySet["Venue"]):
    """Chains over places."""

    def public(self, at: dt.datetime) -> Self:
        """Places that strangers may see at this moment."""
        return self.filter(published_at__lte=at)


VenueManager = models.Manager.from_queryset(VenueQuerySet)


class Venue(models.Model):
    """A place that one can go to. What nobody has told us about its accessibility stays empty."""

    name = models.CharField(_("navn"), max_length=120)
    slug = models.SlugField(_("adresse på nettet"), max_length=80, unique=True)
    kind = models.CharField(_("slags sted"), max_length=20, choices=VenueKind)
    summary = models.CharField(_("kort fortalt"), max_length=200, blank=True)
    description = models.TextField(_("beskrivelse"), blank=True)
    address = models.CharField(_("gateadresse"), max_length=120, blank=True)
    postal_code = models.CharField(_("postnummer"), max_length=4, blank=True)
    postal_place = models.CharField(_("poststed"), max_length=60, blank=True)
    latitude = latitude_field()
    longitude = longitude_field()
    website = models.URLField(_("nettsted"), blank=True)
    phone = models.CharField(_("telefon"), max_length=20, blank=True)
    contact_email = models.EmailField(_("e-post som vises"), blank=True)
    offers = ArrayField(
        models.CharField(max_length=20, choices=VenueOffer),
        verbose_name=_("tilbud"),
        default=list,
        blank=True,
    )
    price_level = models.PositiveSmallIntegerField(
        _("prisnivå"), choices=PriceLevel, null=True, blank=True
    )
    has_step_free_entrance = models.BooleanField(_("trinnfri inngang"), null=True, blank=True)
    has_accessible_toilet = models.BooleanField(_("HC-toalett"), null=True, blank=True)
    has_hearing_loop = models.BooleanField(_("teleslynge"), null=True, blank=True)
    has_lift = models.BooleanField(_("heis"), null=True, blank=True)
    has_accessible_parking = models.BooleanField(_("HC-parkering"), null=True, blank=True)
    accessibility_note = models.TextField(_("mer om tilgjengelighet"), blank=True)
    hours_note = models.CharField(
        _("merknad til åpningstidene"),
        max_length=200,
        blank=True,
        help_text=_("For eksempel hvor tidene er hentet, eller at de er et eksempel."),
    )
    holiday_rule = models.CharField(
        _("på helligdager"), max_length=12, choices=HolidayRule, default="", blank=True
    )
    picture = models.ImageField(
        _("bilde"),
        upload_to="steder/",
        blank=True,
        width_field="picture_width",
        height_field="picture_height",
    )
    picture_width = models.PositiveIntegerField(null=True, blank=True, editable=False)
    picture_height = models.PositiveIntegerField(null=True, blank=True, editable=False)
    picture_alt = models.CharField(_("bildet beskrevet"), max_length=200, blank=True)
    is_example = models.BooleanField(_("oppdiktet eksempel"), default=False)
    published_at = models.DateTimeField(_("publisert"), null=True, blank=True)

    objects = VenueManager()

    class Meta:
        verbose_name = _("sted")
        verbose_name_plural = _("steder")
        constraints = [
            models.CheckConstraint(
                name="bypuls_venue_kind_valid",
                condition=Q(kind__in=VenueKind.values),
                violation_error_message=_("Velg hva slags sted dette er."),
            ),
            models.CheckConstraint(
                name="bypuls_venue_holiday_rule_valid",
                condition=Q(holiday_rule__in=HolidayRule.values),
                violation_error_message=_("Velg hva stedet gjør på helligdager."),
            ),
            models.CheckConstraint(
                name="bypuls_venue_offers_valid",
                condition=Q(offers__contained_by=VenueOffer.values),
                violation_error_message=_("Velg tilbud fra listen."),
            ),
            models.CheckConstraint(
                name="bypuls_venue_price_level_valid",
                condition=Q(price_level=None) | Q(price_level__in=PriceLevel.values),
                violation_error_message=_("Velg et prisnivå fra listen."),
            ),
            whole_position("bypuls_venue_position_whole"),
            models.CheckConstraint(
                name="bypuls_venue_picture_described",
                condition=Q(picture="") | ~Q(picture_alt=""),
                violation_error_message=_("Beskriv bildet for dem som ikke ser det."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("bypuls:venue", args=[self.slug])

    @property
    def full_address(self) -> str:
        place = f"{self.postal_code} {self.postal_place}".strip()
        return ", ".join(part for part in (self.address, place) if part)

    @property
    def offer_labels(self) -> list[str]:
        """What one can get here, in words and in the order of the list."""
        return [str(offer.label) for offer in VenueOffer if offer.value in self.offers]

    @property
    def accessibility_facts(self) -> list[tuple[str, bool]]:
        """What is known about access, as (what, whether it is there); what nobody told is left out."""
        return [
            (str(self._meta.get_field(name).verbose_name), getattr(self, name))  # type: ignore[union-attr]
            for name in ACCESS_FIELDS
            if getattr(self, name) is not None
        ]
