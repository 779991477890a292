"""What is left of an event: slides, minutes, pictures, and what those who came thought of it."""

import datetime as dt
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from projects.bypuls.models.event import Event
from vekst.uploads import CLOSED_FOLDER


class MaterialKind(models.TextChoices):
    """What a thing from an event is."""

    SLIDES = "slides", _("Lysark")
    MINUTES = "minutes", _("Referat")
    RECORDING = "recording", _("Opptak")
    OTHER = "other", _("Annet")


class EventMaterialQuerySet(models.QuerySet["EventMaterial"]):
    """Chains over what was shown and written."""

    def published(self, at: dt.datetime) -> Self:
        """Those that everybody who sees the event may see."""
        return self.filter(published_at__lte=at)


EventMaterialManager = models.Manager.from_queryset(EventMaterialQuerySet)


class EventMaterial(models.Model):
    """One file or one link from an event. Strangers get it when it and its event are published."""

    event = models.ForeignKey(
        Event, models.CASCADE, related_name="materials", verbose_name=_("arrangement")
    )
    kind = models.CharField(_("hva"), max_length=10, choices=MaterialKind)
    title = models.CharField(_("tittel"), max_length=140)
    file = models.FileField(_("fil"), upload_to=f"{CLOSED_FOLDER}/materiell/", blank=True)
    file_name = models.CharField(_("filnavn"), max_length=120, blank=True, editable=False)
    size_bytes = models.PositiveIntegerField(_("størrelse"), default=0, editable=False)
    link = models.URLField(_("lenke"), max_length=500, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("lagt inn av"),
    )
    added_at = models.DateTimeField(_("lagt inn"), editable=False)
    published_at = models.DateTimeField(_("publisert"), null=True, blank=True)

    objects = EventMaterialManager()

    class Meta:
        verbose_name = _("materiell")
        verbose_name_plural = _("materiell")
        constraints = [
            models.CheckConstraint(
                name="bypuls_eventmaterial_kind_valid",
                condition=Q(kind__in=MaterialKind.values),
                violation_error_message=_("Velg en av verdiene i listen."),
            ),
            models.CheckConstraint(
                name="bypuls_eventmaterial_file_or_link",
                condition=Q(file="") & ~Q(link="") | ~Q(file="") & Q(link=""),
                violation_error_message=_(
                    "Legg ved en fil eller skriv en lenke, ikke begge deler."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return self.link or reverse("bypuls:event_material", args=[self.event.slug, self.pk])


class EventPhotoQuerySet(models.QuerySet["EventPhoto"]):
    """Chains over pictures."""

    def shown(self) -> Self:
        """Those that may be shown: published, and nobody pictured has changed their mind."""
        return self.filter(published_at__isnull=False, consent_withdrawn_at=None)


EventPhotoManager = models.Manager.from_queryset(EventPhotoQuerySet)


class EventPhoto(models.Model):
    """
    One picture from an event, with the consent of those who can be recognised.

    A consent that is withdrawn hides it at once, wherever its address has been used: there is no other.
    """

    event = models.ForeignKey(
        Event, models.CASCADE, related_name="photos", verbose_name=_("arrangement")
    )
    picture = models.ImageField(
        _("bilde"),
        upload_to=f"{CLOSED_FOLDER}/bilder/",
        width_field="picture_width",
        height_field="picture_height",
    )
    picture_width = models.PositiveIntegerField(null=True, blank=True, editable=False)
    picture_height = models.PositiveIntegerField(null=True, blank=True, editable=False)
    alt = models.CharField(_("bildet beskrevet"), max_length=200)
    caption = models.CharField(_("bildetekst"), max_length=200, blank=True)
    credit = models.CharField(_("fotograf"), max_length=80, blank=True)
    shows_people = models.BooleanField(_("noen kan kjennes igjen"), default=True)
    consent_note = models.CharField(
        _("samtykke"),
        max_length=300,
        blank=True,
        help_text=_("Hvem som har sagt ja, og hvordan dere spurte. Vises ikke for andre."),
    )
    consent_at = models.DateTimeField(_("samtykke gitt"), null=True, blank=True)
    consent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("samtykke ført av"),
    )
    consent_withdrawn_at = models.DateTimeField(
        _("samtykke trukket"), null=True, blank=True, editable=False
    )
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("trukket av"),
    )
    added_at = models.DateTimeField(_("lagt inn"), editable=False)
    published_at = models.DateTimeField(_("publisert"), null=True, blank=True)

    objects = EventPhotoManager()

    class Meta:
        verbose_name = _("bilde fra arrangement")
        verbose_name_plural = _("bilder fra arrangementer")
        constraints = [
            models.CheckConstraint(
                name="bypuls_eventphoto_described",
                condition=~Q(alt=""),
                violation_error_message=_("Beskriv bildet for dem som ikke ser det."),
            ),
            models.CheckConstraint(
                name="bypuls_eventphoto_consent_before_publishing",
                condition=Q(published_at=None)
                | Q(shows_people=False)
                | Q(consent_at__isnull=False) & ~Q(consent_note=""),
                violation_error_message=_("Skriv hvem på bildet som har sagt ja til å vises."),
            ),
        ]

    def __str__(self) -> str:
        return self.alt

    def get_absolute_url(self) -> str:
        return reverse("bypuls:event_photo", args=[self.event.slug, self.pk])


class SurveyAnswer(models.Model):
    """
    What one party thought of an event, without saying who they are.

    `key` is a keyed hash of the sign-up, so that a second answer takes the place of the first.
    """

    event = models.ForeignKey(
        Event, models.CASCADE, related_name="survey_answers", verbose_name=_("arrangement")
    )
    key = models.CharField(_("nøkkel"), max_length=64, editable=False)
    rating = models.PositiveSmallIntegerField(
        _("karakter"), validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    would_come_again = models.BooleanField(_("vil komme igjen"), null=True, blank=True)
    text = models.TextField(_("med egne ord"), max_length=1000, blank=True)
    answered_on = models.DateField(_("svart"))

    class Meta:
        verbose_name = _("svar på spørreundersøkelse")
        verbose_name_plural = _("svar på spørreundersøkelser")
        constraints = [
            models.UniqueConstraint(fields=["event", "key"], name="bypuls_surveyanswer_once"),
            models.CheckConstraint(
                name="bypuls_surveyanswer_rating_valid",
                condition=Q(rating__gte=1, rating__lte=5),
                violation_error_message=_("Velg en karakter fra 1 til 5."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rating}"
