"""Who may come to an event, what they are asked, and whom staff sign up or invite."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import action

from members.accounts.models import User
from projects.bypuls.admin.signup_dialogs import CallerForm, GuestsForm, SetDateForm
from projects.bypuls.models import Answer, Invitation, Question
from projects.bypuls.signups import interest, invitations, signup
from vekst.readonly_admin import ReadOnlyAdmin, ReadOnlyInline

# The fields of the form of an event that say how people sign up.
SIGN_UP_FIELDS: list[str | tuple[str, ...]] = [
    ("takes_signups", "asks_diet", "asks_company"),
    ("capacity", "waiting_list_capacity", "max_group_size"),
    "queue_policy",
    ("signup_opens_at", "signup_closes_at"),
    "seats",
]
ADMISSION_FIELDS: list[str | tuple[str, ...]] = [
    ("admission", "forum"),
    "is_unlisted",
    ("members_first_until", "max_per_company"),
    "attendee_list",
]


class QuestionFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """The questions of one event; one that people have answered is not taken away with their answers."""

    def clean(self) -> None:
        super().clean()
        gone = [form.instance.pk for form in self.deleted_forms if form.instance.pk]
        answered = Question.objects.filter(pk__in=gone, answers__isnull=False).first()
        if answered is not None:
            raise ValidationError(
                _("Noen har svart på «%(question)s», så spørsmålet kan ikke slettes."),
                params={"question": answered},
            )


class QuestionInline(TabularInline):
    model = Question
    formset = QuestionFormSet
    fields = ["position", "text", "kind", "options", "purpose", "is_required"]
    extra = 0
    tab = True
    ordering = ["position", "pk"]


class InvitationInline(ReadOnlyInline):
    model = Invitation
    fields = ["name", "email", "company", "created_at", "withdrawn_at"]
    readonly_fields = fields
    tab = True
    per_page = 200
    ordering = ["email"]


class AnswerInline(ReadOnlyInline):
    model = Answer
    fields = ["question", "text"]
    readonly_fields = fields
    ordering = ["question__position", "pk"]


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    list_display = ["email", "name", "event", "created_at", "withdrawn_at"]
    list_select_related = ["event"]
    search_fields = ["email", "name", "event__title"]
    ordering = ["-created_at", "-pk"]
    show_full_result_count = False
    actions = ["withdraw_selected"]

    def has_withdraw_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("bypuls.change_invitation")

    @admin.action(description=_("Trekk tilbake de valgte"), permissions=["withdraw"])
    def withdraw_selected(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> None:
        for row in queryset.order_by("pk"):
            invitations.withdraw(row.pk, at=timezone.now())
        messages.success(request, _("Lenkene åpner ingenting lenger."))


class SignUpActions:
    """What staff do with the sign-up of one event. Stands beside `_do` of the event's admin."""

    _do: Callable[..., HttpResponse]

    @action(
        description=_("Meld på noen"),
        url_path="meld-pa",
        permissions=["change"],
        dialog={
            "title": _("Meld på en som ringer"),
            "description": _("Får kvittering på e-post."),
            "form_submit_text": _("Meld på"),
            "form_class": CallerForm,
        },
    )
    def caller_one(self, request: HttpRequest, form: CallerForm, object_id: str) -> HttpResponse:
        party = form.party(translation.get_language() or "nb")
        return self._do(
            request,
            object_id,
            lambda pk: signup.sign_up(pk, party, at=timezone.now(), by_staff=True),
        )

    @action(
        description=_("Inviter"),
        url_path="inviter",
        permissions=["change"],
        dialog={
            "title": _("Inviter til arrangementet"),
            "description": _("Den som alt er invitert, får ingen ny e-post."),
            "form_submit_text": _("Send invitasjonene"),
            "form_class": GuestsForm,
        },
    )
    def invite_one(self, request: HttpRequest, form: GuestsForm, object_id: str) -> HttpResponse:
        guests, by = form.cleaned_data["people"], request.user
        return self._do(
            request,
            object_id,
            lambda pk: len(
                invitations.invite(
                    pk, guests, by=by if isinstance(by, User) else None, at=timezone.now()
                )
            ),
        )

    @action(
        description=_("Sett dato"),
        url_path="sett-dato",
        permissions=["change"],
        dialog={
            "title": _("Sett datoen"),
            "description": _("Alle som har meldt interesse, blir spurt på e-post om de kommer."),
            "form_submit_text": _("Sett datoen og spør"),
            "form_class": SetDateForm,
        },
    )
    def set_date_one(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        new = {name: form.cleaned_data[name] for name in ("starts_at", "ends_at")}
        return self._do(
            request, object_id, lambda pk: interest.set_date(pk, **new, at=timezone.now())
        )
