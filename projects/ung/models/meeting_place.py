"""Where young people meet outside working hours."""

import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from projects.portfolio.models import Project


class PlaceKind(models.TextChoices):
    """What one comes for. The value stands in addresses."""

    SOCIAL = "sosialt", _("Sosialt")
    PROFESSIONAL = "faglig", _("Faglig")
    SPORT = "sport", _("Sport og friluft")
    CULTURE = "kultur", _("Kultur")


class PlaceLanguage(models.TextChoices):
    """Which languages one gets along with there."""

    NORWEGIAN = "norsk", _("Norsk")
    ENGLISH = "engelsk", _("Engelsk")
    BOTH = "begge", _("Norsk og engelsk")


class MeetingPlaceQuerySet(models.QuerySet["MeetingPlace"]):
    """Chains over meeting places."""

    def public(self, *, at: datetime.datetime) -> Self:
        """Places that strangers may see at `at`."""
        return self.filter(published_at__lte=at)

    def in_language(self, language: str) -> Self:
        """Places where that language is enough."""
        return self.filter(language__in=[language, PlaceLanguage.BOTH])


MeetingPlaceManager = models.Manager.from_queryset(MeetingPlaceQuerySet)


class MeetingPlace(models.Model):
    """A place, a group or a regular offer where young people meet."""

    name = models.CharField(_("navn"), max_length=120)
    slug = models.SlugField(_("adresse"), max_length=80, unique=True)
    kind = models.CharField(_("slag"), max_length=10, choices=PlaceKind)
    for_whom = models.CharField(_("for hvem"), max_length=160)
    about = models.TextField(_("omtale"), blank=True)
    where_text = models.CharField(_("hvor"), max_length=160)
    when_text = models.CharField(_("når"), max_length=160, blank=True)
    is_free = models.BooleanField(_("gratis"), default=False)
    cost_text = models.CharField(
        _("hva det koster"), max_length=120, blank=True, help_text=_("Tomt når det er gratis.")
    )
    language = models.CharField(
        _("språk"), max_length=10, choices=PlaceLanguage, default=PlaceLanguage.BOTH
    )
    url = models.URLField(_("mer om stedet"), max_length=300, blank=True)
    is_example = models.BooleanField(
        _("eksempel"), default=False, help_text=_("Tilbudet er oppdiktet. Merkes tydelig.")
    )
    project = models.ForeignKey(
        Project,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="meeting_places",
        verbose_name=_("prosjekt"),
    )
    published_at = models.DateTimeField(_("publisert"), null=True, blank=True)
    updated_at = models.DateTimeField(_("endret"), auto_now=True)

    objects = MeetingPlaceManager()

    class Meta:
        verbose_name = _("møteplass")
        verbose_name_plural = _("møteplasser")
        constraints = [
            models.CheckConstraint(
                name="ung_meetingplace_kind_valid", condition=Q(kind__in=PlaceKind.values)
            ),
            models.CheckConstraint(
                name="ung_meetingplace_language_valid",
                condition=Q(language__in=PlaceLanguage.values),
            ),
            models.CheckConstraint(
                name="ung_meetingplace_free_costs_nothing",
                condition=Q(is_free=False) | Q(cost_text=""),
                violation_error_message=_("Et gratis tilbud har ingen pris."),
            ),
        ]
        # Lists stand by slug: the name has a column for each language, some of them empty.
        indexes = [models.Index(fields=["kind", "slug"], name="ung_meetingplace_kind")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("ung:meeting_place_detail", kwargs={"slug": self.slug})
