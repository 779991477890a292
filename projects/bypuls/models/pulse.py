"""The town's pulse: counters in town, and what they counted hour by hour."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import npgettext

from projects.bypuls.models.position import latitude_field, longitude_field, whole_position
from projects.bypuls.models.venue import Venue


class Counted(models.TextChoices):
    """What a counter counts."""

    PEOPLE = "people", _("Folk som går forbi")
    BIKES = "bikes", _("Sykler som kjører forbi")
    CARS = "cars", _("Parkerte biler")
    VISITORS = "visitors", _("Besøkende")


class CounterQuerySet(models.QuerySet["Counter"]):
    """Chains over counters."""

    def public(self, at: dt.datetime) -> Self:
        """Counters that strangers may see at this moment."""
        return self.filter(published_at__lte=at)


CounterManager = models.Manager.from_queryset(CounterQuerySet)


class Counter(models.Model):
    """
    A device or a person that counts something at one spot in town.

    The token with which it reports is shown once when it is made; only its hash is kept.
    """

    name = models.CharField(_("navn"), max_length=120)
    slug = models.SlugField(_("adresse på nettet"), max_length=80, unique=True)
    counts = models.CharField(_("teller"), max_length=10, choices=Counted)
    venue = models.ForeignKey(
        Venue,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="counters",
        verbose_name=_("sted"),
    )
    place = models.CharField(_("sted i ord"), max_length=160, blank=True)
    latitude = latitude_field()
    longitude = longitude_field()
    method = models.CharField(
        _("slik teller den"),
        max_length=200,
        blank=True,
        help_text=_("For eksempel «Varmesensor, ingen bilder». Vises på siden."),
    )
    source_name = models.CharField(_("kilde"), max_length=120)
    licence = models.CharField(_("lisens"), max_length=40, default="NLOD 2.0")
    is_example = models.BooleanField(_("oppdiktet eksempel"), default=False)
    published_at = models.DateTimeField(_("publisert"), null=True, blank=True)
    token_hash = models.CharField(max_length=64, blank=True, editable=False)
    token_made_at = models.DateTimeField(_("nøkkel laget"), null=True, blank=True, editable=False)
    last_hour = models.DateTimeField(_("nyeste time"), null=True, blank=True, editable=False)
    received_at = models.DateTimeField(_("sist mottatt"), null=True, blank=True, editable=False)

    objects = CounterManager()

    class Meta:
        verbose_name = _("teller")
        verbose_name_plural = _("tellere")
        constraints = [
            models.CheckConstraint(
                name="bypuls_counter_counts_valid",
                condition=Q(counts__in=Counted.values),
                violation_error_message=_("Velg hva telleren teller."),
            ),
            whole_position("bypuls_counter_position_whole"),
            models.CheckConstraint(
                name="bypuls_counter_somewhere",
                condition=Q(venue__isnull=False) | ~Q(place=""),
                violation_error_message=_("Velg et sted, eller skriv hvor telleren står."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("bypuls:counter", args=[self.slug])

    @property
    def place_text(self) -> str:
        """Where it stands, in words."""
        return self.place or (self.venue.name if self.venue else "")

    def unit(self, number: int) -> str:
        """Return what is counted, in the form that goes with the number: "biler"."""
        forms = {
            Counted.PEOPLE: npgettext("counted", "person", "personer", number),
            Counted.BIKES: npgettext("counted", "sykkel", "sykler", number),
            Counted.CARS: npgettext("counted", "bil", "biler", number),
            Counted.VISITORS: npgettext("counted", "besøkende", "besøkende", number),
        }
        return forms[Counted(self.counts)]


class CountReading(models.Model):
    """What one counter counted in one hour. An hour without a row is a gap, never a zero."""

    counter = models.ForeignKey(
        Counter, models.CASCADE, related_name="readings", verbose_name=_("teller")
    )
    hour = models.DateTimeField(_("timen begynner"))
    number = models.PositiveIntegerField(_("antall"))

    class Meta:
        verbose_name = _("telling")
        verbose_name_plural = _("tellinger")
        constraints = [
            # Also the index by which the page finds its windows.
            models.UniqueConstraint(fields=["counter", "hour"], name="bypuls_countreading_once"),
            models.CheckConstraint(
                name="bypuls_countreading_whole_hour",
                condition=Q(hour__minute=0, hour__second=0),
                violation_error_message=_("En telling begynner på en hel time."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%d %H} UTC: {self.number}"
