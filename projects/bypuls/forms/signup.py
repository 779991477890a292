from django import forms
from django.utils.translation import gettext_lazy as _

from projects.bypuls.models import Event
from projects.bypuls.signups.signup import Party


class SignUpForm(forms.Form):
    """Who comes to one event. What the event does not ask for is no field."""

    name = forms.CharField(
        label=_("Navnet ditt"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("E-post"),
        max_length=254,
        help_text=_("Hit sender vi kvittering, kalenderfil og beskjed om endringer."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    size = forms.TypedChoiceField(
        label=_("Hvor mange kommer?"),
        coerce=int,
        help_text=_("Dere får plass sammen, eller står sammen på ventelisten."),
    )
    companions = forms.CharField(
        label=_("Navn på dem du tar med"),
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Ett navn på hver linje."),
    )
    diet = forms.CharField(
        label=_("Allergier eller kosthold"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Bare det kjøkkenet må vite. Slettes dagen etter arrangementet."),
    )
    note = forms.CharField(
        label=_("Beskjed til arrangøren"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    wants_reminder = forms.BooleanField(
        label=_("Send meg en påminnelse dagen før"), required=False, initial=True
    )

    def __init__(self, event: Event, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        most = event.max_group_size
        size = self.fields["size"]
        assert isinstance(size, forms.TypedChoiceField)  # noqa: S101
        size.choices = [(number, str(number)) for number in range(1, most + 1)]
        if most == 1:
            size.required = False
            size.widget = forms.HiddenInput()
            del self.fields["companions"]
        if not event.asks_diet:
            del self.fields["diet"]

    def party(self, language: str) -> Party:
        """Return what was typed, for `sign_up`."""
        data = self.cleaned_data
        return Party(
            name=data["name"],
            email=data["email"],
            size=data["size"] or 1,
            companions=data.get("companions", ""),
            note=data["note"],
            diet=data.get("diet", ""),
            wants_reminder=data["wants_reminder"],
            language=language,
        )
