from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Min, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import action, display

from projects.bypuls.admin.series_forms import (
    ChangeRuleForm,
    DayForm,
    EndForm,
    LeaveOutForm,
    ReasonOnlyForm,
    RuleForm,
    SeriesFromScratchForm,
    initial_of,
)
from projects.bypuls.events import changes, moderation, series, series_page
from projects.bypuls.events.recurrence import RuleError
from projects.bypuls.events.series import Outcome, PlannedDate, SeriesError, Surplus
from projects.bypuls.models import Event, EventSeries, Publication, SchoolHoliday
from vekst import formats
from vekst.readonly_admin import ReadOnlyInline

EXPECTED = (SeriesError, RuleError, changes.ChangeError)
# How many dates a preview shows.
PREVIEW = 20


def preview(form: RuleForm, found: EventSeries) -> list[PlannedDate]:
    """Return the next dates that the form would give, with those that are skipped."""
    start = form.first()
    if start is None or "rule" not in form.cleaned_data:
        return []
    form.write(found)
    found.first_starts_at = start
    first = max(timezone.localdate(start), timezone.localdate())
    dates = series.planned_dates(found, first=first, last=first + series.HORIZON)
    return dates[:PREVIEW]


def ask(
    request: HttpRequest,
    form: forms.Form,
    *,
    site: admin.AdminSite,
    title: str,
    submit: str,
    back_url: str,
    text: str = "",
    **context: object,
) -> HttpResponse:
    """Show a form of the admin on a page of its own, with all that was typed and what is wrong with it."""
    more = {"title": title, "form": form, "submit": submit, "back_url": back_url, "text": text}
    given = {"dates": [], "has_preview": False, **site.each_context(request), **more, **context}
    return render(request, "bypuls/admin/series_step.html", given)


def told(outcome: Outcome) -> str:
    """Return what a change did, for the message to staff."""
    parts = [
        ngettext("%(n)s dato er laget", "%(n)s datoer er laget", len(outcome.made))
        % {"n": len(outcome.made)},
        ngettext("%(n)s er avlyst", "%(n)s er avlyst", len(outcome.cancelled))
        % {"n": len(outcome.cancelled)},
        ngettext("%(n)s er beholdt", "%(n)s er beholdt", len(outcome.kept))
        % {"n": len(outcome.kept)},
        ngettext("%(n)s er fjernet", "%(n)s er fjernet", outcome.removed) % {"n": outcome.removed},
        ngettext(
            "%(n)s påmelding har fått beskjed", "%(n)s påmeldinger har fått beskjed", outcome.told
        )
        % {"n": outcome.told},
    ]
    counts = [len(outcome.made), len(outcome.cancelled), len(outcome.kept), outcome.removed]
    said = [part for part, count in zip(parts, [*counts, outcome.told], strict=True) if count]
    return (", ".join(said) or gettext("Ingen datoer er endret")) + "."


class DateInline(ReadOnlyInline):
    """The dates of a series, each with a link to its own page."""

    model = Event
    fk_name = "series"
    fields: ClassVar[Any] = ["when", "place_text", "publication", "status", "people", "is_detached"]
    readonly_fields = fields
    ordering = ["starts_at", "pk"]
    show_change_link = True
    tab = True
    per_page = 60
    verbose_name = _("dato")
    verbose_name_plural = _("datoer")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        found: QuerySet[Event] = super().get_queryset(request)
        return found.select_related("venue").defer("search", "description")

    @display(description=_("når"))
    def when(self, obj: Event) -> str:
        return f"{formats.weekday_name(obj.starts_at)} {formats.moment_text(obj.starts_at)}"

    @display(description=_("sted"))
    def place_text(self, obj: Event) -> str:
        return obj.place_text

    @display(description=_("påmeldte"))
    def people(self, obj: Event) -> str:
        if not obj.takes_signups:
            return "–"
        most = "∞" if obj.capacity is None else str(obj.capacity)
        return f"{obj.seats_taken} / {most}"


