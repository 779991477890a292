"""The editors' rules: one row, so the list is the form."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from members.accounts.access import signed_in
from members.posts import rule_changes, rules
from members.posts.checks import ALWAYS_BLOCKING, CHECKS, blocking_codes
from members.posts.models import CheckLevel, EditorialRules

# Of the times that the rules were changed.
SHOWN = 20


class RulesForm(forms.ModelForm):  # type: ignore[type-arg]
    quiet_weeks = forms.CharField(
        label=gettext_lazy("Stille uker"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Uker hvert år da ingen post ventes, for eksempel 28–31, 52."),
        widget=UnfoldAdminTextInputWidget,
    )

    blocking = forms.MultipleChoiceField(
        label=gettext_lazy("Dette stanser publisering"),
        required=False,
        choices=[(code, each.label) for code, each in CHECKS.items() if not each.is_fixed],
        help_text=gettext_lazy("Resten gir en advarsel."),
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = EditorialRules
        fields = (
            "four_eyes",
            "publication_weekday",
            "publication_time",
            "deadline_hours_before",
            "remind_hours_before",
            "alarm_hours_before",
            "quiet_weeks",
        )
        widgets = {
            "four_eyes": UnfoldBooleanSwitchWidget,
            "publication_weekday": UnfoldAdminSelectWidget,
            "publication_time": UnfoldAdminTextInputWidget({"type": "time"}),
            "deadline_hours_before": UnfoldAdminTextInputWidget({"type": "number", "min": 0}),
            "remind_hours_before": UnfoldAdminTextInputWidget({"type": "number", "min": 0}),
            "alarm_hours_before": UnfoldAdminTextInputWidget({"type": "number", "min": 0}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["quiet_weeks"] = rules.text_of_weeks(self.instance.quiet_weeks)
        self.initial["blocking"] = sorted(blocking_codes() - ALWAYS_BLOCKING)

    def clean(self) -> dict[str, Any]:
        super().clean()
        blocking = self.cleaned_data.get("blocking", [])
        self.instance.check_levels = {
            code: (CheckLevel.BLOCKS if code in blocking else CheckLevel.WARNS).value
            for code, check in CHECKS.items()
            if not check.is_fixed
        }
        return self.cleaned_data

    def clean_quiet_weeks(self) -> list[int]:
        try:
            return rules.weeks_from_text(str(self.cleaned_data["quiet_weeks"]))
        except rules.WeeksError as error:
            raise forms.ValidationError(str(error)) from error


@admin.register(EditorialRules)
class EditorialRulesAdmin(ModelAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        may_change = self.has_change_permission(request)
        if request.method == "POST" and not may_change:
            raise PermissionDenied
        form = RulesForm(request.POST or None, instance=rules.current())
        if request.method == "POST" and form.is_valid():
            rules.save(form.instance, by=signed_in(request))
            messages.success(request, _("Reglene er lagret, og gjelder fra nå."))
            return redirect(request.path)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "form": form,
            "may_change": may_change,
            "saved": rule_changes.newest_changes(most=SHOWN),
            "title": _("Regler for ukeposten"),
        }
        return TemplateResponse(request, "posts/admin/rules.html", context)

    def change_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("admin:posts_editorialrules_changelist")
