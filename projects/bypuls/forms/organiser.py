import datetime as dt
import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from projects.bypuls.forms.fields import MomentField
from projects.bypuls.forms.signup import SignUpForm
from projects.bypuls.models import AttendeeList, Event, MessageAudience, Venue
from projects.bypuls.models.event import LONGEST

LARGEST = 100_000


class CallerForm(SignUpForm):
    """Somebody who calls and is signed up by the organiser. What only they can say yes to is not asked."""

    def __init__(self, event: Event, **kwargs: Any) -> None:
        super().__init__(event, **kwargs)
        self.fields["name"].label = _("Navn")
        self.fields["email"].help_text = _("Hit går kvittering, kalenderfil og endringer.")
        for name in ("shows_name", "hold"):
            self.fields.pop(name, None)
        for field in self.fields.values():
            field.widget.attrs.pop("autocomplete", None)
        if "reminder" in self.fields:
            self.fields["reminder"].label = _("Påminnelse")
            self.fields["reminder"].help_text = ""


class MessageForm(forms.Form):
    """What the organiser writes to those who come or those who wait."""

    audience = forms.ChoiceField(
        label=_("Til hvem?"),
        choices=[
            (MessageAudience.ATTENDING.value, MessageAudience.ATTENDING.label),
            (MessageAudience.QUEUE.value, MessageAudience.QUEUE.label),
        ],
        initial=MessageAudience.ATTENDING,
        widget=forms.RadioSelect,
    )
    title = forms.CharField(label=_("Emne"), max_length=140)
    text = forms.CharField(
        label=_("Melding"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Hver får sin egen e-post. Tid, sted og lenke til påmeldingen står under."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


class CapacityForm(forms.Form):
    """How many there is room for."""

    capacity = forms.IntegerField(
        label=_("Plasser"),
        min_value=0,
        max_value=LARGEST,
        required=False,
        help_text=_("Tomt betyr ubegrenset. Nye plasser blir straks tilbudt dem som venter."),
    )
    waiting_list_capacity = forms.IntegerField(
        label=_("Plasser på ventelisten"), min_value=0, max_value=LARGEST
    )


class AttendeeListForm(forms.ModelForm):  # type: ignore[type-arg]
    """Who sees the names of those who come."""

    attendee_list = forms.ChoiceField(
        label=_("Hvem ser deltakerne?"),
        choices=AttendeeList.choices,
        widget=forms.RadioSelect,
        help_text=_("Bare de som selv har sagt ja, vises med navn."),
    )

    class Meta:
        model = Event
        fields = ("attendee_list",)


class ReasonForm(forms.Form):
    """Why; those who are signed up read it."""

    reason = forms.CharField(
        label=_("Begrunnelse"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Vises på siden og står i e-posten til dem som er påmeldt."),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)


class CallOffForm(ReasonForm):
    """The same, and that it is meant: it cannot be taken back."""

    is_sure = forms.BooleanField(label=_("Ja, avlys arrangementet for alle"))


def _check_span(form: forms.Form, data: dict[str, Any], *, at: dt.datetime) -> None:
    """See also `events.changes`, which decides; this only tells it at the right field."""
    starts_at, ends_at = data.get("starts_at"), data.get("ends_at")
    if starts_at and starts_at <= at:
        form.add_error("starts_at", _("Arrangementet må være fram i tid."))
    if starts_at and ends_at:
        if ends_at <= starts_at:
            form.add_error("ends_at", _("Slutten må være etter starten."))
        elif ends_at - starts_at > LONGEST:
            form.add_error("ends_at", _("Et arrangement kan vare i høyst 31 dager."))


class MoveForm(ReasonForm):
    """The new time and place."""

    starts_at = MomentField(label=_("Starter"))
    ends_at = MomentField(label=_("Slutter"))
    venue = forms.ModelChoiceField(
        label=_("Sted"),
        queryset=Venue.objects.none(),
        required=False,
        empty_label=_("Et annet sted"),
    )
    place = forms.CharField(
        label=_("Sted i ord"),
        max_length=160,
        required=False,
        help_text=_("Rom eller oppmøtested, eller hele stedet når det ikke er i listen."),
    )

    field_order = ("starts_at", "ends_at", "venue", "place", "reason")

    def __init__(self, *args: Any, at: dt.datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at = at
        venue = self.fields["venue"]
        assert isinstance(venue, forms.ModelChoiceField)  # noqa: S101
        venue.queryset = Venue.objects.order_by("name", "pk")

    def clean(self) -> dict[str, Any]:
        """Tell of a time that cannot be beside the field."""
        data: dict[str, Any] = super().clean() or {}
        _check_span(self, data, at=self.at)
        if not data.get("venue") and not data.get("place"):
            self.add_error("place", ValidationError(_("Velg et sted, eller skriv hvor det er.")))
        return data


class SetDateForm(ReasonForm):
    """The date of an event that has only gathered those who are interested."""

    reason = forms.CharField(required=False, widget=forms.HiddenInput)
    starts_at = MomentField(label=_("Starter"))
    ends_at = MomentField(label=_("Slutter"))

    def __init__(self, *args: Any, at: dt.datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at = at

    def clean(self) -> dict[str, Any]:
        """Tell of a time that cannot be beside the field."""
        data: dict[str, Any] = super().clean() or {}
        _check_span(self, data, at=self.at)
        return data


class ColleagueForm(forms.Form):
    """Somebody who runs the event too, or instead."""

    email = forms.EmailField(label=_("E-post"), max_length=254)
    name = forms.CharField(label=_("Navn"), max_length=120, required=False)


class DoorForm(forms.Form):
    """A link for one helper."""

    label = forms.CharField(
        label=_("Hvem er lenken til?"),
        max_length=80,
        required=False,
        help_text=_("For eksempel «Frivillig ved hovedinngangen». Bare arrangørene ser det."),
    )
