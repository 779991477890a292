from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import action, display

from projects.bypuls.admin.admission import (
    ADMISSION_FIELDS,
    SIGN_UP_FIELDS,
    InvitationInline,
    QuestionInline,
    SignUpActions,
)
from projects.bypuls.admin.afterwards import (
    AfterwardsOfEventAdmin,
    MaterialInline,
    PhotoInline,
    RuleInline,
)
from projects.bypuls.admin.dialogs import (
    CapacityForm,
    HeldForm,
    MoveForm,
    ReasonForm,
)
from projects.bypuls.admin.moderation import (
    AnswerFilter,
    NoteInline,
    OriginFilter,
    QueueAdmin,
    dialog,
)
from projects.bypuls.admin.people import SignUpInline, attendee_file
from projects.bypuls.admin.series_of_event import SeriesOfEventAdmin
from projects.bypuls.events import changes, moderation
from projects.bypuls.models import Event, EventStatus, Publication
from projects.bypuls.signups import queue, signup
from vekst import formats
from vekst.history_admin import HistoryAdmin
from vekst.uploads import PictureForm

EXPECTED = (changes.ChangeError, moderation.SubmissionError, signup.SignUpError)
# Once published, these change only through the actions, which tell those who are signed up.
TOLD = ("starts_at", "ends_at", "is_date_set", "venue", "place")


