"""What staff are asked when they make or change a series. Nobody needs to know RFC 5545."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from projects.bypuls.events.recurrence import Rule, RuleError, check_rule, read_rule
from projects.bypuls.events.rule_text import make_rule, ordinals, weekday
from projects.bypuls.events.series import Surplus
from projects.bypuls.events.series_changes import Change, Scope
from projects.bypuls.models import Event, EventSeries, SeriesSignUpMode, Topic, Venue

_LOCAL = "%Y-%m-%dT%H:%M"


def _date_widget() -> UnfoldAdminTextInputWidget:
    return UnfoldAdminTextInputWidget({"type": "date"})


def _moment_widget() -> UnfoldAdminTextInputWidget:
    return UnfoldAdminTextInputWidget({"type": "datetime-local"})


class RuleForm(forms.Form):
    """How often a series is: built from plain questions, or written as a rule."""

    repeats = forms.ChoiceField(
        label=_("Gjentas"),
        choices=[
            ("weekly", _("Hver uke, på faste dager")),
            ("monthly", _("Hver måned, på en bestemt ukedag")),
            ("raw", _("Etter en regel jeg skriver selv")),
        ],
        widget=UnfoldAdminSelectWidget,
    )
    interval = forms.IntegerField(
        label=_("Med hvor mange ukers eller måneders mellomrom"),
        min_value=1,
        max_value=52,
        initial=1,
        help_text=_("1 er hver gang, 2 er annenhver uke eller måned."),
        widget=UnfoldAdminIntegerFieldWidget,
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("På"),
        coerce=int,
        required=False,
        help_text=_("Ingen valgt betyr samme ukedag som den første datoen."),
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    ordinal = forms.TypedChoiceField(
        label=_("Hvilken av dem i måneden"),
        coerce=int,
        required=False,
        empty_value="1",
        widget=UnfoldAdminSelectWidget,
    )
    until = forms.DateField(
        label=_("Til og med"),
        required=False,
        help_text=_("Tomt: til noen avslutter serien."),
        widget=_date_widget(),
    )
    count = forms.IntegerField(
        label=_("Eller så mange ganger"),
        min_value=1,
        max_value=1000,
        required=False,
        help_text=_("Dager som hoppes over, teller med."),
        widget=UnfoldAdminIntegerFieldWidget,
    )
    raw = forms.CharField(
        label=_("Regelen"),
        required=False,
        max_length=300,
        help_text=_("Etter RFC 5545, for eksempel FREQ=MONTHLY;BYMONTHDAY=1,15."),
        widget=UnfoldAdminTextInputWidget,
    )
    skips_public_holidays = forms.BooleanField(
        label=_("Hopp over helligdager, julaften og nyttårsaften"),
        required=False,
        initial=True,
        widget=UnfoldBooleanWidget,
    )
    skips_school_holidays = forms.BooleanField(
        label=_("Hopp over skoleferier"), required=False, widget=UnfoldBooleanWidget
    )
    signup_mode = forms.ChoiceField(
        label=_("Påmelding"), choices=SeriesSignUpMode, widget=UnfoldAdminSelectWidget
    )

    def __init__(self, *args: Any, first_starts_at: dt.datetime | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.first_starts_at = first_starts_at
        weekdays, ordinal = self.fields["weekdays"], self.fields["ordinal"]
        assert isinstance(weekdays, forms.TypedMultipleChoiceField)  # noqa: S101
        assert isinstance(ordinal, forms.TypedChoiceField)  # noqa: S101
        weekdays.choices = [(number, capfirst(weekday(number))) for number in range(7)]
        ordinal.choices = [(number, capfirst(word)) for number, word in ordinals().items()]

    def first(self) -> dt.datetime | None:
        """Return the first date; None when it is not known."""
        return self.first_starts_at

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        first = self.first()
        if first is None or self.errors:
            return data
        if data["until"] and data["count"]:
            self.add_error("count", _("Velg enten et antall ganger eller en siste dato."))
            return data
        field = "raw" if data["repeats"] == "raw" else "repeats"
        try:
            data["rule"] = str(check_rule(self._text(data, first), first))
        except RuleError as error:
            self.add_error(field, str(error))
        return data

    def _text(self, data: dict[str, Any], first: dt.datetime) -> str:
        if data["repeats"] == "raw":
            return str(data["raw"])
        weekdays = data["weekdays"]
        if data["repeats"] == "monthly" and not weekdays:
            weekdays = [timezone.localtime(first).weekday()]
        rule = make_rule(
            repeats=data["repeats"],
            weekdays=weekdays,
            interval=data["interval"],
            ordinal=int(data["ordinal"]),
            count=data["count"],
            until=data["until"],
        )
        return str(rule)

    def write(self, series: EventSeries) -> EventSeries:
        """Put what was chosen into the series, not saved."""
        for name in ("rule", "skips_public_holidays", "skips_school_holidays", "signup_mode"):
            setattr(series, name, self.cleaned_data[name])
        return series


def plain_answers(rule: Rule) -> dict[str, Any]:
    """Return the answers to the plain questions that give this rule, or the rule itself."""
    answers: dict[str, Any] = {
        "repeats": "raw",
        "raw": str(rule),
        "interval": rule.interval,
        "count": rule.count,
        "until": rule.until.date().isoformat() if rule.until else None,
        "weekdays": [day for _number, day in rule.by_day],
    }
    numbers = {number for number, _day in rule.by_day}
    for repeats, fits in (
        ("weekly", rule.freq == "WEEKLY" and numbers <= {0}),
        ("monthly", rule.freq == "MONTHLY" and len(numbers) == 1 and numbers <= set(ordinals())),
    ):
        ordinal = next(iter(numbers), 1)
        same = make_rule(
            repeats=repeats,
            weekdays=answers["weekdays"],
            interval=rule.interval,
            ordinal=ordinal,
            count=rule.count,
            until=rule.until.date() if rule.until else None,
        )
        if fits and str(same) == str(rule):
            answers |= {"repeats": repeats, "raw": "", "ordinal": ordinal}
    return answers


class NewSeriesForm(RuleForm):
    """A series whose first date is an event that is there."""

    title_nb = forms.CharField(
        label=_("Navn på serien"), max_length=140, widget=UnfoldAdminTextInputWidget
    )
    title_en = forms.CharField(
        label=_("Navn på engelsk"),
        max_length=140,
        required=False,
        widget=UnfoldAdminTextInputWidget,
    )
    field_order: Sequence[str] = ("title_nb", "title_en")

    def titles(self) -> dict[str, str]:
        """Return the name in both languages; in English only where somebody has written it."""
        data = self.cleaned_data
        return {"title_nb": data["title_nb"], "title_en": data["title_en"] or None}


class SeriesFromScratchForm(NewSeriesForm):
    """A series whose first date is written here, as a draft."""

    summary = forms.CharField(
        label=_("Kort fortalt"), max_length=300, widget=UnfoldAdminTextareaWidget({"rows": 2})
    )
    starts_at = forms.DateTimeField(label=_("Første dato starter"), widget=_moment_widget())
    ends_at = forms.DateTimeField(label=_("Den slutter"), widget=_moment_widget())
    venue = forms.ModelChoiceField(
        label=_("Sted"),
        queryset=Venue.objects.order_by("name", "pk"),
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    place = forms.CharField(
        label=_("Sted i ord"), max_length=160, required=False, widget=UnfoldAdminTextInputWidget
    )
    organiser = forms.CharField(
        label=_("Arrangør"), max_length=140, widget=UnfoldAdminTextInputWidget
    )
    topic = forms.ChoiceField(label=_("Tema"), choices=Topic, widget=UnfoldAdminSelectWidget)
    takes_signups = forms.BooleanField(
        label=_("Har påmelding her"), required=False, widget=UnfoldBooleanWidget
    )
    capacity = forms.IntegerField(
        label=_("Plasser"),
        min_value=0,
        max_value=100_000,
        required=False,
        help_text=_("Tomt betyr ubegrenset."),
        widget=UnfoldAdminIntegerFieldWidget,
    )
    field_order = (
        *("title_nb", "title_en", "summary", "starts_at", "ends_at", "venue", "place"),
        *("organiser", "topic", "takes_signups", "capacity"),
    )

    def first(self) -> dt.datetime | None:
        start = self.cleaned_data.get("starts_at")
        return start if isinstance(start, dt.datetime) else None

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        start, end = data.get("starts_at"), data.get("ends_at")
        if start and end and end <= start:
            self.add_error("ends_at", _("Slutten må være etter starten."))
        if not data.get("venue") and not data.get("place"):
            self.add_error("venue", _("Velg et sted, eller skriv hvor det er."))
        return data

    def event(self) -> Event:
        """Return the first date, not saved."""
        names = ("starts_at", "ends_at", "venue", "place", "organiser", "topic", "takes_signups")
        given = {name: self.cleaned_data[name] for name in (*names, "capacity")}
        summary = {"summary_nb": self.cleaned_data["summary"]}
        return Event(**self.titles(), **summary, **given)


class SurplusForm(forms.Form):
    """What becomes of dates that the series no longer has, and what people are told."""

    surplus = forms.ChoiceField(
        label=_("Datoer som faller bort"), choices=Surplus, widget=UnfoldAdminSelectWidget
    )
    reason = forms.CharField(
        label=_("Begrunnelse"),
        required=False,
        max_length=300,
        help_text=_("Vises på siden og står i e-posten til dem som er påmeldt."),
        widget=UnfoldAdminTextareaWidget({"rows": 2}),
    )


class ChangeRuleForm(RuleForm, SurplusForm):
    field_order = ("repeats", "interval", "weekdays", "ordinal", "until", "count", "raw")


class DayForm(forms.Form):
    day = forms.DateField(label=_("Dag"), widget=_date_widget())
    reason = forms.CharField(
        label=_("Grunn"), required=False, max_length=120, widget=UnfoldAdminTextInputWidget
    )


class LeaveOutForm(SurplusForm):
    day = forms.DateField(label=_("Dag"), widget=_date_widget())
    field_order = ("day", "reason", "surplus")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["surplus"].label = _("Når noe alt er satt opp den dagen")
        reason = self.fields["reason"]
        assert isinstance(reason, forms.CharField)  # noqa: S101
        reason.max_length = 120


class EndForm(SurplusForm):
    last = forms.DateField(label=_("Siste dag"), widget=_date_widget())
    field_order = ("last", "surplus", "reason")


class ReasonOnlyForm(forms.Form):
    reason = forms.CharField(
        label=_("Begrunnelse"),
        required=False,
        max_length=300,
        help_text=_("Vises på siden og står i e-posten til dem som er påmeldt."),
        widget=UnfoldAdminTextareaWidget({"rows": 2}),
    )


class ChangeDatesForm(forms.Form):
    """What may be written to many dates at once. Only what is changed here is written."""

    scope = forms.ChoiceField(label=_("Gjelder"), choices=Scope, widget=UnfoldAdminSelectWidget)
    overwrites = forms.BooleanField(
        label=_("Også datoer som er endret for seg"), required=False, widget=UnfoldBooleanWidget
    )
    title_nb = forms.CharField(label=_("Tittel"), max_length=140, widget=UnfoldAdminTextInputWidget)
    title_en = forms.CharField(
        label=_("Tittel på engelsk"),
        max_length=140,
        required=False,
        widget=UnfoldAdminTextInputWidget,
    )
    summary_nb = forms.CharField(
        label=_("Kort fortalt"), max_length=300, widget=UnfoldAdminTextareaWidget({"rows": 2})
    )
    summary_en = forms.CharField(
        label=_("Kort fortalt på engelsk"),
        max_length=300,
        required=False,
        widget=UnfoldAdminTextareaWidget({"rows": 2}),
    )
    description_nb = forms.CharField(
        label=_("Beskrivelse"), required=False, widget=UnfoldAdminTextareaWidget({"rows": 6})
    )
    description_en = forms.CharField(
        label=_("Beskrivelse på engelsk"),
        required=False,
        widget=UnfoldAdminTextareaWidget({"rows": 4}),
    )
    organiser = forms.CharField(
        label=_("Arrangør"), max_length=140, widget=UnfoldAdminTextInputWidget
    )
    is_free = forms.BooleanField(label=_("Gratis"), required=False, widget=UnfoldBooleanWidget)
    price = forms.CharField(
        label=_("Pris"), max_length=80, required=False, widget=UnfoldAdminTextInputWidget
    )
    clock = forms.TimeField(
        label=_("Starter klokken"), widget=UnfoldAdminTextInputWidget({"type": "time"})
    )
    minutes = forms.IntegerField(
        label=_("Varer så mange minutter"),
        min_value=1,
        max_value=31 * 24 * 60,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    venue = forms.ModelChoiceField(
        label=_("Sted"),
        queryset=Venue.objects.order_by("name", "pk"),
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    place = forms.CharField(
        label=_("Sted i ord"), max_length=160, required=False, widget=UnfoldAdminTextInputWidget
    )
    capacity = forms.IntegerField(
        label=_("Plasser"),
        min_value=0,
        max_value=100_000,
        required=False,
        help_text=_("Tomt betyr ubegrenset."),
        widget=UnfoldAdminIntegerFieldWidget,
    )
    waiting_list_capacity = forms.IntegerField(
        label=_("Plasser på ventelisten"),
        min_value=0,
        max_value=100_000,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    reason = forms.CharField(
        label=_("Begrunnelse for ny tid eller nytt sted"),
        required=False,
        max_length=300,
        help_text=_("Alle påmeldte får e-post når tid eller sted endres."),
        widget=UnfoldAdminTextareaWidget({"rows": 2}),
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    NOT_WRITTEN = ("scope", "overwrites", "reason", "seen")
    TEXTS = (
        *("title_nb", "title_en", "summary_nb", "summary_en", "description_nb", "description_en"),
        *("organiser", "is_free", "price"),
    )

    def __init__(self, event: Event, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.event = event
        for name, field in self.fields.items():
            # What another tab has written meanwhile is not undone by what this one did not touch.
            field.show_hidden_initial = name not in self.NOT_WRITTEN
        start = timezone.localtime(event.starts_at)
        length = event.ends_at - event.starts_at
        self.initial = {name: getattr(event, name) for name in self.TEXTS} | {
            "clock": f"{start:%H:%M}",
            "minutes": int(length.total_seconds() // 60),
            "venue": event.venue_id,
            "place": event.place,
            "capacity": event.capacity,
            "waiting_list_capacity": event.waiting_list_capacity,
            "seen": event.sequence,
            **self.initial,
        }

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and not data["venue"] and not data["place"]:
            self.add_error("venue", _("Velg et sted, eller skriv hvor det er."))
        if not self.errors and not set(self.changed_data) - set(self.NOT_WRITTEN):
            self.add_error(None, _("Du har ikke endret noe."))
        return data

    def change(self) -> Change:
        """Return what was changed here."""
        data, changed = self.cleaned_data, set(self.changed_data)
        seats = {"capacity", "waiting_list_capacity"} & changed
        return Change(
            fields={name: data[name] for name in self.TEXTS if name in changed},
            clock=data["clock"] if "clock" in changed else None,
            duration=dt.timedelta(minutes=data["minutes"]) if "minutes" in changed else None,
            place=(data["venue"], data["place"]) if {"venue", "place"} & changed else None,
            room=(data["capacity"], data["waiting_list_capacity"]) if seats else None,
        )


class CopyForm(forms.Form):
    starts_at = forms.DateTimeField(
        label=_("Starter"),
        help_text=_("Gjettet etter forrige gang. Kopien er et utkast uten påmeldte."),
        widget=_moment_widget(),
    )


def local_text(moment: dt.datetime) -> str:
    """Return a moment as the field for date and time in a browser wants it."""
    return timezone.localtime(moment).strftime(_LOCAL)


def initial_of(series: EventSeries) -> dict[str, Any]:
    """Return what the series is now, for the form that changes its rule."""
    return {
        **plain_answers(read_rule(series.rule)),
        "skips_public_holidays": series.skips_public_holidays,
        "skips_school_holidays": series.skips_school_holidays,
        "signup_mode": series.signup_mode,
    }
