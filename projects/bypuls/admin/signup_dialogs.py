"""What staff are asked before they sign somebody up, invite people or set a date."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    INPUT_CLASSES,
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminEmailInputWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from members.companies.models import Company
from projects.bypuls.admin.dialogs import EventDialogForm
from projects.bypuls.forms.company import CompanyField, SuggestingInput
from projects.bypuls.forms.guests import read_guests
from projects.bypuls.forms.questions import answers_from, field_for, field_name
from projects.bypuls.models import Event, Question, QuestionKind
from projects.bypuls.signups.invitations import Guest
from projects.bypuls.signups.signup import Party


def _styled(question: Question) -> forms.Field:
    """Return the question's field as the admin draws fields."""
    field = field_for(question)
    if question.kind == QuestionKind.LONG_TEXT:
        field.widget = UnfoldAdminTextareaWidget({"rows": 2})
    elif isinstance(field, forms.MultipleChoiceField):
        field.widget = UnfoldAdminCheckboxSelectMultipleWidget(choices=field.choices)
    elif isinstance(field, forms.ChoiceField):
        offered: Any = field.choices
        rest = [(value, label) for value, label in offered if value]
        field.choices = [("", "---------"), *rest]
        field.widget = UnfoldAdminSelectWidget(choices=field.choices)
    else:
        field.widget = UnfoldAdminTextInputWidget()
    return field


class CallerForm(EventDialogForm):
    name = forms.CharField(
        label=gettext_lazy("Navn"), max_length=120, widget=UnfoldAdminTextInputWidget
    )
    email = forms.EmailField(label=gettext_lazy("E-post"), widget=UnfoldAdminEmailInputWidget)
    size = forms.IntegerField(
        label=gettext_lazy("Antall personer"),
        min_value=1,
        max_value=1000,
        initial=1,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    note = forms.CharField(
        label=gettext_lazy("Beskjed"),
        required=False,
        widget=UnfoldAdminTextareaWidget({"rows": 2}),
    )
    diet = forms.CharField(
        label=gettext_lazy("Allergier"),
        required=False,
        widget=UnfoldAdminTextareaWidget({"rows": 2}),
    )

    def begin(self, event: Event) -> None:
        company = CompanyField(at=timezone.now(), label=_("Bedrift"), required=False)
        company.widget = SuggestingInput({"class": " ".join(INPUT_CLASSES)})
        company.list_members()
        self.fields["company"] = company
        self.questions = list(Question.objects.filter(event=event).order_by("position", "pk"))
        for question in self.questions:
            self.fields[field_name(question)] = _styled(question)
        self.order_fields(["name", "email", "size", "company"])

    def party(self, language: str) -> Party:
        """Return what the caller said, for `sign_up`."""
        data = self.cleaned_data
        company = data.get("company")
        return Party(
            name=data["name"],
            email=data["email"],
            size=data["size"],
            note=data["note"],
            diet=data["diet"],
            language=language,
            company_id=company.pk if isinstance(company, Company) else None,
            answers=answers_from(self.questions, data),
        )


class GuestsForm(EventDialogForm):
    people = forms.CharField(
        label=gettext_lazy("Hvem skal inviteres?"),
        help_text=gettext_lazy(
            "Én på hver linje, som «Kari Nes &lt;kari@example.no&gt;» eller bare adressen. "
            "Hver får en e-post med sin egen lenke."
        ),
        max_length=50_000,
        widget=UnfoldAdminTextareaWidget({"rows": 8}),
    )

    def clean_people(self) -> list[Guest]:
        """Read one guest from each line. A line that is no address is told with its number."""
        return read_guests(self.cleaned_data["people"])


class SetDateForm(EventDialogForm):
    starts_at = forms.DateTimeField(
        label=gettext_lazy("Starter"), widget=UnfoldAdminTextInputWidget({"type": "datetime-local"})
    )
    ends_at = forms.DateTimeField(
        label=gettext_lazy("Slutter"), widget=UnfoldAdminTextInputWidget({"type": "datetime-local"})
    )

    def clean(self) -> dict[str, Any]:
        """Tell of an end before the start beside the field."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        starts_at, ends_at = data.get("starts_at"), data.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", _("Slutten må være etter starten."))
        return data
