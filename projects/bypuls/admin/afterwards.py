from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display

from members.accounts.access import signed_in
from projects.bypuls.events import afterwards
from projects.bypuls.events.survey import survey_results
from projects.bypuls.models import Event, EventMaterial, EventPhoto, ReminderRule
from projects.bypuls.signups import reminder_rules, reminders, seats
from vekst import formats
from vekst.readonly_admin import ReadOnlyAdmin
from vekst.uploads import PictureForm, clean_document


class RuleInline(TabularInline):
    model = ReminderRule
    extra = 0
    tab = True
    ordering = ["due_at", "pk"]
    fields = [
        *("purpose", "audience", "anchor", "offset_minutes", "local_time"),
        *("frees_after_minutes", "text", "due_at", "state"),
    ]
    readonly_fields = ["due_at", "state"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReminderRule]:
        """Leave out those for people who have chosen a time of their own: nobody sets these for others."""
        found: QuerySet[ReminderRule] = super().get_queryset(request)
        return found.filter(for_choice="")


class MaterialForm(forms.ModelForm):  # type: ignore[type-arg]
    def clean_file(self) -> Any:
        file = self.cleaned_data.get("file")
        if isinstance(file, UploadedFile):
            clean_document(file)
        return file


def _link(row: EventMaterial | EventPhoto) -> str:
    """Files have no address of their own; this one asks who may see it."""
    if row._state.adding or (isinstance(row, EventPhoto) and row.consent_withdrawn_at):
        return "–"
    return format_html(
        '<a class="text-primary-600 underline" href="{}">{}</a>',
        row.get_absolute_url(),
        gettext("Åpne"),
    )


class MaterialInline(TabularInline):
    model = EventMaterial
    form = MaterialForm
    extra = 0
    tab = True
    ordering = ["pk"]
    fields = ["kind", "title", "file", "link", "published_at", "opened"]
    readonly_fields = ["opened"]

    @display(description=_("se"))
    def opened(self, obj: EventMaterial) -> str:
        return _link(obj)


class PhotoInline(TabularInline):
    model = EventPhoto
    form = PictureForm
    extra = 0
    tab = True
    ordering = ["pk"]
    fields = [
        *("picture", "alt", "caption", "credit", "shows_people", "consent_note", "consent_at"),
        *("published_at", "consent_withdrawn_at", "opened"),
    ]
    readonly_fields = ["consent_withdrawn_at", "opened"]

    @display(description=_("se"))
    def opened(self, obj: EventPhoto) -> str:
        return _link(obj)


class AfterwardsOfEventAdmin:
    """What staff do about reminders before an event, and about what is put out after it."""

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Keep what the inlines hold; rules and files each know more than their form shows."""
        if formset.model not in (ReminderRule, EventMaterial, EventPhoto):
            super().save_formset(request, form, formset, change)  # type: ignore[misc]
            return
        formset.save(commit=False)
        now, by = timezone.now(), signed_in(request)
        for row in formset.deleted_objects:
            row.delete()
        for row in [*formset.new_objects, *(row for row, _fields in formset.changed_objects)]:
            if isinstance(row, ReminderRule):
                reminder_rules.save_rule(row, at=now)
                continue
            if row._state.adding:
                row.added_at = now
            if isinstance(row, EventMaterial):
                self._keep_material(row, by, formset)
            elif isinstance(row, EventPhoto) and row.consent_at and row.consent_by_id is None:
                row.consent_by = by
            row.save()
        formset.save_m2m()

    @staticmethod
    def _keep_material(row: EventMaterial, by: Any, formset: Any) -> None:
        if row._state.adding:
            row.added_by = by
        upload = row.file.file if row.file and not row.file._committed else None
        if isinstance(upload, UploadedFile):
            afterwards.keep_file(row, upload)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """An event that takes sign-ups from now on gets the usual rules; moved drafts move theirs."""
        super().save_related(request, form, formsets, change)  # type: ignore[misc]
        event = seats.lock(form.instance.pk)
        if event.publication == "published":
            reminders.add_default_rules(event, at=timezone.now())
        reminders.plan(event, at=timezone.now())

    @display(description=_("spørreundersøkelsen"))
    def survey(self, obj: Event) -> str:
        results = survey_results(obj)
        if results.mean is None:
            return gettext("%(count)s svar. Resultatet vises fra %(fewest)s svar.") % {
                "count": results.count,
                "fewest": results.count + results.missing,
            }
        mean = formats.number_text(results.mean, 1)
        return gettext("%(mean)s av 5 i snitt, %(count)s svar") % {
            "mean": mean,
            "count": results.count,
        }


@admin.register(EventPhoto)
class EventPhotoAdmin(ReadOnlyAdmin):
    list_display = ["alt", "event", "credit", "consent_at", "consent_withdrawn_at", "published_at"]
    list_filter = ["shows_people", ("consent_withdrawn_at", admin.EmptyFieldListFilter)]
    list_select_related = ["event"]
    search_fields = ["alt", "caption", "consent_note", "event__title"]
    ordering = ["-added_at", "-pk"]
    show_full_result_count = False
    actions = ["withdraw_selected"]

    def has_withdraw_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("bypuls.change_eventphoto")

    @admin.action(description=_("Trekk samtykket"), permissions=["withdraw"])
    def withdraw_selected(self, request: HttpRequest, queryset: QuerySet[EventPhoto]) -> None:
        for photo in queryset.order_by("pk"):
            uses = afterwards.withdraw_consent(photo.pk, by=signed_in(request), at=timezone.now())
            places = ", ".join(f"{use.title} ({use.url})" for use in uses)
            messages.success(
                request,
                gettext("«%(photo)s» er skjult. Det sto her: %(places)s.")
                % {"photo": photo, "places": places},
            )
