from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.bypuls.forms.fields import MomentField
from projects.bypuls.forms.guests import read_guests
from projects.bypuls.models import (
    Event,
    MaterialKind,
    MessageAudience,
    Question,
    ReminderAnchor,
    ReminderPurpose,
    ReminderRule,
)
from projects.bypuls.signups.invitations import Guest

MINUTES = {"minutes": 1, "hours": 60, "days": 24 * 60}


class InviteForm(forms.Form):
    """Whom to invite."""

    people = forms.CharField(
        label=_("Hvem vil du invitere?"),
        max_length=50_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_(
            "Én på hver linje: «kari@example.no» eller «Kari Nordmann &lt;kari@example.no&gt;»."
        ),
    )

    def clean_people(self) -> list[Guest]:
        """Read the lines, and tell which are wrong."""
        return read_guests(self.cleaned_data["people"])


class CopyForm(forms.Form):
    """When the next one is."""

    starts_at = MomentField(label=_("Når begynner det neste?"))


class QuestionForm(forms.ModelForm):  # type: ignore[type-arg]
    """One question of the sign-up form."""

    class Meta:
        model = Question
        fields = ("text", "kind", "options", "purpose", "is_required", "position")
        widgets = {"options": forms.Textarea(attrs={"rows": 4})}

    def _get_validation_exclusions(self) -> set[str]:
        # The event is set, so that the database's rule of one such question per event can be told in words.
        found: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return found - {"event"}


class ReminderForm(forms.Form):
    """When people are reminded, in the words of people."""

    purpose = forms.ChoiceField(label=_("Hva?"), choices=ReminderPurpose.choices)
    audience = forms.ChoiceField(
        label=_("Til hvem?"),
        choices=[
            (MessageAudience.ATTENDING.value, MessageAudience.ATTENDING.label),
            (MessageAudience.QUEUE.value, MessageAudience.QUEUE.label),
            (MessageAudience.ORGANISER.value, MessageAudience.ORGANISER.label),
        ],
        help_text=_("Gjelder påminnelser. De andre går dit de hører hjemme."),
    )
    amount = forms.IntegerField(label=_("Hvor lenge?"), min_value=0, max_value=10_000, initial=1)
    unit = forms.ChoiceField(
        label=_("Enhet"),
        choices=[("days", _("dager")), ("hours", _("timer")), ("minutes", _("minutter"))],
    )
    direction = forms.ChoiceField(
        label=_("Før eller etter?"),
        choices=[("start-before", _("før start")), ("end-after", _("etter slutt"))],
    )
    local_time = forms.TimeField(
        label=_("Klokkeslett"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("Tomt: nøyaktig så lenge før eller etter."),
    )
    text = forms.CharField(
        label=_("Egen tekst"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    frees_after_hours = forms.IntegerField(
        label=_("Frigi plassen etter så mange timer uten svar"),
        required=False,
        min_value=1,
        max_value=1000,
        help_text=_("Bare for «Bekreft eller frigi plassen». Tomt: plassen beholdes."),
    )

    def rule(self, event: Event) -> ReminderRule:
        """Return the rule that was described, not saved."""
        data = self.cleaned_data
        purpose = data["purpose"]
        anchor, _dash, side = data["direction"].partition("-")
        minutes = data["amount"] * MINUTES[data["unit"]]
        hours = data["frees_after_hours"]
        audience = data["audience"]
        if purpose == ReminderPurpose.REPORT:
            audience = MessageAudience.ORGANISER
        elif purpose != ReminderPurpose.REMIND:
            audience = MessageAudience.ATTENDING
        return ReminderRule(
            event=event,
            purpose=purpose,
            audience=audience,
            anchor=ReminderAnchor(anchor),
            offset_minutes=-minutes if side == "before" else minutes,
            local_time=data["local_time"],
            text=data["text"],
            frees_after_minutes=hours * 60 if hours else None,
        )

    def clean(self) -> dict[str, Any]:
        """Seats are freed only where people are asked, and only before the event."""
        data: dict[str, Any] = super().clean() or {}
        is_confirm = data.get("purpose") == ReminderPurpose.CONFIRM
        if data.get("frees_after_hours") and not is_confirm:
            self.add_error("frees_after_hours", _("Bare den som er spurt, kan miste plassen."))
        after = data.get("direction") == "end-after"
        if is_confirm and after:
            self.add_error("direction", _("Spør før arrangementet, ikke etter."))
        if data.get("purpose") in (ReminderPurpose.SURVEY, ReminderPurpose.REPORT) and not after:
            self.add_error("direction", _("Dette sendes etter arrangementet."))
        return data


class MaterialForm(forms.Form):
    """Something to put out: a file or a link."""

    kind = forms.ChoiceField(label=_("Hva er det?"), choices=MaterialKind.choices)
    title = forms.CharField(label=_("Tittel"), max_length=140)
    file = forms.FileField(
        label=_("Fil"), required=False, help_text=_("PDF, PowerPoint, Word eller OpenDocument.")
    )
    link = forms.URLField(label=_("Eller lenke"), required=False, max_length=500)

    def clean(self) -> dict[str, Any]:
        """One of the two, not both."""
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and bool(data.get("file")) == bool(data.get("link")):
            self.add_error("file", _("Legg ved en fil eller skriv en lenke, ikke begge deler."))
        return data


class PhotoForm(forms.Form):
    """A picture, with what those on it have said yes to."""

    picture = forms.ImageField(label=_("Bilde"))
    alt = forms.CharField(label=_("Bildet beskrevet for dem som ikke ser det"), max_length=200)
    caption = forms.CharField(label=_("Bildetekst"), required=False, max_length=200)
    credit = forms.CharField(label=_("Fotograf"), required=False, max_length=80)
    shows_people = forms.BooleanField(
        label=_("Noen på bildet kan kjennes igjen"), required=False, initial=True
    )
    consent_note = forms.CharField(
        label=_("Hvem har sagt ja til å vises, og hvordan spurte dere?"),
        required=False,
        max_length=300,
        help_text=_("Må fylles ut når noen kan kjennes igjen. Vises ikke for andre."),
    )

    def clean(self) -> dict[str, Any]:
        """Nobody is shown without having said yes."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("shows_people") and not data.get("consent_note"):
            told = _("Skriv hvem på bildet som har sagt ja til å vises.")
            self.add_error("consent_note", told)
        return data


class AttendanceForm(forms.Form):
    """How many came, where nobody counted at the door."""

    attendance = forms.IntegerField(
        label=_("Hvor mange kom?"), min_value=0, max_value=100_000, required=False
    )
