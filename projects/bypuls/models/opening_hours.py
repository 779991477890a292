"""When places are open: by the week, and on the days that are different."""

import datetime as dt
import re

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from projects.bypuls.models.venue import Venue

Span = tuple[dt.time, dt.time]
# "10.00–16.00", "10-16", "kl. 10:00 – 01:30".
_SPAN = re.compile(
    r"(?:kl\.?\s*)?(\d{1,2})(?:[.:](\d{2}))?\s*(?:[-–—]|til)\s*(?:kl\.?\s*)?(\d{1,2})(?:[.:](\d{2}))?"
)
# As the database holds them: whole hours and minutes, in order, without blanks.
STORED_SPANS = r"^([0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9](,|$))*$"


class Weekday(models.IntegerChoices):
    """The days of the week as Python counts them."""

    MONDAY = 0, _("mandag")
    TUESDAY = 1, _("tirsdag")
    WEDNESDAY = 2, _("onsdag")
    THURSDAY = 3, _("torsdag")
    FRIDAY = 4, _("fredag")
    SATURDAY = 5, _("lørdag")
    SUNDAY = 6, _("søndag")


def read_spans(text: str) -> list[Span]:
    """
    Return the spans of a day as people write them: "10.00–14.00, 18–01". Empty for an empty text.

    Closing before opening means the next morning; 24 is midnight. Raises ValidationError.
    """
    spans = [_read_span(part) for part in re.split(r"[,;]|\bog\b", text.strip()) if part.strip()]
    spans.sort()
    for (_opens, closes), (next_opens, _next) in zip(spans, spans[1:], strict=False):
        if closes > next_opens or closes <= _opens:
            raise ValidationError(_("Tidene går over i hverandre."))
    return spans


def _read_span(part: str) -> Span:
    found = _SPAN.fullmatch(part.strip())
    if found is None:
        raise ValidationError(
            _("«%(text)s» er ikke et tidsrom. Skriv for eksempel 10.00–16.00.")
            % {"text": part.strip()[:40]}
        )
    hours = [int(found[1]), int(found[3])]
    minutes = [int(found[2] or 0), int(found[4] or 0)]
    if hours[1] == 24 and minutes[1] == 0:
        hours[1] = 0
    if max(hours) > 23 or max(minutes) > 59:
        raise ValidationError(
            _("«%(text)s» er ikke klokkeslett som finnes.") % {"text": part.strip()[:40]}
        )
    opens, closes = (dt.time(hour, minute) for hour, minute in zip(hours, minutes, strict=True))
    if opens == closes:
        raise ValidationError(
            _("Stedet kan ikke åpne og stenge samtidig. Skriv 00.00–23.59 for hele døgnet.")
        )
    return opens, closes


def write_spans(spans: list[Span]) -> str:
    """Return spans as `OpeningException.hours` holds them."""
    return ",".join(f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in spans)


