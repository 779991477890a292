"""What a sender fills in to offer a home or a job. Checks only; storing is `moderation`'s."""

import datetime
import uuid
from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.digital_stemme.models import Home, Vacancy
from projects.digital_stemme.models.choices import UNSTATED, HomeKind, SubmittedLanguage
from projects.digital_stemme.models.home import RENTED_KINDS
from projects.digital_stemme.plain_writing import to_html, to_text
from vekst.uploads import clean_picture

LONGEST_SHOWN = datetime.timedelta(days=180)
# A home that is free later than this, or was free earlier, is a slip of the finger.
FURTHEST = datetime.timedelta(days=3 * 365)


def _date_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class ListingForm(forms.ModelForm):  # type: ignore[type-arg]
    """
    The texts in two languages, the contact and the trap for robots, which both kinds of listing have.

    The first language is the sender's own. A text in English alone stands on the Bokmål pages too.
    """

    # field of the form -> stem of the model's translated columns
    texts: dict[str, str] = {"title": "title", "description": "description"}
    sections: list[tuple[Any, list[str]]] = []
    # Where a stranger who wants to answer can turn, besides e-mail and telephone.
    ways_in: tuple[str, ...] = ()

    title = forms.CharField(label=gettext_lazy("Overskrift"), max_length=120)
    title_other = forms.CharField(max_length=120, required=False)
    description = forms.CharField(
        label=gettext_lazy("Beskrivelse"), max_length=8000, widget=forms.Textarea({"rows": 9})
    )
    description_other = forms.CharField(
        max_length=8000, required=False, widget=forms.Textarea({"rows": 6})
    )
    # A field that people do not see; robots fill in everything.
    homepage = forms.CharField(
        label=gettext_lazy("La dette feltet stå tomt"),
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "tabindex": "-1"}),
    )
    submission_key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, today: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        language = self.instance.submitted_language
        self.language = language
        self.other_language = "nb" if language == SubmittedLanguage.ENGLISH else "en"
        for name, stem in self.texts.items():
            self.initial[name] = self._stored(stem, language)
            other = self._stored(stem, self.other_language)
            self.initial[f"{name}_other"] = "" if other == self.initial[name] else other
            in_other = (
                _("%(label)s på engelsk")
                if self.other_language == "en"
                else _("%(label)s på norsk")
            )
            self.fields[f"{name}_other"].label = in_other % {"label": self.fields[name].label}
        self.initial["submission_key"] = self.instance.submission_key
        for name in ("contact_name", "contact_email"):
            self.fields[name].required = True
        for name in self._with_unstated():
            self.fields[name].required = False

    def _with_unstated(self) -> list[str]:
        """The choices where "not stated" is an answer."""
        columns = {field.name: field for field in self.instance._meta.concrete_fields}
        return [n for n in self.fields if n in columns and columns[n].default == UNSTATED]

    def _stored(self, stem: str, language: str) -> str:
        return getattr(self.instance, f"{stem}_{language}", "") or ""

    @property
    def is_robot(self) -> bool:
        """Tell whether the field that people do not see was filled in."""
        return bool(self.data.get(self.add_prefix("homepage")))

    def field_groups(self) -> Iterator[tuple[str, list[forms.BoundField]]]:
        """Yield each heading of the form with its fields."""
        for heading, names in self.sections:
            yield str(heading), [self[name] for name in names]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in self._with_unstated():
            data[name] = data.get(name) or UNSTATED
        if data.get("show_phone") and not data.get("contact_phone"):
            self.add_error("contact_phone", _("Skriv telefonnummeret som skal vises."))
        reachable = data.get("show_email") or (data.get("show_phone") and data.get("contact_phone"))
        if not reachable and not any(data.get(name) for name in self.ways_in):
            self.add_error(
                "show_email",
                _("Velg minst én måte folk kan nå deg på: e-post, telefon eller en lenke."),
            )
        return data

    def _post_clean(self) -> None:
        for name, stem in self.texts.items():
            own = self._written(name)
            other = self._written(f"{name}_other")
            setattr(self.instance, f"{stem}_{self.language}", own)
            # The Bokmål column is never empty: its pages fall back on nothing else.
            fallback = own if self.other_language == "nb" else None
            setattr(self.instance, f"{stem}_{self.other_language}", other or fallback)
        key: uuid.UUID | None = self.cleaned_data.get("submission_key")
        if self.instance.pk is None and key is not None:
            self.instance.submission_key = key
        super()._post_clean()  # type: ignore[misc]  # Django's own hook; the stubs leave it out.

    def _written(self, name: str) -> str:
        return str(self.cleaned_data.get(name) or "")


