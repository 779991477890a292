import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from members.mailings.models import Topic

PAUSES = {
    "": _("Ingen pause"),
    "14": _("To uker"),
    "30": _("En måned"),
    "90": _("Tre måneder"),
    "keep": _("Behold pausen jeg har"),
}


class SignUpForm(forms.Form):
    """What a stranger fills in. No box is ticked beforehand: ticking is the consent."""

    email = forms.EmailField(
        label=_("E-postadresse"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    topics = forms.MultipleChoiceField(
        label=_("Hva vil du høre om?"),
        choices=Topic.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Velg minst ett tema.")},
    )


class AddressForm(forms.Form):
    """An address that gets a link to its own preferences."""

    email = forms.EmailField(
        label=_("E-postadresse"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class PreferencesForm(forms.Form):
    """What a subscriber wants from now on. No topic at all is a choice too."""

    topics = forms.MultipleChoiceField(
        label=_("Temaer"),
        choices=Topic.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    language = forms.ChoiceField(
        label=_("Språk i meldinger fra portalen"),
        choices=[("nb", "Bokmål"), ("en", "English")],
        help_text=_("Selve nyhetsbrevet skrives på bokmål."),
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, paused_until: datetime.date | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._paused_until = paused_until
        choices = [(key, label) for key, label in PAUSES.items() if key != "keep" or paused_until]
        self.fields["pause"] = forms.ChoiceField(
            label=_("Pause"),
            required=False,
            choices=choices,
            initial="keep" if paused_until else "",
        )

    def paused_until(self, *, today: datetime.date) -> datetime.date | None:
        """Return the last day of the pause that was chosen."""
        chosen = self.cleaned_data["pause"]
        if chosen == "keep":
            return self._paused_until
        return today + datetime.timedelta(days=int(chosen)) if chosen else None