@admin.register(EventSeries)
class EventSeriesAdmin(ModelAdmin):
    list_display = ["title", "words", "next_date", "ahead", "signup_mode", "is_ended"]
    list_filter = ["signup_mode", "skips_public_holidays", "skips_school_holidays"]
    search_fields = ["title"]
    ordering = ["title", "pk"]
    fields: ClassVar[Any] = [
        *("title_nb", "title_en"),
        "slug",
        "words",
        "rule",
        "continues",
        "made_until",
        "ended_at",
    ]
    readonly_fields: ClassVar[Any] = [
        *("slug", "words", "rule", "continues", "made_until", "ended_at")
    ]
    inlines = [DateInline]
    actions_detail = [
        *("rule_step", "leave_out_step", "add_day_step", "end_step", "cancel_rest_step"),
        "publish_step",
    ]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # A series is ended; its dates have people and a history.
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[EventSeries]:
        ahead = Q(events__ends_at__gt=timezone.now(), events__status__in=series.AHEAD)
        found: QuerySet[EventSeries] = super().get_queryset(request)
        return found.annotate(
            dates_ahead=Count("events", filter=ahead),
            next_start=Min("events__starts_at", filter=ahead),
        )

    @display(description=_("hvor ofte"))
    def words(self, obj: EventSeries) -> str:
        return series_page.words(obj)

    @display(description=_("neste dato"), ordering="next_start")
    def next_date(self, obj: Any) -> str:
        return formats.moment_text(obj.next_start) if obj.next_start else "–"

    @display(description=_("datoer framover"), ordering="dates_ahead")
    def ahead(self, obj: Any) -> int:
        return int(obj.dates_ahead)

    @display(description=_("avsluttet"), boolean=True)
    def is_ended(self, obj: EventSeries) -> bool:
        return obj.ended_at is not None

    # --- From scratch ------------------------------------------------------------------------------
    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = SeriesFromScratchForm(request.POST or None)
        dates: list[PlannedDate] = []
        if request.method == "POST" and form.is_valid():
            found = EventSeries(**form.titles())
            dates = preview(form, found)
            if "save" in request.POST:
                try:
                    self._begin(form, found)
                except EXPECTED as error:
                    form.add_error(None, str(error))
                else:
                    return self._to(
                        request, found, gettext("Serien er laget, med utkast til datoene.")
                    )
        return ask(
            request,
            form,
            site=self.admin_site,
            title=gettext("Ny serie"),
            submit=gettext("Lag serien"),
            back_url=reverse("admin:bypuls_eventseries_changelist"),
            dates=dates,
            has_preview=True,
        )

    @transaction.atomic
    def _begin(self, form: SeriesFromScratchForm, found: EventSeries) -> None:
        event, now = form.event(), timezone.now()
        event.slug = moderation.make_slug(event.title, event.starts_at)
        event.created_at = event.changed_at = now
        event.publication = Publication.DRAFT
        event.save()
        series.begin_series(form.write(found), event.pk, at=now)

    # --- Steps -------------------------------------------------------------------------------------
    def _to(self, request: HttpRequest, found: EventSeries, text: str) -> HttpResponse:
        messages.success(request, text)
        return redirect("admin:bypuls_eventseries_change", found.pk)

    def _step(
        self,
        request: HttpRequest,
        object_id: str,
        form_class: type[forms.Form],
        do: Callable[[EventSeries, dict[str, Any]], Outcome],
        *,
        title: str,
        text: str = "",
        **more: Any,
    ) -> HttpResponse:
        """Ask with this form, and do it; an error of the domain stands on the form, which loses nothing."""
        found = get_object_or_404(EventSeries, pk=object_id)
        if not self.has_change_permission(request, found):
            raise PermissionDenied
        form = form_class(request.POST or None, **more)
        if request.method == "POST" and form.is_valid():
            try:
                return self._to(request, found, told(do(found, form.cleaned_data)))
            except EXPECTED as error:
                form.add_error(None, str(error))
        return ask(
            request,
            form,
            site=self.admin_site,
            title=f"{found.title}: {title}",
            submit=title,
            back_url=reverse("admin:bypuls_eventseries_change", args=[found.pk]),
            text=text,
        )

    @action(description=_("Ta ut en dag"), url_path="ta-ut", permissions=["change"])
    def leave_out_step(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def do(found: EventSeries, data: dict[str, Any]) -> Outcome:
            surplus = Surplus(data["surplus"])
            return series.leave_out(
                found.pk, data["day"], surplus=surplus, reason=data["reason"], at=timezone.now()
            )

        return self._step(request, object_id, LeaveOutForm, do, title=gettext("Ta ut en dag"))

    @action(description=_("Legg til en dag"), url_path="legg-til", permissions=["change"])
    def add_day_step(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def do(found: EventSeries, data: dict[str, Any]) -> Outcome:
            return series.add_day(found.pk, data["day"], reason=data["reason"], at=timezone.now())

        text = gettext("Også en dag som ellers hoppes over. Klokkeslettet er det samme som ellers.")
        title = gettext("Legg til en dag")
        return self._step(request, object_id, DayForm, do, title=title, text=text)

    @action(description=_("Avslutt serien"), url_path="avslutt", permissions=["change"])
    def end_step(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def do(found: EventSeries, data: dict[str, Any]) -> Outcome:
            surplus = Surplus(data["surplus"])
            return series.end_series(
                found.pk,
                last=data["last"],
                surplus=surplus,
                reason=data["reason"],
                at=timezone.now(),
            )

        return self._step(request, object_id, EndForm, do, title=gettext("Avslutt serien"))

    @action(description=_("Avlys resten"), url_path="avlys-resten", permissions=["change"])
    def cancel_rest_step(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def do(found: EventSeries, data: dict[str, Any]) -> Outcome:
            return series.cancel_rest(found.pk, reason=data["reason"], at=timezone.now())

        text = gettext(
            "Alle datoer framover avlyses, og alle påmeldte får e-post. Det kan ikke angres."
        )
        title = gettext("Avlys resten av serien")
        return self._step(request, object_id, ReasonOnlyForm, do, title=title, text=text)

    @action(description=_("Publiser datoene"), url_path="publiser", permissions=["change"])
    def publish_step(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def do(found: EventSeries, data: dict[str, Any]) -> Outcome:
            drafts = found.events.filter(publication=Publication.DRAFT).order_by("pk")
            for event in drafts:
                series.publish_date(event.pk, at=timezone.now())
            return Outcome()

        text = gettext("Alle utkast i serien blir synlige for alle med en gang.")
        title = gettext("Publiser datoene")
        return self._step(request, object_id, forms.Form, do, title=title, text=text)

    @action(description=_("Endre gjentakelsen"), url_path="gjentakelse", permissions=["change"])
    def rule_step(self, request: HttpRequest, object_id: str) -> HttpResponse:
        found = get_object_or_404(EventSeries, pk=object_id)
        if not self.has_change_permission(request, found):
            raise PermissionDenied
        form = ChangeRuleForm(
            request.POST or None, first_starts_at=found.first_starts_at, initial=initial_of(found)
        )
        dates: list[PlannedDate] = []
        if request.method == "POST" and form.is_valid():
            dates = preview(form, found)
            if "save" in request.POST:
                return self._to(request, found, told(self._change_rule(found, form)))
        return ask(
            request,
            form,
            site=self.admin_site,
            title=gettext("Endre gjentakelsen av %(title)s") % {"title": found.title},
            submit=gettext("Endre"),
            back_url=reverse("admin:bypuls_eventseries_change", args=[found.pk]),
            dates=dates,
            has_preview=True,
        )

    @transaction.atomic
    def _change_rule(self, found: EventSeries, form: ChangeRuleForm) -> Outcome:
        form.write(found).save(
            update_fields=["rule", "skips_public_holidays", "skips_school_holidays", "signup_mode"]
        )
        data = form.cleaned_data
        surplus = Surplus(data["surplus"])
        return series.reconcile(found.pk, surplus=surplus, reason=data["reason"], at=timezone.now())


@admin.register(SchoolHoliday)
class SchoolHolidayAdmin(ModelAdmin):
    list_display = ["name", "first_date", "last_date"]
    ordering = ["-first_date", "pk"]
    search_fields = ["name"]
