"""Calendars that others keep: where they are, what each reading did, and which events came from them."""

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.companies.models import Company
from projects.bypuls.models.choices import Audience, EventLanguage, Topic
from projects.bypuls.models.event import Event
from projects.bypuls.models.venue import Venue
from projects.portfolio.models import Project


class ImportSourceQuerySet(models.QuerySet["ImportSource"]):
    """Chains over sources."""

    def due(self, at: dt.datetime) -> Self:
        """Feeds to be fetched at `at`, that nobody is reading."""
        return self.filter(
            Q(next_fetch_at=None) | Q(next_fetch_at__lte=at),
            Q(reading_until=None) | Q(reading_until__lte=at),
            is_active=True,
        ).exclude(url="")


ImportSourceManager = models.Manager.from_queryset(ImportSourceQuerySet)


class ImportSource(models.Model):
    """
    One calendar of somebody else's, and what its events get that the calendar does not tell.

    With an address it is fetched every hour; without one it is filled by files that staff upload.
    """

    name = models.CharField(_("navn"), max_length=120, unique=True)
    url = models.URLField(
        _("adresse til kalenderen"),
        max_length=500,
        blank=True,
        help_text=_("En adresse som gir en .ics-fil. Tom når kalenderen kommer som fil."),
    )
    is_active = models.BooleanField(_("hentes"), default=True)
    publishes_at_once = models.BooleanField(
        _("publiser uten å spørre"),
        default=False,
        help_text=_("Ellers venter nye arrangementer på svar, som det folk sender inn."),
    )

    # What the calendar does not tell
    organiser = models.CharField(
        _("arrangør"),
        max_length=140,
        blank=True,
        help_text=_("Tom: den som står i kalenderen, eller navnet på kilden."),
    )
    company = models.ForeignKey(
        Company,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("medlemsbedrift"),
    )
    project = models.ForeignKey(
        Project,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("prosjekt"),
    )
    venue = models.ForeignKey(
        Venue, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("sted")
    )
    place = models.CharField(
        _("sted i ord"),
        max_length=160,
        blank=True,
        help_text=_("Brukes når kalenderen ikke sier hvor det er."),
    )
    topic = models.CharField(_("tema"), max_length=20, choices=Topic)
    audience = models.CharField(
        _("for hvem"), max_length=20, choices=Audience, default=Audience.EVERYONE
    )
    language = models.CharField(
        _("språk"), max_length=10, choices=EventLanguage, default=EventLanguage.NORWEGIAN
    )
    is_free = models.BooleanField(_("gratis"), default=True)
    price = models.CharField(_("pris"), max_length=80, blank=True)
    is_example = models.BooleanField(_("oppdiktet eksempel"), default=False)
    owner_email = models.EmailField(
        _("hvem som varsles"),
        blank=True,
        help_text=_("Får beskjed når kalenderen svikter. Tom: programkontoret."),
    )

    # How the reading goes
    etag = models.CharField("ETag", max_length=200, blank=True, editable=False)
    last_modified = models.CharField("Last-Modified", max_length=100, blank=True, editable=False)
    next_fetch_at = models.DateTimeField(_("hentes neste gang"), null=True, editable=False)
    reading_until = models.DateTimeField(_("leses til"), null=True, editable=False)
    last_ok_at = models.DateTimeField(_("sist i orden"), null=True, editable=False)
    last_error = models.CharField(_("siste feil"), max_length=500, blank=True, editable=False)
    failing_since = models.DateTimeField(_("svikter siden"), null=True, editable=False)
    braked_since = models.DateTimeField(_("bremset siden"), null=True, editable=False)

    objects = ImportSourceManager()

    class Meta:
        verbose_name = _("kalender vi henter")
        verbose_name_plural = _("kalendere vi henter")
        constraints = [
            models.CheckConstraint(
                name=f"bypuls_importsource_{field}_valid",
                condition=Q(**{f"{field}__in": choices.values}),
                violation_error_message=_("Velg en av verdiene i listen."),
            )
            for field, choices in (
                ("topic", Topic),
                ("audience", Audience),
                ("language", EventLanguage),
            )
        ]

    def __str__(self) -> str:
        return self.name


