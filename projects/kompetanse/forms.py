import re
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from members.companies.models import Company
from members.companies.orgnr import clean_orgnr, validate_orgnr
from projects.kompetanse.models import Application, CompetenceNeed, GrantRound
from vekst.formats import nok_text

_PHONE_SIGNS = re.compile(r"\+?[0-9 ()-]+")
# Norwegian numbers have five or eight digits; E.164 allows fifteen.
_PHONE_DIGITS = (5, 15)


class OrgnrField(forms.CharField):
    """An organisation number as people write it."""

    def to_python(self, value: Any) -> str:
        return clean_orgnr(super().to_python(value) or "")


class ApplicationForm(forms.ModelForm):  # type: ignore[type-arg]
    orgnr = OrgnrField(
        label=_("Organisasjonsnummer"),
        help_text=_("Ni siffer."),
        validators=[validate_orgnr],
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    is_informed = forms.BooleanField(
        label=_("Jeg vet at søknaden kan bli gitt ut etter offentleglova")
    )

    class Meta:
        model = Application
        fields = [
            "orgnr",
            "organisation",
            "course_title",
            "course_description",
            "target_group",
            "headcount",
            "amount_nok",
            "contact_name",
            "contact_email",
            "contact_phone",
        ]
        widgets: ClassVar = {
            "organisation": forms.TextInput(attrs={"autocomplete": "organization"}),
            "course_description": forms.Textarea(attrs={"rows": 7}),
            "target_group": forms.RadioSelect,
            "headcount": forms.NumberInput(attrs={"inputmode": "numeric", "min": 1}),
            "contact_name": forms.TextInput(attrs={"autocomplete": "name"}),
            "contact_email": forms.EmailInput(attrs={"autocomplete": "email"}),
            "contact_phone": forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        }
        help_texts: ClassVar = {
            "course_title": _("Hva kurset eller tiltaket heter."),
            "course_description": _(
                "Hva deltakerne skal lære, hvem som underviser, og når det skal skje."
            ),
            "contact_email": _("Hit sender vi kvittering og svar."),
        }

    def __init__(self, *args: Any, grant_round: GrantRound, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.grant_round = grant_round
        frame = grant_round.frame_nok
        problem = _("Skriv et beløp fra 1 kr til %(frame)s, som er rammen for runden.") % {
            "frame": nok_text(frame)
        }
        self.fields["amount_nok"] = forms.IntegerField(
            label=_("Søknadsbeløp i kroner"),
            min_value=1,
            max_value=frame,
            help_text=_("I hele kroner, uten øre."),
            error_messages={"min_value": problem, "max_value": problem},
            widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        )
        # Django adds an empty choice, which as a radio button says nothing.
        group = self.fields["target_group"]
        group.choices = [choice for choice in group.choices if choice[0]]  # type: ignore[attr-defined]

    def clean_contact_phone(self) -> str:
        phone: str = self.cleaned_data["contact_phone"]
        least, most = _PHONE_DIGITS
        digits = sum(sign.isdigit() for sign in phone)
        if phone and not (_PHONE_SIGNS.fullmatch(phone) and least <= digits <= most):
            raise forms.ValidationError(
                _("Skriv et telefonnummer, for eksempel 32 86 60 00 eller +47 32 86 60 00.")
            )
        return phone


class WithdrawForm(forms.Form):
    """Nothing to fill in: the button is the answer."""


class NeedForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = CompetenceNeed
        fields = ["field", "skill", "level", "headcount", "needed_by_year", "certainty", "note"]
        widgets: ClassVar = {
            "headcount": forms.NumberInput(attrs={"inputmode": "numeric", "min": 1}),
            "note": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, company: Company, this_year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.company = company
        years = [(year, str(year)) for year in range(this_year, this_year + 6)]
        self.fields["needed_by_year"] = forms.TypedChoiceField(
            label=_("Innen utgangen av"), choices=years, coerce=int
        )

    def validate_constraints(self) -> None:
        """Reporting the same need again means a new version of it, so that is no error here."""
