"""The forms of the workflow page."""

import re
import uuid
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from members.accounts.models import User
from members.posts.models import Post
from members.posts.planning import Plan
from members.posts.reviewing import MOST_DAYS, USUAL_DAYS


def _moment(label: Any, help_text: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(
        attrs={**UnfoldAdminTextInputWidget().attrs, "type": "datetime-local"},
        format="%Y-%m-%dT%H:%M",
    )
    return forms.DateTimeField(label=label, required=False, help_text=help_text, widget=widget)


class WhyForm(forms.Form):
    """Why a post moves. Sending it back asks for it."""

    why = forms.CharField(
        label=_("Merknad"),
        required=False,
        max_length=500,
        help_text=_("Følger med i varselet og i historikken."),
        widget=UnfoldAdminTextareaWidget({"rows": 2}),
    )

    def __init__(self, *args: Any, asks_why: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asks_why = asks_why

    def clean_why(self) -> str:
        why = str(self.cleaned_data["why"]).strip()
        if self.asks_why and not why:
            raise forms.ValidationError(
                _("Skriv hvorfor, så den som får den tilbake vet hva som mangler.")
            )
        return why


class PlanForm(forms.Form):
    planned_at = _moment(_("Ment å komme ut"), _("Planen i kalenderen. Den publiserer ingenting."))
    deadline_at = _moment(_("Frist for tekst"), "")
    responsible = forms.ModelChoiceField(
        label=_("Ansvarlig"), queryset=User.objects.none(), required=False,
        widget=UnfoldAdminSelectWidget, empty_label=_("Ingen"),
    )  # fmt: skip
    stand_in = forms.ModelChoiceField(
        label=_("Stedfortreder"), queryset=User.objects.none(), required=False,
        widget=UnfoldAdminSelectWidget, empty_label=_("Ingen"),
        help_text=_("Får varsel når fristen er ute og teksten ikke er levert."),
    )  # fmt: skip

    def __init__(self, *args: Any, post: Post, **kwargs: Any) -> None:
        names = ("planned_at", "deadline_at", "responsible", "stand_in")
        kwargs["initial"] = {name: getattr(post, name) for name in names}
        super().__init__(*args, **kwargs)
        # One who has left may stand there until another takes over.
        there = [post.responsible_id, post.stand_in_id]
        staff = User.objects.filter(Q(is_active=True, is_staff=True) | Q(pk__in=there))
        for name in ("responsible", "stand_in"):
            field = self.fields[name]
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = staff.order_by("first_name", "last_name", "pk")

    def plan(self) -> Plan:
        """What was filled in. Valid forms only."""
        return Plan(**self.cleaned_data)


class InviteForm(forms.Form):
    name = forms.CharField(label=_("Navn"), max_length=100, widget=UnfoldAdminTextInputWidget)
    email = forms.EmailField(label=_("E-post"), widget=UnfoldAdminEmailInputWidget)
    days = forms.IntegerField(
        label=_("Lenken virker i så mange dager"),
        min_value=1,
        max_value=MOST_DAYS,
        initial=USUAL_DAYS,
        widget=UnfoldAdminTextInputWidget({"type": "number", "min": 1, "max": MOST_DAYS}),
    )
    message = forms.CharField(
        label=_("Hilsen"),
        required=False,
        max_length=1000,
        widget=UnfoldAdminTextareaWidget({"rows": 2}),
    )
    form_token = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=uuid.uuid4)

    def clean_name(self) -> str:
        return re.sub(r"\s+", " ", str(self.cleaned_data["name"])).strip()


class NoteForm(forms.Form):
    """What readers are told of a correction or a withdrawal."""

    text = forms.CharField(
        label=_("Det leserne får vite"),
        max_length=1000,
        help_text=_("Står på siden og i nyhetsleseren for alltid, med dato."),
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
        error_messages={"required": _("Skriv hva leserne skal få vite.")},
    )