class ImportRun(models.Model):
    """
    One reading of a source: what came of it, and what could not be read.

    `troubles` are lines of the file that were left out, each with its number and reason; `notes` are
    what was kept with a guess or could not be carried out.
    """

    source = models.ForeignKey(
        ImportSource, models.CASCADE, related_name="runs", verbose_name=_("kilde")
    )
    file_name = models.CharField(
        _("fil"), max_length=200, blank=True, help_text=_("Tom når kalenderen er hentet.")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("startet av"),
    )
    started_at = models.DateTimeField(_("startet"))
    finished_at = models.DateTimeField(_("ferdig"))
    found = models.PositiveIntegerField(_("lest"), default=0)
    added = models.PositiveIntegerField(_("nye"), default=0)
    changed = models.PositiveIntegerField(_("endret"), default=0)
    cancelled = models.PositiveIntegerField(_("avlyst"), default=0)
    unchanged = models.PositiveIntegerField(_("uendret"), default=0)
    gone = models.PositiveIntegerField(_("borte fra kilden"), default=0)
    held_back = models.PositiveIntegerField(
        _("holdt igjen av bremsen"),
        default=0,
        help_text=_("Kilden manglet for mange arrangementer på én gang. Ingen av dem er fjernet."),
    )
    left_out = models.PositiveIntegerField(
        _("utelatt"),
        default=0,
        help_text=_("Private, våre egne, alt holdt, eller lenger fram enn vi henter."),
    )
    is_braked = models.BooleanField(_("bremset"), default=False)
    troubles = models.JSONField(_("linjer med feil"), default=list, blank=True)
    notes = models.JSONField(_("merknader"), default=list, blank=True)
    message = models.CharField(_("melding"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("lesing av kalender")
        verbose_name_plural = _("lesinger av kalendere")
        indexes = [models.Index("source", F("started_at").desc(), name="bypuls_importrun_newest")]

    def __str__(self) -> str:
        return f"{self.source_id} {self.started_at:%Y-%m-%d %H:%M}"


class ImportedEvent(models.Model):
    """
    What a source says of one event: which of its entries the event is, and what was told last.

    `told` holds the last value of each field as the source had it. A field of the event that differs
    from it was changed by staff, and stays; what the source says instead is in `differences`.
    """

    source = models.ForeignKey(
        ImportSource, models.CASCADE, related_name="imported", verbose_name=_("kilde")
    )
    uid = models.CharField(max_length=255)
    recurrence_id = models.CharField(
        _("dato i serien"), max_length=20, blank=True, help_text=_("Tom for det som skjer én gang.")
    )
    event = models.ForeignKey(
        Event, models.CASCADE, related_name="imported", verbose_name=_("arrangement")
    )
    fingerprint = models.CharField(max_length=64)
    told = models.JSONField(_("kilden sa sist"), default=dict)
    differences = models.JSONField(_("kilden sier noe annet"), default=dict, blank=True)
    last_seen_at = models.DateTimeField(_("sist sett"))
    is_gone = models.BooleanField(_("borte fra kilden"), default=False)
    was_withdrawn = models.BooleanField(
        _("trukket fordi det var borte"),
        default=False,
        help_text=_("Kommer det tilbake i kilden, kommer det tilbake hos oss."),
    )
    needs_decision = models.CharField(_("må avgjøres av et menneske"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("arrangement fra kalender")
        verbose_name_plural = _("arrangementer fra kalendere")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "uid", "recurrence_id"], name="bypuls_importedevent_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["source"],
                name="bypuls_importedevent_undecided",
                condition=~Q(needs_decision=""),
            )
        ]

    def __str__(self) -> str:
        return f"{self.uid} {self.recurrence_id}".strip()


class DistinctEvents(models.Model):
    """Two events that look alike and are not the same, as somebody has decided. `first_id` is the lower."""

    first = models.ForeignKey(Event, models.CASCADE, related_name="+")
    second = models.ForeignKey(Event, models.CASCADE, related_name="+")
    decided_at = models.DateTimeField(_("avgjort"))

    class Meta:
        verbose_name = _("to forskjellige arrangementer")
        verbose_name_plural = _("par av forskjellige arrangementer")
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="bypuls_distinctevents_once"),
            models.CheckConstraint(
                name="bypuls_distinctevents_ordered", condition=Q(first__lt=F("second"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} ≠ {self.second_id}"
