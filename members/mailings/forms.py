import datetime
from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from members.mailings.models import Audience, Frequency, MailLanguage, Topic

# How many weeks, as people choose it.
PAUSES = {
    "": _("Ingen pause"),
    "1": _("Én uke"),
    "2": _("To uker"),
    "4": _("Fire uker"),
    "8": _("Åtte uker"),
    "12": _("Tolv uker"),
    "keep": _("Behold pausen jeg har"),
}


def _topics_field(**more: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        choices=Topic.choices, widget=forms.CheckboxSelectMultiple, **more
    )


def _frequency_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Hvor ofte?"),
        choices=Frequency.choices,
        initial=Frequency.EACH,
        widget=forms.RadioSelect,
        help_text=_(
            "Samlet e-post kommer mandag morgen, eller den første mandagen i måneden. Er det ikke noe "
            "nytt om temaene dine, kommer den ikke."
        ),
    )


def _language_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Språk"),
        choices=MailLanguage.choices,
        widget=forms.RadioSelect,
        help_text=_(
            "Finnes et nyhetsbrev på engelsk, får du det når du velger English. Ellers kommer det på bokmål."
        ),
    )


def _audiences_field() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("Passer noe av dette for deg?"),
        choices=Audience.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Da får du også det som er laget for dem du krysser av for. Nye i Kongsberg får noen få "
            "e-poster med råd de første ukene. Vi gjetter aldri; bare det du selv velger, teller."
        ),
    )


class SignUpForm(forms.Form):
    """What a stranger fills in. No box is ticked beforehand: ticking is the consent."""

    email = forms.EmailField(
        label=_("E-postadresse"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    topics = _topics_field(
        label=_("Hva vil du høre om?"),
        error_messages={"required": _("Velg minst ett tema.")},
    )
    frequency = _frequency_field()
    audiences = _audiences_field()
    language = _language_field()


class AddressForm(forms.Form):
    """An address that gets a link to its own preferences."""

    email = forms.EmailField(
        label=_("E-postadresse"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class PreferencesForm(forms.Form):
    """What a subscriber wants from now on. No topic at all is a choice too."""

    topics = _topics_field(label=_("Temaer"), required=False)
    frequency = _frequency_field()
    audiences = _audiences_field()
    language = _language_field()

    def __init__(self, *args: Any, paused_until: datetime.date | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._paused_until = paused_until
        self.fields["pause"] = forms.ChoiceField(
            label=_("Pause"),
            required=False,
            choices=list(self._pauses()),
            initial="keep" if paused_until else "",
            help_text=_("E-posten begynner igjen av seg selv når pausen er over."),
        )

    def _pauses(self) -> Iterator[tuple[str, Any]]:
        for key, label in PAUSES.items():
            if key != "keep" or self._paused_until:
                yield key, label

    def paused_until(self, *, today: datetime.date) -> datetime.date | None:
        """Return the last day of the pause that was chosen."""
        chosen = self.cleaned_data["pause"]
        if chosen == "keep":
            return self._paused_until
        return today + datetime.timedelta(weeks=int(chosen)) if chosen else None
