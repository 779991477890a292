from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldBooleanWidget,
)

from projects.kompetanse.grants import GrantError, cast_vote, decide, start_review, tally
from projects.kompetanse.models import (
    OPEN_STATES,
    Application,
    ApplicationState,
    Award,
    BoardMember,
    GrantRound,
    GrantVote,
    RoundState,
    Vote,
)
from vekst.formats import nok_text
from vekst.history_admin import HistoryAdmin
from vekst.readonly_admin import ReadOnlyAdmin, ReadOnlyInline


class VoteForm(forms.Form):
    member = forms.ModelChoiceField(
        label=_("Medlem av utvalget"),
        queryset=BoardMember.objects.none(),
        widget=UnfoldAdminSelectWidget,
    )
    vote = forms.ChoiceField(
        label=_("Stemme"),
        choices=[(Vote.YES, _("Ja")), (Vote.NO, _("Nei")), (Vote.ABSTAIN, _("Avstår"))],
        widget=UnfoldAdminSelectWidget,
    )
    declared_conflict = forms.BooleanField(
        label=_("Inhabil: stemmer ikke, og det føres i protokollen"),
        required=False,
        widget=UnfoldBooleanWidget,
    )
    note = forms.CharField(label=_("Begrunnelse"), required=False, widget=UnfoldAdminTextareaWidget)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        sitting = Q(until_date__isnull=True) | Q(until_date__gte=today)
        members = BoardMember.objects.filter(sitting, since_date__lte=today)
        member_field: Any = self.fields["member"]
        member_field.queryset = members.select_related("user").order_by("party", "pk")


