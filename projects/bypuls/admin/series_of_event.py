from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from projects.bypuls.admin.series import EXPECTED, ask, preview
from projects.bypuls.admin.series_forms import (
    ChangeDatesForm,
    CopyForm,
    NewSeriesForm,
    local_text,
)
from projects.bypuls.events import copying, series, series_changes
from projects.bypuls.events.recurrence import RuleError
from projects.bypuls.events.series_changes import Report, Scope
from projects.bypuls.models import Event, EventSeries
from vekst import formats


class SeriesOfEventAdmin:
    """What staff do from one event: make a series of it, change it with the other dates, copy it."""

    admin_site: admin.AdminSite

    def _event(self, request: HttpRequest, object_id: str) -> Event:
        event = get_object_or_404(Event.objects.select_related("series"), pk=object_id)
        if not self.has_change_permission(request, event):  # type: ignore[attr-defined]
            raise PermissionDenied
        return event

    def delete_model(self, request: HttpRequest, obj: Event) -> None:
        series.note_deleted([obj])
        super().delete_model(request, obj)  # type: ignore[misc]

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> None:
        series.note_deleted(queryset)
        super().delete_queryset(request, queryset)  # type: ignore[misc]

    @staticmethod
    def _address(event: Event) -> str:
        return reverse("admin:bypuls_event_change", args=[event.pk])

    @action(description=_("Lag serie"), url_path="lag-serie", permissions=["change"])
    def begin_series_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        event = self._event(request, object_id)
        if event.series is not None:
            messages.info(request, gettext("Arrangementet er alt med i en serie."))
            return redirect("admin:bypuls_eventseries_change", event.series.pk)
        form = NewSeriesForm(
            request.POST or None,
            first_starts_at=event.starts_at,
            initial={name: getattr(event, name) for name in ("title_nb", "title_en")},
        )
        dates = []
        if request.method == "POST" and form.is_valid():
            found = EventSeries(**form.titles())
            dates = preview(form, found)
            if "save" in request.POST:
                try:
                    series.begin_series(form.write(found), event.pk, at=timezone.now())
                except RuleError as error:
                    form.add_error("repeats", str(error))
                except EXPECTED as error:
                    form.add_error(None, str(error))
                else:
                    messages.success(request, gettext("Serien er laget."))
                    return redirect("admin:bypuls_eventseries_change", found.pk)
        return ask(
            request,
            form,
            site=self.admin_site,
            title=gettext("Lag serie av %(title)s") % {"title": event.title},
            text=gettext("Første dato er %(start)s. Den beholder adresse og påmeldte.")
            % {"start": formats.moment_text(event.starts_at)},
            submit=gettext("Lag serien"),
            back_url=self._address(event),
            dates=dates,
            has_preview=True,
        )

    @action(description=_("Endre flere datoer"), url_path="endre-serien", permissions=["change"])
    def change_series_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        event = self._event(request, object_id)
        if event.series is None:
            messages.warning(request, gettext("Arrangementet er ikke med i noen serie."))
            return redirect(self._address(event))
        form = ChangeDatesForm(event, request.POST or None)
        if request.method == "POST" and form.is_valid():
            data = form.cleaned_data
            try:
                report = series_changes.change_dates(
                    event.pk,
                    Scope(data["scope"]),
                    form.change(),
                    at=timezone.now(),
                    reason=data["reason"],
                    overwrites=data["overwrites"],
                    seen=data["seen"],
                )
            except EXPECTED as error:
                form.add_error(None, str(error))
            else:
                self._tell(request, report)
                return redirect("admin:bypuls_eventseries_change", report.series.pk)
        return ask(
            request,
            form,
            site=self.admin_site,
            title=gettext("Endre datoer i %(title)s") % {"title": event.series.title},
            text=gettext("Du går ut fra %(start)s. Bare det du endrer her, skrives.")
            % {"start": formats.moment_text(event.starts_at)},
            submit=gettext("Endre"),
            back_url=self._address(event),
        )

    @staticmethod
    def _tell(request: HttpRequest, report: Report) -> None:
        text = ngettext("%(n)s dato er endret.", "%(n)s datoer er endret.", report.changed)
        messages.success(request, text % {"n": report.changed})
        if report.told:
            said = ngettext(
                "%(n)s påmelding har fått beskjed.",
                "%(n)s påmeldinger har fått beskjed.",
                report.told,
            )
            messages.success(request, said % {"n": report.told})
        if report.left:
            days = ", ".join(formats.date_text(event.starts_at) for event in report.left)
            messages.info(
                request, gettext("Endret for seg, og derfor som før: %(days)s.") % {"days": days}
            )

    @action(description=_("Kopier som neste"), url_path="kopier", permissions=["change"])
    def copy_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        event, now = self._event(request, object_id), timezone.now()
        guess = local_text(copying.guess_next(event, at=now))
        form = CopyForm(request.POST or None, initial={"starts_at": guess})
        if request.method == "POST" and form.is_valid():
            start = form.cleaned_data["starts_at"]
            user: Any = request.user
            new = copying.copy_event(event.pk, starts_at=start, by=user, at=now)
            messages.success(request, gettext("Kopien er et utkast. Se over, og publiser den."))
            return redirect(self._address(new))
        return ask(
            request,
            form,
            site=self.admin_site,
            title=gettext("Kopier %(title)s som neste") % {"title": event.title},
            submit=gettext("Kopier"),
            back_url=self._address(event),
        )
