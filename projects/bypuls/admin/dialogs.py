"""What staff are asked before something is done with an event."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.forms import BaseDialogForm
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from projects.bypuls.models import Event, Venue

_LOCAL = "%Y-%m-%dT%H:%M"


class EventDialogForm(BaseDialogForm):
    """A form about one event, which fills in what the event is now, and remembers that it did."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        event = Event.objects.filter(pk=self.object_id).first()
        if event is not None:
            self.initial["seen"] = event.sequence
            self.begin(event)

    def begin(self, event: Event) -> None:
        """Fill in what the event is now."""


class NoteForm(EventDialogForm):
    note = forms.CharField(
        label=_("Hva må endres?"),
        help_text=_("Innsenderen får teksten på e-post, ordrett."),
        widget=UnfoldAdminTextareaWidget({"rows": 4}),
    )


class RefusalForm(EventDialogForm):
    reason = forms.CharField(
        label=_("Hvorfor ikke?"),
        help_text=_("Innsenderen får teksten på e-post, ordrett."),
        widget=UnfoldAdminTextareaWidget({"rows": 4}),
    )


class ReasonForm(EventDialogForm):
    reason = forms.CharField(
        label=_("Begrunnelse"),
        required=False,
        max_length=300,
        help_text=_("Vises på siden og står i e-posten til dem som er påmeldt."),
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
    )


class MoveForm(ReasonForm):
    starts_at = forms.DateTimeField(
        label=_("Starter"), widget=UnfoldAdminTextInputWidget({"type": "datetime-local"})
    )
    ends_at = forms.DateTimeField(
        label=_("Slutter"), widget=UnfoldAdminTextInputWidget({"type": "datetime-local"})
    )
    venue = forms.ModelChoiceField(
        label=_("Sted"),
        queryset=Venue.objects.none(),
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    place = forms.CharField(
        label=_("Sted i ord"), max_length=160, required=False, widget=UnfoldAdminTextInputWidget
    )

    field_order = ("starts_at", "ends_at", "venue", "place", "reason")

    def begin(self, event: Event) -> None:
        venue = self.fields["venue"]
        if isinstance(venue, forms.ModelChoiceField):
            venue.queryset = Venue.objects.order_by("name", "pk")
        self.initial |= {
            "starts_at": timezone.localtime(event.starts_at).strftime(_LOCAL),
            "ends_at": timezone.localtime(event.ends_at).strftime(_LOCAL),
            "venue": event.venue_id,
            "place": event.place,
        }


class CapacityForm(EventDialogForm):
    capacity = forms.IntegerField(
        label=_("Plasser"),
        min_value=0,
        max_value=100_000,
        required=False,
        help_text=_("Tomt betyr ubegrenset. Nye plasser tilbys straks til dem som venter."),
        widget=UnfoldAdminIntegerFieldWidget,
    )
    waiting_list_capacity = forms.IntegerField(
        label=_("Plasser på ventelisten"),
        min_value=0,
        max_value=100_000,
        widget=UnfoldAdminIntegerFieldWidget,
    )

    def begin(self, event: Event) -> None:
        self.initial |= {
            "capacity": event.capacity,
            "waiting_list_capacity": event.waiting_list_capacity,
        }


class HeldForm(EventDialogForm):
    attendance = forms.IntegerField(
        label=_("Hvor mange kom?"),
        min_value=0,
        max_value=100_000,
        required=False,
        widget=UnfoldAdminIntegerFieldWidget,
    )

    def begin(self, event: Event) -> None:
        self.initial["attendance"] = event.attendance


class InviteContactForm(BaseDialogForm):
    email = forms.EmailField(label=_("E-post"), widget=UnfoldAdminEmailInputWidget)
    name = forms.CharField(
        label=_("Navn"), max_length=120, required=False, widget=UnfoldAdminTextInputWidget
    )
    is_trusted = forms.BooleanField(
        label=_("Unntak fra åpningstidene vises straks"),
        required=False,
        initial=True,
        widget=UnfoldBooleanWidget,
    )


class ReplyForm(BaseDialogForm):
    reply = forms.CharField(
        label=_("Svar til avsenderen"),
        required=False,
        help_text=_("Står i e-posten, ordrett."),
        widget=UnfoldAdminTextareaWidget({"rows": 4}),
    )


class AcceptForm(ReplyForm):
    conflicts = forms.ChoiceField(
        label=_("Hvis siden er endret siden forslaget ble skrevet"),
        choices=[
            ("", _("Stopp, og vis meg det")),
            ("keep", _("Behold det som står der nå, ta inn resten")),
            ("overwrite", _("Bruk forslaget også der")),
        ],
        required=False,
        widget=UnfoldAdminSelectWidget,
    )

    field_order = ("conflicts", "reply")
