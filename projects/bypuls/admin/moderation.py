"""The queue of events that wait for an answer: filters, labels, the answers, and those told twice."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from members.accounts.models import User
from projects.bypuls.admin.dialogs import NoteForm, RefusalForm
from projects.bypuls.events import duplicates, merging, moderation
from projects.bypuls.events.importing import following
from projects.bypuls.models import Event, ImportedEvent, Publication, SubmissionNote
from vekst import formats
from vekst.readonly_admin import ReadOnlyInline

LATE, TODAY, LATER = _("Over fristen"), _("I dag"), _("Senere")


def dialog(title: Any, description: Any, submit: Any, form: Any = None) -> dict[str, Any]:
    """Return what an action asks before it is done."""
    found = {"title": title, "description": description, "form_submit_text": submit}
    return found | ({"form_class": form} if form else {})


def staff(request: HttpRequest) -> User | None:
    """Return who does this, for the record."""
    return request.user if isinstance(request.user, User) else None


class AnswerFilter(admin.SimpleListFilter):
    """Which of the queue: all that wait, or only what is late."""

    title = _("svar")
    parameter_name = "svar"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("venter", _("Venter på svar")), ("forfalt", LATE)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        if self.value() in ("venter", "forfalt"):
            queryset = queryset.filter(publication=Publication.SUBMITTED)
        if self.value() == "forfalt":
            queryset = queryset.filter(Q(answer_due_at=None) | Q(answer_due_at__lt=timezone.now()))
        return queryset


class OriginFilter(admin.SimpleListFilter):
    """Where an event comes from, and whether it may be told twice."""

    title = _("hvor det kommer fra")
    parameter_name = "fra"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("kalender", _("Fra en kalender vi henter")),
            ("innsendt", _("Sendt inn")),
            ("dobbelt", _("Kan stå to ganger")),
            ("ulik", _("Kilden sier noe annet")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        # Also what the source has on again after it was called off here: that is left to a person.
        otherwise = ImportedEvent.objects.exclude(differences={}, needs_decision="")
        chosen = {
            "kalender": Q(imported__isnull=False),
            "innsendt": ~Q(submitter_email=""),
            "dobbelt": Q(possible_duplicate_of__isnull=False),
            "ulik": Q(pk__in=otherwise.values("event_id")),
        }.get(self.value() or "")
        return queryset if chosen is None else queryset.filter(chosen)


class NoteInline(ReadOnlyInline):
    model = SubmissionNote
    fields = ["created_at", "kind", "text", "by"]
    readonly_fields = fields
    tab = True
    ordering = ["created_at", "pk"]


class QueueAdmin:
    """What the admin of events has for the queue. `_do` carries out a step and says what went wrong."""

    _do: Callable[..., HttpResponse]

    def get_ordering(self, request: HttpRequest) -> Any:
        # In the queue the most urgent stands first.
        if request.GET.get("svar"):
            return ["answer_due_at", "pk"]
        return self.ordering  # type: ignore[attr-defined]

    def has_answer_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Only what waits can be refused."""
        waits = Event.objects.filter(
            publication__in=(Publication.SUBMITTED, Publication.CHANGES_ASKED)
        )
        return _may_change(request) and (not object_id or waits.filter(pk=object_id).exists())

    def has_compare_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Only what looks like another can be told to be the same."""
        alike = Event.objects.filter(possible_duplicate_of__isnull=False)
        return _may_change(request) and (not object_id or alike.filter(pk=object_id).exists())

    @display(
        description=_("svarfrist"),
        ordering="answer_due_at",
        label={LATE: "danger", TODAY: "warning", LATER: "info"},
    )
    def answer_due(self, obj: Event) -> Any:
        if obj.publication != Publication.SUBMITTED:
            return "–"
        due, now = obj.answer_due_at, timezone.now()
        if due is None or due < now:
            return str(LATE), _due_text(due)
        is_today = timezone.localdate(due) == timezone.localdate(now)
        return str(TODAY if is_today else LATER), _due_text(due)

    @display(description=_("svarfrist"))
    def answer_due_text(self, obj: Event) -> str:
        return _due_text(obj.answer_due_at) if obj.publication == Publication.SUBMITTED else "–"

    @display(description=_("kan være det samme som"))
    def twin(self, obj: Event) -> SafeString | str:
        other = obj.possible_duplicate_of
        if other is None:
            return "–"
        address = reverse("admin:bypuls_event_change", args=[other.pk])
        when = formats.moment_text(other.starts_at)
        return format_html('<a href="{}">{}</a>, {}', address, other.title, when)

    @display(description=_("kilden sier noe annet"))
    def source_says(self, obj: Event) -> SafeString | str:
        rows = obj.imported.select_related("source").order_by("pk")
        texts = [
            (row.source.name, following.difference_list(row), row.needs_decision) for row in rows
        ]
        if not texts:
            return "–"
        return format_html_join("", "<p>{}</p>{}<p>{}</p>", texts)

    @admin.action(description=_("Publiser de valgte"), permissions=["change"])
    def publish_selected(self, request: HttpRequest, queryset: QuerySet[Event]) -> None:
        for event in queryset.order_by("pk"):
            try:
                moderation.publish(event.pk, at=timezone.now(), by=staff(request))
            except moderation.SubmissionError as error:
                messages.warning(request, f"{event}: {error}")

    @action(
        description=_("Publiser"),
        url_path="publiser",
        permissions=["change"],
        dialog=dialog(_("Publisere?"), _("Alle ser arrangementet med en gang."), _("Publiser")),
    )
    def publish_one(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        by, now = staff(request), timezone.now()
        return self._do(request, object_id, lambda pk: moderation.publish(pk, at=now, by=by))

    @action(
        description=_("Be om endring"),
        url_path="be-om-endring",
        permissions=["change"],
        dialog=dialog(
            _("Be innsenderen om endring"),
            _("Arrangementet vises ikke før det er sendt inn på nytt og publisert."),
            _("Send"),
            NoteForm,
        ),
    )
    def ask_changes_one(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        note, by, now = form.cleaned_data["note"], staff(request), timezone.now()
        return self._do(
            request, object_id, lambda pk: moderation.ask_changes(pk, note=note, at=now, by=by)
        )

    @action(
        description=_("Avslå"),
        url_path="avsla",
        permissions=["answer"],
        dialog=dialog(
            _("Avslå arrangementet?"),
            _("Det blir ikke publisert, og innsenderen får vite hvorfor."),
            _("Avslå"),
            RefusalForm,
        ),
    )
    def refuse_one(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        reason, by, now = form.cleaned_data["reason"], staff(request), timezone.now()
        return self._do(
            request, object_id, lambda pk: moderation.refuse(pk, reason=reason, at=now, by=by)
        )

    @action(
        description=_("Det er det samme"),
        url_path="det-samme",
        permissions=["compare"],
        dialog=dialog(
            _("Er det det samme arrangementet?"),
            _("Dette trekkes, og adressen fører til det andre. Innsenderen får vite det."),
            _("Det er det samme"),
        ),
    )
    def same_one(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        by, now = staff(request), timezone.now()
        return self._do(
            request, object_id, lambda pk: merging.merge_into_look_alike(pk, at=now, by=by)
        )

    @action(
        description=_("Ikke det samme"),
        url_path="ikke-det-samme",
        permissions=["compare"],
        dialog=dialog(
            _("Er det to forskjellige arrangementer?"),
            _("Vi spør ikke om disse to igjen."),
            _("Ikke det samme"),
        ),
    )
    def distinct_one(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        now = timezone.now()
        return self._do(request, object_id, lambda pk: duplicates.keep_apart(pk, at=now))


def _may_change(request: HttpRequest) -> bool:
    return request.user.has_perm("bypuls.change_event")


def _due_text(due: dt.datetime | None) -> str:
    return formats.weekday_date_text(due) if due else gettext("uten frist")
