"""What a place's contact, or a passer-by, fills in about a place. Checks only; storing is `places.keeping`'s."""

import datetime as dt
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.bypuls.models import (
    ACCESS_FIELDS,
    HolidayRule,
    OpeningException,
    PriceLevel,
    Venue,
    VenueOffer,
    Weekday,
)
from projects.bypuls.models.opening_hours import STORED_SPANS, read_spans, write_spans
from projects.bypuls.places import fields
from vekst.uploads import clean_picture

# Nobody plans exceptions further ahead; a year like 2062 is a slip of the finger.
FURTHEST = dt.timedelta(days=2 * 365)
LONGEST_EXCEPTION = dt.timedelta(days=366)


class HoursField(forms.CharField):
    """The hours of one weekday as people write them; empty when closed. Cleaned to `write_spans`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=100, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show what is stored the way people write it, and what was typed as it was typed."""
        is_stored = isinstance(value, str) and re.match(STORED_SPANS, value)
        return fields.spans_in_words(value) if is_stored else value

    def clean(self, value: Any) -> str:
        """Read the spans, or say what is wrong with them."""
        return write_spans(read_spans(super().clean(value)))


class YesNoUnknownField(forms.TypedChoiceField):
    """A fact that may be unknown, which is not the same as no."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [
            ("", gettext_lazy("Vet ikke")),
            ("True", gettext_lazy("Ja")),
            ("False", gettext_lazy("Nei")),
        ]
        super().__init__(
            choices=choices,
            coerce=lambda v: v == "True",
            empty_value=None,
            required=False,
            **kwargs,
        )


class VenueKeepForm(forms.Form):
    """Everything about a place that its contact may propose to change, but pictures and single days."""

    summary_nb = forms.CharField(
        label=gettext_lazy("Kort fortalt"),
        max_length=200,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )
    description_nb = forms.CharField(
        label=gettext_lazy("Mer om stedet"),
        max_length=6000,
        required=False,
        widget=forms.Textarea({"rows": 7}),
    )
    offers = forms.MultipleChoiceField(
        label=gettext_lazy("Tilbud"),
        choices=VenueOffer.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    price_level = forms.TypedChoiceField(
        label=gettext_lazy("Prisnivå"),
        choices=[("", gettext_lazy("Ikke oppgitt")), *PriceLevel.choices],
        coerce=int,
        empty_value=None,
        required=False,
    )
    website = forms.URLField(
        label=gettext_lazy("Nettsted"), required=False, max_length=200, assume_scheme="https"
    )
    phone = forms.CharField(
        label=gettext_lazy("Telefon"),
        max_length=20,
        required=False,
        widget=forms.TextInput({"type": "tel", "autocomplete": "off"}),
    )
    contact_email = forms.EmailField(
        label=gettext_lazy("E-post som vises"), required=False, max_length=254
    )
    holiday_rule = forms.ChoiceField(
        label=gettext_lazy("På helligdager"), choices=HolidayRule.choices, required=False
    )
    hours_note = forms.CharField(
        label=gettext_lazy("Merknad til åpningstidene"), max_length=200, required=False
    )
    accessibility_note = forms.CharField(
        label=gettext_lazy("Mer om tilgjengelighet"),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("For eksempel hvor rampen er, eller hvem man ringer."),
    )
    message = forms.CharField(
        label=gettext_lazy("Beskjed til oss"),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("Vises ikke på siden."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for day in Weekday:
            self.fields[f"hours_{day.value}"] = HoursField(label=str(day.label).capitalize())
        for name in ACCESS_FIELDS:
            label = str(Venue._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            self.fields[name] = YesNoUnknownField(label=label[:1].upper() + label[1:])

    @staticmethod
    def begin(values: dict[str, Any]) -> dict[str, Any]:
        """Return what the form shows for values of `fields.current_values`."""
        found = dict(values)
        for day, text in enumerate(found.pop(fields.HOURS, [])):
            found[f"hours_{day}"] = text
        for name in ACCESS_FIELDS:
            found[name] = "" if found.get(name) is None else str(found[name])
        return found

    @property
    def sections(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """The fields under their headings, with a word of help."""
        layout = [
            (
                _("Om stedet"),
                "",
                ["summary_nb", "description_nb", "offers", "price_level"],
            ),
            (_("Kontakt"), "", ["website", "phone", "contact_email"]),
            (
                _("Faste åpningstider"),
                _(
                    "Skriv for eksempel 10.00–16.00. Flere tider skilles med komma: 11–14, 18–01. "
                    "Tomt felt betyr stengt."
                ),
                [*(f"hours_{day}" for day in Weekday.values), "holiday_rule", "hours_note"],
            ),
            (
                _("Tilgjengelighet"),
                _("Svar på det du vet. «Vet ikke» vises ikke på siden."),
                [*ACCESS_FIELDS, "accessibility_note"],
            ),
            (_("Til oss"), "", ["message"]),
        ]
        return [(title, text, [self[name] for name in names]) for title, text, names in layout]

    def wanted(self) -> dict[str, Any]:
        """Return the cleaned values as `places.fields` compares them."""
        data = self.cleaned_data
        offers = [value for value in VenueOffer.values if value in data["offers"]]
        found = {name: data[name] for name in fields.PLAIN if name != "offers"}
        found["description_nb"] = found["description_nb"].replace("\r\n", "\n")
        found["accessibility_note"] = found["accessibility_note"].replace("\r\n", "\n")
        week = [data[f"hours_{day}"] for day in Weekday.values]
        return found | {"offers": offers, fields.HOURS: week}


class ExceptionForm(forms.ModelForm):  # type: ignore[type-arg]
    """Days on which a place is closed or has hours of its own."""

    class Meta:
        model = OpeningException
        fields = ("first_date", "last_date", "kind", "hours", "note")
        widgets = {
            "first_date": forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
            "last_date": forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        }
        labels = {
            "first_date": gettext_lazy("Fra og med"),
            "last_date": gettext_lazy("Til og med"),
            "kind": gettext_lazy("Hva gjelder?"),
            "hours": gettext_lazy("Åpningstider disse dagene"),
            "note": gettext_lazy("Hvorfor?"),
        }

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["last_date"].required = False
        self.fields["last_date"].help_text = gettext_lazy("Tomt betyr bare den ene dagen.")

    def clean(self) -> dict[str, Any]:
        """Say beside the field what makes no sense."""
        data: dict[str, Any] = super().clean() or {}
        first = data.get("first_date")
        last = data.get("last_date") or first
        if first and last:
            data["last_date"] = last
            if last < first:
                self.add_error("last_date", _("Siste dag kan ikke være før den første."))
            elif last < self.today:
                self.add_error("last_date", _("Dagene er alt forbi."))
            elif first > self.today + FURTHEST:
                self.add_error("first_date", _("Velg en dag i løpet av de neste to årene."))
            elif last - first > LONGEST_EXCEPTION:
                self.add_error("last_date", _("Et unntak kan vare i høyst ett år."))
        return data


class PhotoForm(forms.Form):
    """One picture of a place."""

    picture = forms.ImageField(
        label=gettext_lazy("Bilde"), help_text=gettext_lazy("JPEG, PNG eller WebP, høyst 15 MB.")
    )
    alt = forms.CharField(
        label=gettext_lazy("Hva viser bildet?"),
        max_length=200,
        help_text=gettext_lazy("For dem som ikke ser det."),
    )
    credit = forms.CharField(label=gettext_lazy("Fotograf"), max_length=100, required=False)
    has_rights = forms.BooleanField(
        label=gettext_lazy(
            "Vi har lov til å bruke bildet her, og de som kan kjennes igjen, har sagt ja"
        )
    )

    def clean_picture(self) -> Any:
        """Write the picture anew: no position, no stowaways."""
        return clean_picture(self.cleaned_data["picture"])


class HandOverForm(forms.Form):
    """The colleague who is to keep the page."""

    name = forms.CharField(label=gettext_lazy("Navnet til kollegaen"), max_length=120)
    email = forms.EmailField(label=gettext_lazy("E-posten til kollegaen"), max_length=254)
    stays = forms.BooleanField(
        label=gettext_lazy("Jeg skal fortsatt være kontakt"), required=False, initial=True
    )


class TipForm(forms.Form):
    """What a passer-by says is wrong on a place's page."""

    message = forms.CharField(
        label=gettext_lazy("Hva er feil?"),
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        help_text=gettext_lazy(
            "For eksempel at åpningstidene er endret, eller at stedet er lagt ned."
        ),
    )
    sender_name = forms.CharField(
        label=gettext_lazy("Navnet ditt"),
        max_length=120,
        required=False,
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    sender_email = forms.EmailField(
        label=gettext_lazy("E-posten din"),
        max_length=254,
        required=False,
        widget=forms.EmailInput({"autocomplete": "email"}),
        help_text=gettext_lazy("Bare hvis du vil ha svar."),
    )
    # A field that people do not see; robots fill in everything.
    homepage = forms.CharField(
        label=gettext_lazy("La dette feltet stå tomt"),
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "tabindex": "-1"}),
    )

    def clean_message(self) -> str:
        """Refuse what is too short to act on."""
        message = str(self.cleaned_data["message"]).strip()
        if len(message) < 5:
            raise ValidationError(_("Skriv litt mer, så vi skjønner hva som er feil."))
        return message

    @property
    def is_from_a_robot(self) -> bool:
        return bool(self.cleaned_data.get("homepage"))
