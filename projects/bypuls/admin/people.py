import csv
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display

from projects.bypuls.admin.admission import AnswerInline
from projects.bypuls.models import Event, SignUp
from projects.bypuls.signups import signup
from vekst import formats
from vekst.readonly_admin import ReadOnlyAdmin

# The page of an event with thousands of people shows the first; the file holds all.
INLINE_ROWS = 200


def given_answers(row: SignUp) -> str:
    """Return what the party answered, in the order of the form. None or two queries."""
    answers = sorted(row.answers.all(), key=lambda answer: (answer.question.position, answer.pk))
    return "; ".join(
        f"{answer.question.text} {', '.join(answer.text.splitlines())}" for answer in answers
    )


class SignUpInline(TabularInline):
    model = SignUp
    fields = [
        "name",
        "email",
        "company",
        "size",
        "state",
        "companions",
        "answers_given",
        "note",
        "diet",
        "created_at",
    ]
    readonly_fields = fields
    extra = 0
    can_delete = False
    tab = True
    per_page = INLINE_ROWS
    ordering = ["state", "pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SignUp]:
        found: QuerySet[SignUp] = super().get_queryset(request)
        return found.select_related("company").prefetch_related("answers__question")

    @display(description=_("svar"))
    def answers_given(self, obj: SignUp) -> str:
        return given_answers(obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # The action "Meld på noen" counts the seats.
        return False


@admin.register(SignUp)
class SignUpAdmin(ReadOnlyAdmin):
    list_display = ["name", "email", "size", "event", "state", "created_at"]
    list_filter = ["state", "is_by_staff"]
    list_select_related = ["event"]
    search_fields = ["name", "email", "event__title"]
    ordering = ["-created_at", "-pk"]
    show_full_result_count = False
    inlines = [AnswerInline]
    actions = ["cancel_selected"]

    def has_sign_off_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("bypuls.change_signup")

    @admin.action(description=_("Meld av de valgte"), permissions=["sign_off"])
    def cancel_selected(self, request: HttpRequest, queryset: QuerySet[SignUp]) -> None:
        for row in queryset.order_by("pk"):
            try:
                signup.cancel(row.pk, at=timezone.now())
            except signup.SignUpError as error:
                messages.warning(request, f"{row}: {error}")


def _safe(text: str) -> str:
    """Keep a spreadsheet from reading what a visitor typed as a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def attendee_file(event: Event) -> HttpResponse:
    """Return everybody who has a seat or waits, as CSV that Excel opens in Norwegian."""
    response = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="deltakere-{event.slug}.csv"',
            "Cache-Control": "no-store",
        },
    )
    response.write("\ufeff")
    writer = csv.writer(response, delimiter=";")
    writer.writerow(
        [
            gettext("Tilstand"),
            gettext("Navn"),
            gettext("E-post"),
            gettext("Antall"),
            gettext("Følge"),
            gettext("Beskjed"),
            gettext("Allergier"),
            gettext("Meldt på"),
        ]
    )
    for row in event.signups.active().order_by("state", "pk").iterator():
        texts = [row.name, row.email, str(row.size), row.companions, row.note, row.diet]
        writer.writerow(
            [
                row.get_state_display(),
                *(_safe(text) for text in texts),
                formats.moment_text(row.created_at),
            ]
        )
    return response
