import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Self

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from members.companies.models import Company
from projects.bypuls.forms.company import CompanyField
from projects.bypuls.forms.questions import answers_from, field_for, field_name, initial_from
from projects.bypuls.models import (
    Admission,
    AttendeeList,
    Event,
    Invitation,
    Question,
    SignUp,
)
from projects.bypuls.signups import own_reminder
from projects.bypuls.signups.details import Details
from projects.bypuls.signups.signup import Party

# The order in which people tell of themselves; the event's own questions come after the company.
ORDER = ["name", "email", "size", "companions", "company"]


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
    shows_name = forms.BooleanField(label=_("Vis navnet mitt på deltakerlisten"), required=False)
    reminder = forms.ChoiceField(
        label=_("Når vil du ha påminnelse?"),
        required=False,
        error_messages={"invalid_choice": _("Det tidspunktet kan ikke velges. Velg et annet.")},
        help_text=_("Du kan endre det senere, og hører om endringer uansett."),
    )
    hold = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        event: Event,
        *,
        at: dt.datetime,
        invitation: Invitation | None = None,
        for_all_dates: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.event = event
        self._offer_reminders(at, for_all_dates)
        self.questions = list(Question.objects.filter(event=event).order_by("position", "pk"))
        self._ask_for_company(at, invitation)
        for question in self.questions:
            self.fields[field_name(question)] = field_for(question)
        self._leave_out()
        self.order_fields([*ORDER, *(field_name(question) for question in self.questions)])
        if invitation is not None and not self.is_bound:
            self.initial = {"name": invitation.name, "email": invitation.email, **self.initial}

    @classmethod
    def as_typed(cls, event: Event, data: QueryDict, **kwargs: Any) -> Self:
        """Return the form with all that was typed in it, and nothing checked yet."""
        form = cls(event, **kwargs)
        form.initial = {
            name: field.widget.value_from_datadict(data, {}, name)
            for name, field in form.fields.items()
        }
        return form

    def _ask_for_company(self, at: dt.datetime, invitation: Invitation | None) -> None:
        is_early = self.event.members_first_until is not None and (
            at < self.event.members_first_until
        )
        members_only = self.event.admission == Admission.MEMBERS or (
            is_early and self.event.admission == Admission.OPEN
        )
        required = members_only and invitation is None
        if not (self.event.asks_company or self.event.max_per_company or members_only):
            return
        self.fields["company"] = field = CompanyField(
            at=at,
            label=_("Bedriften du jobber i"),
            required=required,
            help_text=_("Skriv navnet eller organisasjonsnummeret til medlemsbedriften.")
            if required
            else _("Er bedriften ikke medlem, lar du feltet stå tomt."),
        )
        field.list_members()

    def _offer_reminders(self, at: dt.datetime, for_all_dates: bool) -> None:
        offered = (
            own_reminder.choices_for_all_dates()
            if for_all_dates
            else own_reminder.choices(self.event, chosen="", at=at)
        )
        reminder = self.fields["reminder"]
        assert isinstance(reminder, forms.ChoiceField)  # noqa: S101
        reminder.choices = [(one.value, str(one)) for one in offered]

    def _leave_out(self) -> None:
        event = self.event
        size = self.fields["size"]
        assert isinstance(size, forms.TypedChoiceField)  # noqa: S101
        size.choices = [(number, str(number)) for number in range(1, event.max_group_size + 1)]
        if event.max_group_size == 1:
            size.required = False
            size.widget = forms.HiddenInput()
            del self.fields["companions"]
        if not event.asks_diet:
            del self.fields["diet"]
        if event.attendee_list == AttendeeList.HIDDEN:
            del self.fields["shows_name"]
        else:
            self.fields["shows_name"].help_text = (
                _("Alle kan se listen.")
                if event.attendee_list == AttendeeList.PUBLIC
                else _("De som er påmeldt, kan se listen.")
            )
        if not event.is_date_set:
            self._only_interest()

    def _only_interest(self) -> None:
        """Nothing is held, nobody is fed and nobody reminded before there is a date."""
        for name in ("companions", "diet", "shows_name", "reminder"):
            self.fields.pop(name, None)
        for question in self.questions:
            del self.fields[field_name(question)]
        self.questions = []
        self.fields["email"].help_text = _("Hit skriver vi når datoen er bestemt.")
        self.fields["size"].help_text = _("Omtrent; du kan endre det senere.")

    @property
    def hold_key(self) -> uuid.UUID | None:
        """The key of the seats held for this form, if there are any."""
        key = self.cleaned_data.get("hold")
        return key if isinstance(key, uuid.UUID) else None

    def party_for_all(self, dates: Sequence[Event], language: str) -> Party:
        """Return what was typed, with the answers for every date that asks the same. One query."""
        party = self.party(language)
        by_text = {
            question.text: party.answers[question.pk]
            for question in self.questions
            if question.pk in party.answers
        }
        same = Question.objects.filter(event__in=dates, text__in=by_text).order_by("pk")
        return replace(party, answers={question.pk: by_text[question.text] for question in same})

    def party(self, language: str) -> Party:
        """Return what was typed, for `sign_up`."""
        data = self.cleaned_data
        company = data.get("company")
        reminder = data.get("reminder", "")
        never = reminder == own_reminder.NEVER
        return Party(
            name=data["name"],
            email=data["email"],
            size=data["size"] or 1,
            companions=data.get("companions", ""),
            note=data["note"],
            diet=data.get("diet", ""),
            wants_reminder=not never,
            own_reminder="" if never else reminder,
            language=language,
            company_id=company.pk if isinstance(company, Company) else None,
            shows_name=data.get("shows_name", False),
            answers=answers_from(self.questions, data),
        )


class DetailsForm(SignUpForm):
    """What a party may change later about itself; how many come is changed under the lock on the seats."""

    def __init__(self, signup: SignUp, *, at: dt.datetime, **kwargs: Any) -> None:
        super().__init__(signup.event, at=at, **kwargs)
        for name in ("email", "size", "reminder", "hold"):
            self.fields.pop(name, None)
        company = self.fields.get("company")
        if isinstance(company, CompanyField):
            company.kept = signup.company
            # Whoever came in without one, by invitation or by phone, need not find one now.
            company.required = company.required and signup.company_id is not None
        answers = dict(signup.answers.order_by("pk").values_list("question_id", "text"))
        self.initial = {
            "name": signup.name,
            "companions": signup.companions,
            "company": signup.company.name if signup.company else "",
            "diet": signup.diet,
            "note": signup.note,
            "shows_name": signup.shows_name,
            **initial_from(self.questions, answers),
        }

    def details(self) -> Details:
        """Return what was typed, for `change_details`."""
        data = self.cleaned_data
        company = data.get("company")
        return Details(
            name=data["name"],
            companions=data.get("companions", ""),
            note=data["note"],
            diet=data.get("diet", ""),
            company_id=company.pk if isinstance(company, Company) else None,
            shows_name=data.get("shows_name", False),
            answers=answers_from(self.questions, data),
        )