@admin.register(Event)
class EventAdmin(
    QueueAdmin,
    SignUpActions,
    AfterwardsOfEventAdmin,
    SeriesOfEventAdmin,
    TranslationAdmin,  # type: ignore[type-arg]
    HistoryAdmin,
):
    form = PictureForm
    list_display = [
        *("title", "when", "venue", "publication_label", "answer_due", "status_label", "seats"),
        "twin",
    ]
    list_filter = [
        AnswerFilter,
        OriginFilter,
        "publication",
        "status",
        ("starts_at", RangeDateFilter),
        "topic",
        "audience",
        "takes_signups",
        "venue",
        "is_example",
    ]
    list_filter_submit = True
    list_select_related = ["venue", "possible_duplicate_of"]
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["title", "organiser", "submitter_email"]
    ordering = ["-starts_at", "-pk"]
    autocomplete_fields = ["venue", "project", "company", "forum"]
    prepopulated_fields: ClassVar[dict[str, Any]] = {"slug": ["title"]}
    inlines = [
        *(QuestionInline, InvitationInline, SignUpInline, NoteInline),
        *(RuleInline, MaterialInline, PhotoInline),
    ]
    actions = ["publish_selected"]
    # What is done most stands by itself; the rest is found by what it is about.
    actions_detail: ClassVar[Any] = [
        "publish_one",
        {
            "title": _("Behandle"),
            "items": [
                *("ask_changes_one", "refuse_one", "same_one", "distinct_one", "withdraw_one")
            ],
        },
        {
            "title": _("Endre og avlys"),
            "items": ["set_date_one", "move_one", "postpone_one", "cancel_one", "held_one"],
        },
        {
            "title": _("Påmeldte"),
            "items": ["caller_one", "invite_one", "capacity_one", "attendees_one"],
        },
        {
            "title": _("Serie og kopi"),
            "items": ["begin_series_one", "change_series_one", "copy_one"],
        },
    ]
    readonly_fields: ClassVar[Any] = [
        "publication",
        "published_at",
        "status",
        "status_reason",
        "previous_starts_at",
        "seats",
        "attendance",
        "survey",
        "submitted_at",
        "answer_due_text",
        "twin",
        "source_says",
        "uid",
        "sequence",
    ]
    fieldsets: ClassVar[Any] = [
        (None, {"fields": ["title", "slug", "summary", "description", "picture", "picture_alt"]}),
        (
            _("Tid og sted"),
            {
                "fields": [
                    ("starts_at", "ends_at"),
                    ("is_date_set", "date_note"),
                    "venue",
                    "place",
                ]
            },
        ),
        (
            _("Om arrangementet"),
            {
                "fields": [
                    ("topic", "audience", "language"),
                    ("is_free", "price"),
                    ("organiser", "company"),
                    "project",
                    ("website", "contact_email"),
                    "is_example",
                ]
            },
        ),
        (_("Påmelding"), {"fields": SIGN_UP_FIELDS}),
        (_("Hvem kan komme"), {"fields": ADMISSION_FIELDS}),
        (
            _("Status"),
            {
                "fields": [
                    ("publication", "published_at"),
                    ("status", "status_reason", "previous_starts_at"),
                    ("attendance", "survey"),
                    ("uid", "sequence"),
                ]
            },
        ),
        (
            _("Innsendt eller hentet"),
            {
                "fields": [
                    ("submitter_name", "submitter_email"),
                    ("submitted_at", "answer_due_text", "twin"),
                    "source_says",
                ],
            },
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        found: QuerySet[Event] = super().get_queryset(request).defer("search")
        return found

    def get_readonly_fields(self, request: HttpRequest, obj: Event | None = None) -> Any:
        # Capacity changes under the lock, in a dialog of its own, as soon as the row is there.
        fixed = ["capacity", "waiting_list_capacity"] if obj is not None else []
        if obj is not None and obj.publication == Publication.PUBLISHED:
            fixed += TOLD
        return [*self.readonly_fields, *fixed]

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Event | None = None
    ) -> dict[str, Any]:
        # The address of something that exists stays.
        return {} if obj is not None else dict(self.prepopulated_fields)

    def save_model(self, request: HttpRequest, obj: Event, form: Any, change: bool) -> None:
        now = timezone.now()
        if not change:
            obj.created_at = now
        obj.changed_at = now
        obj.is_signup_over = obj.takes_signups and obj.is_date_set and obj.closes_at <= now
        if not change:
            super().save_model(request, obj, form, change)
            return
        # Only what the form holds: people may be signing up at this moment. Saving a title under
        # another language writes its column, so the translated fields go along.
        held = {"changed_at", "is_signup_over", *form.changed_data}
        names = {field.name for field in obj._meta.concrete_fields}
        if obj.picture:
            held |= {"picture_width", "picture_height"}
        held |= {name.rpartition("_")[0] for name in held if name.endswith(("_nb", "_en"))}
        if obj.series_id is not None and form.changed_data:
            obj.is_detached = True
            held.add("is_detached")
        obj.save(update_fields=sorted(held & names))

    @display(description=_("når"), ordering="starts_at")
    def when(self, obj: Event) -> str:
        return formats.moment_text(obj.starts_at)

    @display(
        description=_("publisering"),
        ordering="publication",
        label={
            Publication.SUBMITTED.label: "warning",
            Publication.CHANGES_ASKED.label: "info",
            Publication.PUBLISHED.label: "success",
        },
    )
    def publication_label(self, obj: Event) -> str:
        return str(obj.get_publication_display())

    @display(
        description=_("status"),
        ordering="status",
        label={
            EventStatus.MOVED.label: "info",
            EventStatus.POSTPONED.label: "warning",
            EventStatus.CANCELLED.label: "danger",
            EventStatus.HELD.label: "success",
        },
    )
    def status_label(self, obj: Event) -> str:
        return str(obj.get_status_display())

    @display(description=_("påmeldte"))
    def seats(self, obj: Event) -> str:
        if not obj.takes_signups:
            return "–"
        most = "∞" if obj.capacity is None else str(obj.capacity)
        queue = f" + {obj.waiting_taken} / {obj.waiting_list_capacity}"
        return f"{obj.seats_taken} / {most}" + (queue if obj.waiting_list_capacity else "")

    # --- Actions -------------------------------------------------------------------------------
    def _back(self, request: HttpRequest, object_id: str) -> HttpResponse:
        address = reverse("admin:bypuls_event_change", args=[object_id])
        # A dialog is sent by htmx, which must open the whole page anew.
        if request.headers.get("HX-Request"):
            return HttpResponse(headers={"HX-Redirect": address})
        return HttpResponse(status=302, headers={"Location": address})

    def _do(
        self, request: HttpRequest, object_id: str, step: Callable[[int], object]
    ) -> HttpResponse:
        try:
            result = step(int(object_id))
        except EXPECTED as error:
            messages.error(request, str(error))
        else:
            messages.success(request, self._told(result))
        return self._back(request, object_id)

    def _told(self, result: object) -> str:
        if isinstance(result, int):
            text = ngettext(
                "%(n)s påmelding har fått beskjed.", "%(n)s påmeldinger har fått beskjed.", result
            )
            return text % {"n": result}
        if isinstance(result, list):
            text = ngettext(
                "%(n)s på ventelisten er tilbudt plass.",
                "%(n)s på ventelisten er tilbudt plass.",
                len(result),
            )
            return text % {"n": len(result)}
        return gettext("Det er gjort.")

    @action(
        description=_("Trekk"),
        url_path="trekk",
        permissions=["change"],
        dialog=dialog(
            _("Trekke arrangementet?"),
            _("Det forsvinner fra alle sider. Er noen påmeldt, avlyses det, og de får e-post."),
            _("Trekk"),
            ReasonForm,
        ),
    )
    def withdraw_one(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        new = {name: form.cleaned_data[name] for name in ("reason", "seen")}
        return self._do(
            request, object_id, lambda pk: changes.withdraw_event(pk, **new, at=timezone.now())
        )

    @action(
        description=_("Flytt"),
        url_path="flytt",
        permissions=["change"],
        dialog=dialog(
            _("Flytte i tid eller sted"),
            _("Alle påmeldte får e-post med ny kalenderfil. Plassene og adressen beholdes."),
            _("Flytt og gi beskjed"),
            MoveForm,
        ),
    )
    def move_one(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        names = ("starts_at", "ends_at", "venue", "place", "reason", "seen")
        new = {name: form.cleaned_data[name] for name in names}
        return self._do(
            request, object_id, lambda pk: changes.move_event(pk, **new, at=timezone.now())
        )

    @action(
        description=_("Utsett"),
        url_path="utsett",
        permissions=["change"],
        dialog=dialog(
            _("Utsette uten ny tid"), _("Alle påmeldte får e-post."), _("Utsett"), ReasonForm
        ),
    )
    def postpone_one(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        new = {name: form.cleaned_data[name] for name in ("reason", "seen")}
        return self._do(
            request, object_id, lambda pk: changes.postpone(pk, **new, at=timezone.now())
        )

    @action(
        description=_("Avlys"),
        url_path="avlys",
        permissions=["change"],
        dialog=dialog(
            _("Avlyse arrangementet?"),
            _("Alle påmeldte får e-post, og det tas ut av kalenderne deres. Det kan ikke angres."),
            _("Avlys"),
            ReasonForm,
        ),
    )
    def cancel_one(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        new = {name: form.cleaned_data[name] for name in ("reason", "seen")}
        return self._do(
            request, object_id, lambda pk: changes.cancel_event(pk, **new, at=timezone.now())
        )

    @action(
        description=_("Endre plasser"),
        url_path="plasser",
        permissions=["change"],
        dialog=dialog(_("Endre antall plasser"), "", _("Lagre"), CapacityForm),
    )
    def capacity_one(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        new = {name: form.cleaned_data[name] for name in ("capacity", "waiting_list_capacity")}
        return self._do(
            request, object_id, lambda pk: queue.change_capacity(pk, **new, at=timezone.now())
        )

    @action(
        description=_("Marker som holdt"),
        url_path="holdt",
        permissions=["change"],
        dialog=dialog(_("Hvor mange kom?"), "", _("Lagre"), HeldForm),
    )
    def held_one(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        new = {name: form.cleaned_data[name] for name in ("attendance", "seen")}
        return self._do(
            request, object_id, lambda pk: changes.mark_held(pk, **new, at=timezone.now())
        )

    @action(description=_("Deltakerliste (CSV)"), url_path="deltakere", permissions=["change"])
    def attendees_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return attendee_file(Event.objects.get(pk=object_id))
