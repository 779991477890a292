"""When people are reminded of an event, by rules that move along with it."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from projects.bypuls.models.choices import OwnReminder
from projects.bypuls.models.event import Event
from projects.bypuls.models.organiser import MessageAudience


class ReminderPurpose(models.TextChoices):
    """What a reminder is for."""

    REMIND = "remind", _("Påminnelse")
    CONFIRM = "confirm", _("Bekreft eller frigi plassen")
    REPORT = "report", _("Be arrangøren legge ut referat og tall")
    SURVEY = "survey", _("Spør hvordan det var")


class ReminderAnchor(models.TextChoices):
    """The moment a rule counts from."""

    START = "start", _("Starten")
    END = "end", _("Slutten")


class ReminderState(models.TextChoices):
    """How far a rule has come for the present time of its event."""

    SCHEDULED = "scheduled", _("Planlagt")
    DONE = "done", _("Sendt")
    MISSED = "missed", _("For sent")


class ReminderRuleQuerySet(models.QuerySet["ReminderRule"]):
    """Chains over rules."""

    def due(self, at: dt.datetime) -> Self:
        """Those whose moment has come and that nobody has dealt with."""
        return self.filter(state=ReminderState.SCHEDULED, due_at__lte=at)

    def of_organiser(self) -> Self:
        """Those that the event has; the others are for people who have chosen a time of their own."""
        return self.filter(for_choice="")


ReminderRuleManager = models.Manager.from_queryset(ReminderRuleQuerySet)


class ReminderRule(models.Model):
    """
    One reminder of one event. `due_at` follows the event: whoever moves it works it out anew.

    `offset_minutes` counts from the anchor, negative before it. With `local_time` the offset picks the
    local day and the reminder is due at that time of it. A rule with a `for_choice` is only for those who
    have chosen that time themselves, and theirs alone.
    """

    event = models.ForeignKey(
        Event, models.CASCADE, related_name="reminder_rules", verbose_name=_("arrangement")
    )
    purpose = models.CharField(
        _("formål"), max_length=10, choices=ReminderPurpose, default=ReminderPurpose.REMIND
    )
    audience = models.CharField(
        _("til"), max_length=10, choices=MessageAudience, default=MessageAudience.ATTENDING
    )
    anchor = models.CharField(
        _("regnet fra"), max_length=10, choices=ReminderAnchor, default=ReminderAnchor.START
    )
    offset_minutes = models.IntegerField(
        _("minutter"), default=-1440, help_text=_("Negativt er før. 1440 er ett døgn.")
    )
    local_time = models.TimeField(
        _("klokkeslett"), null=True, blank=True, help_text=_("Tomt: nøyaktig så mange minutter.")
    )
    text = models.CharField(_("egen tekst"), max_length=500, blank=True)
    frees_after_minutes = models.PositiveIntegerField(
        _("frigi plassen etter"),
        null=True,
        blank=True,
        help_text=_("Minutter uten svar før plassen går videre. Tomt: plassen beholdes."),
    )
    for_choice = models.CharField(
        _("for dem som har valgt"),
        max_length=12,
        choices=OwnReminder,
        default="",
        db_default="",
        blank=True,
        editable=False,
    )
    due_at = models.DateTimeField(_("når"), editable=False)
    state = models.CharField(
        _("tilstand"),
        max_length=10,
        choices=ReminderState,
        default=ReminderState.SCHEDULED,
        editable=False,
    )
    settled_at = models.DateTimeField(_("avgjort"), null=True, blank=True, editable=False)

    objects = ReminderRuleManager()

    class Meta:
        verbose_name = _("påminnelsesregel")
        verbose_name_plural = _("påminnelsesregler")
        constraints = [
            *(
                models.CheckConstraint(
                    name=f"bypuls_reminderrule_{field}_valid",
                    condition=Q(**{f"{field}__in": choices.values}),
                    violation_error_message=_("Velg en av verdiene i listen."),
                )
                for field, choices in (
                    ("purpose", ReminderPurpose),
                    ("audience", MessageAudience),
                    ("anchor", ReminderAnchor),
                    ("state", ReminderState),
                    ("for_choice", OwnReminder),
                )
            ),
            models.CheckConstraint(
                name="bypuls_reminderrule_choice_is_of_people",
                condition=Q(for_choice="") | Q(purpose="remind", audience="attending"),
            ),
            models.CheckConstraint(
                name="bypuls_reminderrule_audience_fits",
                condition=Q(purpose="remind")
                | Q(purpose__in=["confirm", "survey"], audience="attending")
                | Q(purpose="report", audience="organiser"),
                violation_error_message=_(
                    "De som har plass, bekrefter og svarer på spørsmål. Arrangøren legger ut referat."
                ),
            ),
            models.UniqueConstraint(
                fields=[
                    *("event", "purpose", "audience", "anchor", "offset_minutes", "local_time"),
                    "for_choice",
                ],
                nulls_distinct=False,
                name="bypuls_reminderrule_once",
                violation_error_message=_("Denne påminnelsen står der alt."),
            ),
            models.CheckConstraint(
                name="bypuls_reminderrule_frees_by_asking",
                condition=Q(frees_after_minutes=None) | Q(purpose="confirm"),
                violation_error_message=_("Bare den som er spurt, kan miste plassen."),
            ),
            models.CheckConstraint(
                name="bypuls_reminderrule_settled",
                condition=Q(state="scheduled") | Q(settled_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="bypuls_reminderrule_due",
                condition=Q(state="scheduled"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} ({self.get_audience_display()}) {self.due_at}"