class OpeningHours(models.Model):
    """
    One span of a weekday in which a place is open.

    Closing before opening means the next morning. 23.59 is as late as a day goes, and means midnight.
    """

    venue = models.ForeignKey(
        Venue, models.CASCADE, related_name="opening_hours", verbose_name=_("sted")
    )
    weekday = models.PositiveSmallIntegerField(_("ukedag"), choices=Weekday)
    opens = models.TimeField(_("åpner"))
    closes = models.TimeField(_("stenger"))
    note = models.CharField(_("gjelder"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("åpningstid")
        verbose_name_plural = _("åpningstider")
        constraints = [
            models.CheckConstraint(
                name="bypuls_openinghours_weekday_valid",
                condition=Q(weekday__in=Weekday.values),
                violation_error_message=_("Velg en ukedag."),
            ),
            models.CheckConstraint(
                name="bypuls_openinghours_not_empty",
                condition=~Q(opens=F("closes")),
                violation_error_message=_("Stedet kan ikke åpne og stenge samtidig."),
            ),
            models.UniqueConstraint(
                fields=["venue", "weekday", "opens"],
                name="bypuls_openinghours_once",
                violation_error_message=_("Denne åpningstiden står der alt."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H.%M}–{self.closes:%H.%M}"


class ExceptionKind(models.TextChoices):
    """What is different on the days of an exception."""

    CLOSED = "closed", _("Stengt")
    HOURS = "hours", _("Egne åpningstider")
    APPOINTMENT = "appointment", _("Etter avtale")


class OpeningException(models.Model):
    """Days on which a place is closed or has hours of its own. They go before weekday and holiday."""

    venue = models.ForeignKey(
        Venue, models.CASCADE, related_name="opening_exceptions", verbose_name=_("sted")
    )
    first_date = models.DateField(_("fra og med"))
    last_date = models.DateField(_("til og med"))
    kind = models.CharField(
        _("hva gjelder"), max_length=12, choices=ExceptionKind, default=ExceptionKind.CLOSED
    )
    hours = models.CharField(
        _("åpningstider"),
        max_length=120,
        blank=True,
        help_text=_("For eksempel 10.00–14.00, 18.00–01.00. Gjelder hver av dagene."),
    )
    note = models.CharField(
        _("hvorfor"),
        max_length=100,
        blank=True,
        help_text=_("Vises på siden, for eksempel «Juleferie»."),
    )

    class Meta:
        verbose_name = _("unntak fra åpningstidene")
        verbose_name_plural = _("unntak fra åpningstidene")
        constraints = [
            models.CheckConstraint(
                name="bypuls_openingexception_kind_valid",
                condition=Q(kind__in=ExceptionKind.values),
                violation_error_message=_("Velg hva som gjelder disse dagene."),
            ),
            models.CheckConstraint(
                name="bypuls_openingexception_ends_after_start",
                condition=Q(last_date__gte=F("first_date")),
                violation_error_message=_("Siste dag kan ikke være før den første."),
            ),
            models.CheckConstraint(
                name="bypuls_openingexception_hours_when_open",
                condition=(Q(kind="hours") & ~Q(hours="")) | (~Q(kind="hours") & Q(hours="")),
                violation_error_message=_(
                    "Skriv åpningstider når stedet har egne åpningstider, ellers ikke."
                ),
            ),
            models.CheckConstraint(
                name="bypuls_openingexception_hours_readable",
                condition=Q(hours__regex=STORED_SPANS),
                violation_error_message=_("Skriv tidene som 10.00–16.00."),
            ),
        ]
        # Whose days lie around a day: for what is open now.
        indexes = [
            models.Index(fields=["last_date", "first_date"], name="bypuls_openingexception_days")
        ]

    def __str__(self) -> str:
        return f"{self.first_date}–{self.last_date} {self.get_kind_display()}"

    def clean(self) -> None:
        """Write the hours as the database holds them, and refuse what is none."""
        try:
            self.hours = write_spans(read_spans(self.hours))
        except ValidationError as error:
            raise ValidationError({"hours": error.messages}) from error
        if self.kind == ExceptionKind.HOURS and not self.hours:
            raise ValidationError({"hours": _("Skriv når stedet er åpent disse dagene.")})
        if self.kind != ExceptionKind.HOURS and self.hours:
            raise ValidationError(
                {"hours": _("Velg «Egne åpningstider», eller la feltet stå tomt.")}
            )

    @property
    def spans(self) -> list[Span]:
        """The spans of each of the days."""
        return read_spans(self.hours)

    @property
    def in_words(self) -> str:
        """What holds on each of the days: "Stengt", "10.00–14.00"."""
        return self.hours.replace(":", ".").replace("-", "–").replace(",", ", ") or str(
            self.get_kind_display()
        )

    def covers(self, day: dt.date) -> bool:
        """Tell whether the exception is about this day."""
        return self.first_date <= day <= self.last_date
