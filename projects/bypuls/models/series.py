"""Events that come again: the rule, the dates left out, and those who sign up for all of it."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SeriesSignUpMode(models.TextChoices):
    """What one signs up for."""

    PER_DATE = "per-date", _("Hver dato for seg")
    WHOLE = "whole", _("Hele serien under ett")


class EventSeries(models.Model):
    """
    A recurrence rule (RFC 5545) whose dates are made ahead as events, each a full row.

    The rule repeats the local clock time of `first_starts_at`, also across summer time, and `duration` is
    counted on the same clock. What the dates say (title, place, capacity) stands on the events: a new date copies the latest that nobody
    changed for itself.
    """

    title = models.CharField(_("navn på serien"), max_length=140)
    slug = models.SlugField(_("adresse på nettet"), max_length=100, unique=True)
    rule = models.CharField(
        _("gjentakelse"),
        max_length=300,
        help_text=_("En RRULE etter RFC 5545, for eksempel «FREQ=WEEKLY;BYDAY=TU»."),
    )
    first_starts_at = models.DateTimeField(_("første dato"))
    duration = models.DurationField(_("varighet"))
    skips_public_holidays = models.BooleanField(_("hopp over helligdager"), default=True)
    skips_school_holidays = models.BooleanField(_("hopp over skoleferier"), default=False)
    signup_mode = models.CharField(
        _("påmelding"), max_length=10, choices=SeriesSignUpMode, default=SeriesSignUpMode.PER_DATE
    )
    made_until = models.DateField(_("laget til og med"), null=True, blank=True, editable=False)
    continues = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="continued_by",
        verbose_name=_("fortsetter"),
    )
    ended_at = models.DateTimeField(_("avsluttet"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("opprettet"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("arrangementsserie")
        verbose_name_plural = _("arrangementsserier")
        constraints = [
            models.CheckConstraint(
                name="bypuls_eventseries_signup_mode_valid",
                condition=Q(signup_mode__in=SeriesSignUpMode.values),
                violation_error_message=_("Velg en av verdiene i listen."),
            ),
            models.CheckConstraint(
                name="bypuls_eventseries_lasts",
                condition=Q(duration__gt="0"),
                violation_error_message=_("Slutten må være etter starten."),
            ),
            models.CheckConstraint(
                name="bypuls_eventseries_has_rule",
                condition=~Q(rule=""),
                violation_error_message=_("Skriv hvordan serien gjentas."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("bypuls:series", args=[self.slug])

    def family(self) -> list[int]:
        """Return the keys of this series and all that it continues or that continue it. A query a step."""
        found = {self.pk}
        step = {self.pk}
        while step:
            links = EventSeries.objects.filter(Q(pk__in=step) | Q(continues__in=step))
            pairs = links.values_list("pk", "continues")
            step = {pk for pair in pairs for pk in pair if pk is not None} - found
            found |= step
        return sorted(found)


class SeriesExceptionKind(models.TextChoices):
    """What an exception does to a day."""

    LEFT_OUT = "left-out", _("Ikke denne dagen")
    ADDED = "added", _("Også denne dagen")


class SeriesException(models.Model):
    """One local day that the rule has and the series leaves out (EXDATE), or the other way round (RDATE)."""

    series = models.ForeignKey(
        EventSeries, models.CASCADE, related_name="exceptions", verbose_name=_("serie")
    )
    date = models.DateField(_("dato"))
    kind = models.CharField(
        _("unntak"),
        max_length=10,
        choices=SeriesExceptionKind,
        default=SeriesExceptionKind.LEFT_OUT,
    )
    reason = models.CharField(_("grunn"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("unntak i serie")
        verbose_name_plural = _("unntak i serier")
        constraints = [
            models.CheckConstraint(
                name="bypuls_seriesexception_kind_valid",
                condition=Q(kind__in=SeriesExceptionKind.values),
                violation_error_message=_("Velg en av verdiene i listen."),
            ),
            models.UniqueConstraint(
                fields=["series", "date"],
                name="bypuls_seriesexception_once",
                violation_error_message=_("Denne dagen har alt et unntak."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.date}: {self.get_kind_display()}"


class SchoolHoliday(models.Model):
    """A holiday of the schools in the municipality, both days included, as the school calendar says."""

    name = models.CharField(_("navn"), max_length=60)
    first_date = models.DateField(_("første dag"))
    last_date = models.DateField(_("siste dag"))

    class Meta:
        verbose_name = _("skoleferie")
        verbose_name_plural = _("skoleferier")
        constraints = [
            models.CheckConstraint(
                name="bypuls_schoolholiday_ends_after_start",
                condition=Q(last_date__gte=F("first_date")),
                violation_error_message=_("Siste dag kan ikke være før den første."),
            ),
            models.UniqueConstraint(
                fields=["name", "first_date"],
                name="bypuls_schoolholiday_once",
                violation_error_message=_("Denne ferien står der alt."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.first_date:%Y}"


class SeriesSignUpQuerySet(models.QuerySet["SeriesSignUp"]):
    """Chains over sign-ups for whole series."""

    def active(self) -> Self:
        """Those that nobody has cancelled."""
        return self.filter(cancelled_at=None)


SeriesSignUpManager = models.Manager.from_queryset(SeriesSignUpQuerySet)


class SeriesSignUp(models.Model):
    """One party's sign-up for every date of a series; each date has a `SignUp` of its own."""

    series = models.ForeignKey(
        EventSeries, models.PROTECT, related_name="signups", verbose_name=_("serie")
    )
    name = models.CharField(_("navn"), max_length=120, blank=True)
    email = models.EmailField(_("e-post"), blank=True)
    size = models.PositiveSmallIntegerField(_("antall personer"), default=1)
    language = models.CharField(_("språk i e-post"), max_length=5, default="nb")
    created_at = models.DateTimeField(_("meldt på"))
    cancelled_at = models.DateTimeField(_("meldt av"), null=True, blank=True)
    anonymised_at = models.DateTimeField(_("anonymisert"), null=True, blank=True)

    objects = SeriesSignUpManager()

    class Meta:
        verbose_name = _("påmelding til serie")
        verbose_name_plural = _("påmeldinger til serier")
        constraints = [
            models.UniqueConstraint(
                fields=["series", "email"],
                condition=Q(cancelled_at=None) & ~Q(email=""),
                name="bypuls_seriessignup_once",
                violation_error_message=_("Denne adressen er alt påmeldt."),
            ),
            models.CheckConstraint(
                name="bypuls_seriessignup_one_or_more",
                condition=Q(size__gte=1),
                violation_error_message=_("Minst én person må meldes på."),
            ),
            models.CheckConstraint(
                name="bypuls_seriessignup_email_lower_case",
                condition=Q(email=models.functions.Lower(F("email"))),
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"#{self.pk}"
