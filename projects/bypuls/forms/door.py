import datetime as dt
import uuid

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from projects.bypuls.models import PressKind
from projects.bypuls.signups.check_in import LARGEST_WALK_IN, LONGEST_NAME, Press


class PressForm(forms.Form):
    """One button of the list: `in-<sign-up>-<people>` or `undo-<sign-up>-0`."""

    press = forms.RegexField(regex=r"\A(in|undo)-[0-9]{1,18}-[0-9]{1,4}\Z")

    def press_of(self) -> tuple[str, int, int]:
        """Return what was pressed, about whom, and how many people."""
        what, signup_id, size = self.cleaned_data["press"].split("-")
        return what, int(signup_id), int(size)

    def as_press(self, *, at: dt.datetime) -> Press:
        """Return the press that was made at `at`."""
        what, signup_id, size = self.press_of()
        kind = PressKind.CHECK_IN if what == "in" else PressKind.UNDO
        return Press(kind=kind, signup_id=signup_id, size=size, pressed_at=at)


class WalkInForm(forms.Form):
    """People who came without signing up."""

    name = forms.CharField(
        label=_("Navn"), required=False, max_length=LONGEST_NAME, help_text=_("Kan stå tomt.")
    )
    size = forms.IntegerField(
        label=_("Hvor mange?"), min_value=1, max_value=LARGEST_WALK_IN, initial=1
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def as_press(self, *, at: dt.datetime) -> Press:
        """Return the press; the key makes the second of two clicks harmless."""
        data = self.cleaned_data
        return Press(
            kind=PressKind.WALK_IN,
            key=data["key"],
            size=data["size"],
            name=data["name"],
            pressed_at=at,
        )

    def clean_name(self) -> str:
        """Refuse what no database holds."""
        name = str(self.cleaned_data["name"])
        if "\x00" in name:
            raise ValidationError(_("Skriv navnet på nytt."))
        return name