class DecisionForm(forms.Form):
    amount_nok = forms.IntegerField(
        label=_("Beløp i kroner, om det blir ja"),
        min_value=1,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    conditions = forms.CharField(
        label=_("Vilkår"), required=False, widget=UnfoldAdminTextareaWidget
    )
    reason = forms.CharField(label=_("Begrunnelse"), widget=UnfoldAdminTextareaWidget)


class GrantVoteInline(ReadOnlyInline):
    model = GrantVote
    fields = ["party", "voter", "vote", "declared_conflict", "note", "cast_at"]
    ordering = ["cast_at", "pk"]


class AwardInline(ReadOnlyInline):
    model = Award
    fields = ["amount_nok", "conditions", "awarded_at"]


@admin.register(GrantRound)
class GrantRoundAdmin(HistoryAdmin):
    list_display = ["title", "show_state", "closes_at", "show_applications", "show_frame"]
    list_filter = ["state"]
    search_fields = ["title"]
    autocomplete_fields = ["project"]
    prepopulated_fields = {"slug": ["title"]}
    readonly_fields = ["granted_nok"]
    ordering = ["-closes_at", "-pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[GrantRound]:
        kept = ~Q(applications__state=ApplicationState.WITHDRAWN)
        found: QuerySet[GrantRound] = super().get_queryset(request)
        return found.annotate(application_number=Count("applications", filter=kept))

    @display(
        description=_("tilstand"),
        ordering="state",
        label={RoundState.OPEN.label: "success", RoundState.DECIDING.label: "warning"},
    )
    def show_state(self, grant_round: GrantRound) -> str:
        return grant_round.get_state_display()

    @display(description=_("søknader"), ordering="application_number")
    def show_applications(self, grant_round: Any) -> int:
        return int(grant_round.application_number)

    @display(description=_("tildelt av rammen"))
    def show_frame(self, grant_round: GrantRound) -> str:
        return gettext("%(granted)s av %(frame)s") % {
            "granted": nok_text(grant_round.granted_nok),
            "frame": nok_text(grant_round.frame_nok),
        }


@admin.register(Application)
class ApplicationAdmin(HistoryAdmin):
    list_display = [
        "course_title",
        "organisation",
        "grant_round",
        "show_amount",
        "target_group",
        "show_votes",
        "show_state",
    ]
    list_filter = ["state", "grant_round", "target_group"]
    list_select_related = ["grant_round"]
    search_fields = ["course_title", "organisation", "orgnr"]
    # What an applicant sent in is not rewritten; it is decided.
    readonly_fields = [field.name for field in Application._meta.fields if field.name != "id"]
    ordering = ["-submitted_at", "-pk"]
    inlines = [GrantVoteInline, AwardInline]
    actions = ["send_to_review"]
    actions_detail = ["vote_action", "decide_action"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Application]:
        found: QuerySet[Application] = super().get_queryset(request)
        return found.prefetch_related("votes")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Application | None = None) -> bool:
        return False

    @display(description=_("søker om"), ordering="amount_nok")
    def show_amount(self, application: Application) -> str:
        return nok_text(application.amount_nok)

    @display(description=_("stemmer"))
    def show_votes(self, application: Application) -> str:
        votes = tally(application).votes
        return ", ".join(str(Vote(vote).label) for vote in votes.values()) or "–"

    @display(
        description=_("tilstand"),
        ordering="state",
        label={
            ApplicationState.REVIEW.label: "warning",
            ApplicationState.GRANTED.label: "success",
            ApplicationState.REFUSED.label: "danger",
        },
    )
    def show_state(self, application: Application) -> str:
        return application.get_state_display()

    @admin.action(description=_("Send til vurdering"), permissions=["change"])
    def send_to_review(self, request: HttpRequest, queryset: QuerySet[Application]) -> None:
        moved = start_review(list(queryset))
        self.message_user(request, gettext("%d søknader er sendt til vurdering.") % moved)

    @action(description=_("Før inn en stemme"), url_path="stem", permissions=["change"])
    def vote_action(self, request: HttpRequest, object_id: int) -> HttpResponse:
        application = self._open(request, object_id)
        form = VoteForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            stated = form.cleaned_data
            try:
                cast_vote(
                    application,
                    by=stated["member"].user,
                    vote=stated["vote"],
                    note=stated["note"],
                    declared_conflict=stated["declared_conflict"],
                    at=timezone.now(),
                )
            except GrantError as error:
                form.add_error(None, str(error))
            else:
                return self._back(request, application, gettext("Stemmen er ført inn."))
        return self._ask(request, application, form, gettext("Før inn stemmen"))

    @action(description=_("Avgjør søknaden"), url_path="avgjor", permissions=["change"])
    def decide_action(self, request: HttpRequest, object_id: int) -> HttpResponse:
        application = self._open(request, object_id)
        form = DecisionForm(request.POST or None, initial={"amount_nok": application.amount_nok})
        if request.method == "POST" and form.is_valid():
            try:
                award = decide(application, at=timezone.now(), **form.cleaned_data)
            except GrantError as error:
                form.add_error(None, str(error))
            else:
                text = gettext("Innvilget.") if award else gettext("Avslått.")
                return self._back(request, application, text)
        return self._ask(request, application, form, gettext("Avgjør søknaden"))

    def _open(self, request: HttpRequest, object_id: int) -> Application:
        application = get_object_or_404(
            Application.objects.select_related("grant_round"), pk=object_id
        )
        if not self.has_change_permission(request, application):
            raise PermissionDenied
        return application

    def _back(self, request: HttpRequest, application: Application, text: str) -> HttpResponse:
        self.message_user(request, text, messages.SUCCESS)
        return redirect("admin:kompetanse_application_change", application.pk)

    def _ask(
        self, request: HttpRequest, application: Application, form: forms.Form, submit: str
    ) -> HttpResponse:
        votes = application.votes.select_related("voter").order_by("cast_at", "pk")
        context = {
            **self.admin_site.each_context(request),
            "title": submit,
            "application": application,
            "is_open": application.state in OPEN_STATES,
            "votes": votes,
            "form": form,
            "submit": submit,
            "back_url": reverse("admin:kompetanse_application_change", args=[application.pk]),
        }
        return render(request, "kompetanse/admin/application_step.html", context)


@admin.register(BoardMember)
class BoardMemberAdmin(ModelAdmin):
    list_display = ["user", "party", "is_deputy", "since_date", "until_date"]
    list_filter = ["party", "is_deputy"]
    list_select_related = ["user"]
    search_fields = ["user__email", "user__first_name", "user__last_name"]
    autocomplete_fields = ["user"]
    ordering = ["party", "is_deputy", "-since_date", "pk"]


@admin.register(Award)
class AwardAdmin(ReadOnlyAdmin):
    list_display = ["application", "show_amount", "awarded_at"]
    list_filter = ["application__grant_round"]
    list_select_related = ["application"]
    search_fields = ["application__organisation", "application__course_title"]
    ordering = ["-awarded_at", "-pk"]

    @display(description=_("beløp"), ordering="amount_nok")
    def show_amount(self, award: Award) -> str:
        return nok_text(award.amount_nok)
