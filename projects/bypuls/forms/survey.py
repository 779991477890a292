from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.bypuls.models import SurveyAnswer

RATINGS = [
    (5, _("Veldig bra")),
    (4, _("Bra")),
    (3, _("Helt greit")),
    (2, _("Ikke så bra")),
    (1, _("Dårlig")),
]
AGAIN = [("ja", _("Ja")), ("nei", _("Nei"))]


class SurveyForm(forms.Form):
    """Three questions, of which one must be answered."""

    rating = forms.TypedChoiceField(
        label=_("Hvordan var det?"),
        coerce=int,
        choices=RATINGS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Velg en karakter.")},
    )
    would_come_again = forms.ChoiceField(
        label=_("Ville du kommet igjen?"),
        choices=AGAIN,
        required=False,
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("Vil du si noe mer?"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Bare arrangøren leser det. Ikke skriv navn."),
    )

    def clean_would_come_again(self) -> bool | None:
        """Yes, no, or no answer."""
        return {"ja": True, "nei": False}.get(self.cleaned_data["would_come_again"])

    @staticmethod
    def initial_of(answer: SurveyAnswer | None) -> dict[str, Any]:
        """Return what the party has answered before."""
        if answer is None:
            return {}
        again = {True: "ja", False: "nei", None: ""}
        return {
            "rating": answer.rating,
            "would_come_again": again[answer.would_come_again],
            "text": answer.text,
        }