class HomeForm(ListingForm):
    """One home, as its owner or their agent describes it."""

    ways_in = ("external_url",)
    sections = [
        (
            gettext_lazy("Boligen"),
            ["kind", "title", "description", "dwelling", "neighbourhood", "address", "postal_code"]
            + ["city", "area_m2", "bedrooms", "floor", "available_from"],
        ),
        (
            gettext_lazy("Pris"),
            ["rent_nok", "deposit_nok", "price_nok", "shared_debt_nok", "monthly_costs_nok"],
        ),
        (
            gettext_lazy("Mer om boligen"),
            ["ownership", "furnished", "pets", "step_free", "energy_grade", "offered_by"],
        ),
        (gettext_lazy("Bilde"), ["picture", "picture_alt"]),
        (gettext_lazy("På et annet språk"), ["title_other", "description_other"]),
        (
            gettext_lazy("Kontakt"),
            ["contact_name", "contact_email", "show_email", "contact_phone", "show_phone"]
            + ["external_url", "expires_on"],
        ),
    ]

    area_m2 = forms.IntegerField(
        label=gettext_lazy("Areal (BRA-i) i m²"),
        required=False,
        min_value=1,
        max_value=2000,
        error_messages={
            "min_value": gettext_lazy(
                "Skriv et areal fra 1 til 2 000 m², eller la feltet stå tomt."
            ),
            "max_value": gettext_lazy(
                "Skriv et areal fra 1 til 2 000 m², eller la feltet stå tomt."
            ),
        },
    )

    class Meta:
        model = Home
        fields = [
            "kind",
            "dwelling",
            "neighbourhood",
            "address",
            "postal_code",
            "city",
            "area_m2",
            "bedrooms",
            "floor",
            "available_from",
            "rent_nok",
            "deposit_nok",
            "price_nok",
            "shared_debt_nok",
            "monthly_costs_nok",
            "ownership",
            "furnished",
            "pets",
            "step_free",
            "energy_grade",
            "offered_by",
            "picture",
            "picture_alt",
            "contact_name",
            "contact_email",
            "show_email",
            "contact_phone",
            "show_phone",
            "external_url",
            "expires_on",
        ]
        widgets = {
            "kind": forms.RadioSelect,
            "available_from": _date_input(),
            "expires_on": _date_input(),
            "picture": forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # No blank radio button: the sender says what it is.
        kind = self.fields["kind"]
        if isinstance(kind, forms.ChoiceField):
            kind.choices = HomeKind.choices
        self.fields["expires_on"].required = False
        self.fields["expires_on"].help_text = _("Tomt: 60 dager. Høyst 180 dager fram.")
        self.fields["picture"].help_text = _("JPEG, PNG eller WebP, høyst 15 MB.")
        self.fields["address"].help_text = _("Vises i annonsen.")

    def clean_picture(self) -> Any:
        picture = self.cleaned_data.get("picture")
        return clean_picture(picture) if picture and "picture" in self.changed_data else picture

    def clean_available_from(self) -> datetime.date | None:
        day: datetime.date | None = self.cleaned_data["available_from"]
        if day is None or "available_from" not in self.changed_data:
            return day
        if not self.today - FURTHEST <= day <= self.today + FURTHEST:
            raise forms.ValidationError(_("Velg en dag i løpet av de neste tre årene."))
        return day

    def clean_expires_on(self) -> datetime.date | None:
        day: datetime.date | None = self.cleaned_data["expires_on"]
        if day is None:
            return None
        if not self.today <= day <= self.today + LONGEST_SHOWN:
            raise forms.ValidationError(_("Velg en dag fra i dag og inntil 180 dager fram."))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        rents, rent = data.get("kind") in RENTED_KINDS, data.get("rent_nok")
        price, deposit = data.get("price_nok"), data.get("deposit_nok")
        if rents and price:
            self.add_error("price_nok", _("En bolig til leie har husleie, ikke prisantydning."))
        if rents and not rent and "rent_nok" not in self.errors:
            self.add_error("rent_nok", _("Skriv hva husleia er per måned."))
        if data.get("kind") and not rents and rent:
            self.add_error("rent_nok", _("En bolig til salgs har prisantydning, ikke husleie."))
        if data.get("kind") == HomeKind.BUY and not price and "price_nok" not in self.errors:
            self.add_error("price_nok", _("Skriv prisantydningen."))
        if rent and deposit and deposit > 6 * rent:
            self.add_error(
                "deposit_nok", _("Depositumet kan ikke være høyere enn seks måneders husleie.")
            )
        if data.get("picture") and not data.get("picture_alt"):
            self.add_error("picture_alt", _("Skriv hva bildet viser, for dem som ikke ser det."))
        return data


class VacancyForm(ListingForm):
    """One vacancy, as the employer describes it."""

    texts = {"title": "title", "summary": "summary", "description": "description"}
    ways_in = ("apply_url",)
    sections = [
        (
            gettext_lazy("Stillingen"),
            ["title", "employer_name", "employer_url", "summary", "description", "occupation"],
        ),
        (
            gettext_lazy("Vilkår"),
            ["extent", "engagement", "sector", "work_language", "remote", "place", "location"]
            + ["position_count", "starts"],
        ),
        (gettext_lazy("Søknad"), ["apply_url", "due_on", "due_text"]),
        (
            gettext_lazy("På et annet språk"),
            ["title_other", "summary_other", "description_other"],
        ),
        (
            gettext_lazy("Kontakt"),
            ["contact_name", "contact_email", "show_email", "contact_phone", "show_phone"],
        ),
    ]

    summary = forms.CharField(
        label=gettext_lazy("Kort fortalt"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Én eller to setninger som står i listen."),
    )
    summary_other = forms.CharField(max_length=300, required=False)

    class Meta:
        model = Vacancy
        fields = [
            "employer_name",
            "employer_url",
            "occupation",
            "extent",
            "engagement",
            "sector",
            "work_language",
            "remote",
            "place",
            "location",
            "position_count",
            "starts",
            "apply_url",
            "due_on",
            "due_text",
            "contact_name",
            "contact_email",
            "show_email",
            "contact_phone",
            "show_phone",
        ]
        widgets = {"due_on": _date_input()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["description"].help_text = _(
            "Tom linje gir nytt avsnitt. Linjer som begynner med bindestrek, blir en liste."
        )
        for name in ("description", "description_other"):
            self.initial[name] = to_text(self.initial[name])
        self.fields["due_text"].help_text = _("Hvis dere ikke har en dato, for eksempel «Snarest».")

    def clean_due_on(self) -> datetime.date | None:
        day: datetime.date | None = self.cleaned_data["due_on"]
        if day is not None and not self.today <= day <= self.today + LONGEST_SHOWN:
            raise forms.ValidationError(_("Velg en dag fra i dag og inntil 180 dager fram."))
        return day

    def _written(self, name: str) -> str:
        text = super()._written(name)
        return to_html(text) if name.startswith("description") else text
