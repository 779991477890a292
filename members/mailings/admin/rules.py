"""The one page on which the programme office sets how mail is sent."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin

from members.mailings import mail_rules
from members.mailings.models import MailRules


class MailRulesForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = MailRules
        fields = [
            "rate_per_second",
            "domain_rate_per_minute",
            "pause_after_errors",
            "quiet_from",
            "quiet_until",
            "undo_minutes",
            "four_eyes",
            "soft_bounce_limit",
            "soft_bounce_days",
            "mailbox_days",
            "fewest_shown",
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        start, end = cleaned.get("quiet_from"), cleaned.get("quiet_until")
        if self.has_error("quiet_from") or self.has_error("quiet_until"):
            return cleaned
        if (start is None) != (end is None):
            missing = "quiet_from" if start is None else "quiet_until"
            self.add_error(missing, _("Skriv både når det blir stille og når det er slutt."))
        elif start is not None and start == end:
            self.add_error("quiet_until", _("De stille timene må slutte til en annen tid."))
        return cleaned


@admin.register(MailRules)
class MailRulesAdmin(ModelAdmin):
    form = MailRulesForm
    fieldsets = [
        (
            gettext_lazy("Tempo"),
            {"fields": ["rate_per_second", "domain_rate_per_minute", "pause_after_errors"]},
        ),
        (gettext_lazy("Stille timer"), {"fields": ["quiet_from", "quiet_until"]}),
        (gettext_lazy("Før et nyhetsbrev går ut"), {"fields": ["undo_minutes", "four_eyes"]}),
        (
            gettext_lazy("Returpost"),
            {"fields": ["soft_bounce_limit", "soft_bounce_days", "mailbox_days"]},
        ),
        (gettext_lazy("Statistikk"), {"fields": ["fewest_shown"]}),
    ]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return redirect("admin:mailings_mailrules_change", mail_rules.ROW)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> MailRules | None:
        # Before anybody has set a rule the page shows the usual ones; saving writes the row.
        return mail_rules.current() if object_id == str(mail_rules.ROW) else None
