from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from members.companies.models import Company


class CompanyProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Company
        fields = ["description_nb", "description_en", "website"]
        labels = {
            "description_nb": _("Om bedriften på norsk"),
            "description_en": _("Om bedriften på engelsk"),
            "website": _("Nettsted"),
        }
        help_texts = {
            "description_nb": _("Skriv kort hva dere lager, og hvem dere er."),
            "description_en": _(
                "For dem som vurderer å flytte hit. Tomt: den norske teksten vises."
            ),
            "website": _("Begynn med https://"),
        }
        widgets = {
            "description_nb": forms.Textarea(attrs={"rows": 8}),
            "description_en": forms.Textarea(attrs={"rows": 8}),
            "website": forms.URLInput(attrs={"autocomplete": "url"}),
        }


class EraseAccountForm(forms.Form):
    email = forms.EmailField(
        label=_("Skriv e-postadressen din for å bekrefte"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, *args: Any, expected: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expected = expected

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if email.strip().lower() != self.expected.lower():
            raise forms.ValidationError(_("Det er ikke adressen til denne kontoen."))
        return email
