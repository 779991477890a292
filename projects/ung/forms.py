from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from projects.ung.enrolment import Enrolment
from projects.ung.models import Language, MentorScheme, Topic, WorkField


class _EnrolmentForm(forms.Form):
    name = forms.CharField(
        label=_("Navn"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("E-post"),
        max_length=254,
        help_text=_("Du får en lenke hit for å bekrefte påmeldingen."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    workplace = forms.CharField(
        label=_("Arbeidssted eller studiested"),
        max_length=120,
        help_text=_("Du blir aldri koblet med noen fra samme sted."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    field = forms.ChoiceField(label=_("Fagfelt"), choices=[("", _("Velg")), *WorkField.choices])
    languages = forms.MultipleChoiceField(
        label=_("Språk du kan ha samtalene på"),
        choices=Language.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    topics = forms.MultipleChoiceField(
        label=_("Tema"), choices=Topic.choices, widget=forms.CheckboxSelectMultiple
    )

    def enrolment(self) -> Enrolment:
        data: dict[str, Any] = self.cleaned_data
        return Enrolment(
            name=data["name"],
            email=data["email"],
            workplace=data["workplace"],
            field=data["field"],
            languages=data["languages"],
            topics=data["topics"],
            consent_text=str(self.fields["consent"].label),
        )


def _consent() -> forms.BooleanField:
    return forms.BooleanField(
        label=_(
            "Jeg samtykker i at koordinatoren for mentorordningen bruker opplysningene til å finne "
            "en å koble meg med, og deler dem med den jeg blir koblet med."
        ),
        help_text=_(
            "Du kan trekke samtykket når du vil, med lenken i e-posten. Da avsluttes koblingen, og "
            "opplysningene slettes etter 30 dager."
        ),
    )


class MentorForm(_EnrolmentForm):
    capacity = forms.IntegerField(
        label=_("Hvor mange kan du følge opp?"),
        min_value=1,
        initial=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    about = forms.CharField(
        label=_("Om deg"),
        required=False,
        max_length=1000,
        help_text=_("Hva har du gjort, og hva vil du gjerne dele? Skriv ikke noe følsomt."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    consent = _consent()

    def __init__(self, *args: Any, scheme: MentorScheme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scheme = scheme
        self.fields["topics"].help_text = gettext("Hva kan du hjelpe med?")

    def clean_capacity(self) -> int:
        capacity: int = self.cleaned_data["capacity"]
        most = self.scheme.max_mentees_per_mentor
        if capacity > most:
            raise forms.ValidationError(
                gettext("Høyst %(most)s i denne ordningen.") % {"most": most}
            )
        return capacity


class MenteeForm(_EnrolmentForm):
    wishes = forms.CharField(
        label=_("Hva ønsker du deg?"),
        required=False,
        max_length=1000,
        help_text=_("Hva vil du snakke med en mentor om? Skriv ikke noe følsomt."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    consent = _consent()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topics"].help_text = gettext("Hva vil du ha hjelp med?")
