from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.validators import URLValidator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminRadioSelectWidget

from members.accounts.models import User
from projects.bypuls.events.importing import feeds, following
from projects.bypuls.events.importing.csv_rows import COLUMNS, REQUIRED
from projects.bypuls.events.importing.lines import NoCalendarError, as_text, without_mark
from projects.bypuls.models import ImportedEvent, ImportRun, ImportSource
from vekst.readonly_admin import ReadOnlyAdmin

RUNS_SHOWN = 20


def _lines(rows: list[dict[str, Any]]) -> SafeString | str:
    """Write troubles or notes as a list, each with its line in the file."""
    if not rows:
        return "–"
    texts = (
        (_("linje %(line)s: ") % {"line": row["line"]} if row.get("line") else "", row["reason"])
        for row in rows
    )
    return format_html("<ul>{}</ul>", format_html_join("", "<li>{}{}</li>", texts))


class CalendarAddressField(forms.URLField):
    """The address of a calendar. `webcal:` is how calendar programs are told to subscribe."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.validators = [URLValidator(schemes=["http", "https"])]

    def to_python(self, value: Any) -> str:
        text = str(value or "").strip()
        if text.lower().startswith("webcal:"):
            text = f"https:{text[7:]}"
        return str(super().to_python(text) or "")


class ImportSourceForm(forms.ModelForm):  # type: ignore[type-arg]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = self.fields.get("url")
        if shown is not None:
            self.fields["url"] = CalendarAddressField(
                label=shown.label,
                required=False,
                max_length=500,
                help_text=shown.help_text,
                widget=shown.widget,
            )

    class Meta:
        model = ImportSource
        fields = "__all__"  # noqa: DJ007  # the admin chooses them


class FileForm(forms.Form):
    """A calendar or a table, or the text of the one that was looked at, and what to do with it."""

    file = forms.FileField(
        label=_("Fil (.ics eller .csv)"),
        required=False,
        widget=UnfoldAdminFileFieldWidget({"accept": ".ics,.csv,.txt"}),
    )
    refused = forms.ChoiceField(
        label=_("Hvis noen linjer har feil"),
        choices=[("keep", _("Importer resten")), ("nothing", _("Importer ingenting"))],
        initial="keep",
        widget=UnfoldAdminRadioSelectWidget,
    )
    extent = forms.ChoiceField(
        label=_("Hva filen er"),
        choices=[
            ("some", _("Noen arrangementer: legg til og endre")),
            ("all", _("Hele kalenderen: det som ikke står i filen, er borte")),
        ],
        initial="some",
        widget=UnfoldAdminRadioSelectWidget,
    )
    # What was previewed is what is imported: the text travels with the form.
    text = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)
    name = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        upload, text = data.get("file"), data.get("text")
        if upload is None and not text:
            self.add_error("file", _("Velg en fil."))
        elif upload is not None and upload.size > feeds.MAX_BYTES:
            self.add_error("file", _("Filen er større enn 5 MB."))
        elif upload is not None:
            data["content"], data["name"] = upload.read(), upload.name
        else:
            data["content"] = (text or "").encode()
        return data

    @property
    def kept(self) -> dict[str, str]:
        """What the next step needs: the file as text, with its line endings written as they are."""
        content: bytes = self.cleaned_data.get("content", b"")
        text = "\n".join(
            as_text(line) for line in without_mark(content).replace(b"\r\n", b"\n").split(b"\n")
        )
        return {"text": text, "name": self.cleaned_data.get("name", "")}


class RunInline(TabularInline):
    model = ImportRun
    fields = ["started_at", "outcome", "added", "changed", "cancelled", "gone", "message"]
    readonly_fields = fields
    extra = 0
    can_delete = False
    tab = True
    per_page = RUNS_SHOWN
    ordering = ["-started_at", "-pk"]
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @display(description=_("utfall"))
    def outcome(self, obj: ImportRun) -> str:
        return outcome_of(obj)


def back_to(request: HttpRequest, source: ImportSource) -> HttpResponse:
    """Open the source's page anew; a dialog is sent by htmx, which must open the whole page."""
    address = reverse("admin:bypuls_importsource_change", args=[source.pk])
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)


def outcome_of(run: ImportRun) -> str:
    """Say in a word how a reading went."""
    if run.is_braked:
        return gettext("Bremset")
    if run.troubles:
        number = len(run.troubles)
        text = ngettext("%(n)s linje med feil", "%(n)s linjer med feil", number)
        return text % {"n": number}
    return gettext("I orden") if run.found or not run.message else gettext("Se meldingen")


@admin.register(ImportSource)
class ImportSourceAdmin(ModelAdmin):
    form = ImportSourceForm
    list_display = ["name", "state", "ahead", "undecided", "last_ok_at", "is_active"]
    list_filter = ["is_active", "publishes_at_once", "topic"]
    search_fields = ["name", "url", "organiser"]
    ordering = ["name", "pk"]
    autocomplete_fields = ["venue", "project"]
    raw_id_fields = ["company"]
    inlines = [RunInline]
    actions_detail = ["fetch_now", "upload"]
    readonly_fields: ClassVar[Any] = [
        "state",
        "last_ok_at",
        "last_error",
        "failing_since",
        "braked_since",
        "next_fetch_at",
    ]
    fieldsets = [
        (None, {"fields": ["name", "url", ("is_active", "publishes_at_once"), "owner_email"]}),
        (
            _("Det kalenderen ikke forteller"),
            {
                "fields": [
                    ("organiser", "company"),
                    ("venue", "place"),
                    ("topic", "audience", "language"),
                    ("is_free", "price"),
                    "project",
                    "is_example",
                ]
            },
        ),
        (
            _("Hvordan det går"),
            {
                "fields": [
                    ("state", "last_ok_at", "next_fetch_at"),
                    ("last_error", "failing_since", "braked_since"),
                ]
            },
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ImportSource]:
        found: QuerySet[ImportSource] = super().get_queryset(request)
        is_ahead = Q(imported__event__ends_at__gt=timezone.now(), imported__is_gone=False)
        return found.annotate(
            number_ahead=Count("imported", filter=is_ahead),
            number_undecided=Count("imported", filter=~Q(imported__needs_decision="")),
        )

    @display(
        description=_("tilstand"),
        label={
            _("I orden"): "success",
            _("Svikter"): "danger",
            _("Bremset"): "danger",
            _("Ikke lest ennå"): "info",
        },
    )
    def state(self, obj: ImportSource) -> str:
        if obj.braked_since is not None:
            return str(_("Bremset"))
        if obj.failing_since is not None:
            return str(_("Svikter"))
        return str(_("I orden") if obj.last_ok_at is not None else _("Ikke lest ennå"))

    @display(description=_("kommende"))
    def ahead(self, obj: ImportSource) -> int:
        return int(getattr(obj, "number_ahead", 0))

    @display(description=_("må avgjøres"))
    def undecided(self, obj: ImportSource) -> SafeString | str:
        number = int(getattr(obj, "number_undecided", 0))
        if not number:
            return "–"
        address = reverse("admin:bypuls_importedevent_changelist")
        return format_html(
            '<a href="{}?avgjor=ja&source__id__exact={}">{}</a>', address, obj.pk, number
        )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        # What was fetched before is no answer to new questions.
        obj.etag = obj.last_modified = ""
        obj.next_fetch_at = None
        super().save_model(request, obj, form, change)

    @action(
        description=_("Hent nå"),
        icon="sync",
        url_path="hent",
        permissions=["change"],
        dialog={
            "title": _("Hente kalenderen nå?"),
            "description": _("De som er påmeldt noe som er flyttet eller avlyst, får beskjed."),
            "form_submit_text": _("Hent nå"),
        },
    )
    def fetch_now(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        source = get_object_or_404(ImportSource, pk=object_id)
        if not isinstance(request.user, User):
            raise PermissionDenied
        if not source.url:
            messages.warning(
                request, gettext("Kilden har ingen adresse. Last opp en fil i stedet.")
            )
            return back_to(request, source)
        run = feeds.fetch_source(source.pk, at=timezone.now(), by=request.user)
        if run is None:
            messages.warning(request, gettext("Kalenderen leses akkurat nå. Prøv igjen om litt."))
        elif run.is_braked or (run.message and not run.found):
            messages.warning(request, run.message)
        else:
            messages.success(request, self._told(run))
        return back_to(request, source)

    def _told(self, run: ImportRun) -> str:
        return gettext(
            "Lest. Nye: %(added)s, endret: %(changed)s, avlyst: %(cancelled)s, borte: %(gone)s."
        ) % {
            "added": run.added,
            "changed": run.changed,
            "cancelled": run.cancelled,
            "gone": run.gone,
        }

    @action(
        description=_("Last opp fil"),
        icon="upload_file",
        url_path="fil",
        permissions=["change"],
    )
    def upload(self, request: HttpRequest, object_id: str) -> HttpResponse:
        source = get_object_or_404(ImportSource, pk=object_id)
        form = FileForm(request.POST or None, request.FILES or None)
        outcome, is_done = None, False
        if request.method == "POST" and form.is_valid():
            outcome, is_done = self._read(request, source, form)
        context = self._context(request, source, _("Last opp en kalender eller tabell")) | {
            "form": form,
            "outcome": outcome,
            "is_done": is_done,
            "kept": form.kept if outcome is not None and not is_done else {},
            "columns": COLUMNS,
            "required": ", ".join(REQUIRED),
        }
        return render(request, "bypuls/admin/calendar_import.html", context)

    def _context(self, request: HttpRequest, source: ImportSource, title: Any) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.model._meta,
            "source": source,
            "back_url": reverse("admin:bypuls_importsource_change", args=[source.pk]),
        }

    def _read(self, request: HttpRequest, source: ImportSource, form: FileForm) -> tuple[Any, bool]:
        data, now = form.cleaned_data, timezone.now()
        is_everything = data["extent"] == "all"
        try:
            if "import" not in request.POST:
                found = feeds.preview_file(
                    source, data["content"], is_everything=is_everything, at=now
                )
                return found, False
            if not isinstance(request.user, User):
                raise PermissionDenied
            outcome = feeds.import_file(
                source,
                data["content"],
                file_name=data.get("name") or "",
                keep_good=data["refused"] == "keep",
                is_everything=is_everything,
                at=now,
                by=request.user,
            )
        except NoCalendarError as error:
            form.add_error("file", str(error))
            return None, False
        except feeds.ImportRefusedError as error:
            messages.warning(request, str(error))
            return error.outcome, False
        messages.success(request, self._told(outcome.run))
        return outcome, True


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnlyAdmin):
    list_display = ["started_at", "source", "outcome", "found", "added", "changed", "gone"]
    list_filter = ["source", "is_braked"]
    list_select_related = ["source"]
    ordering = ["-started_at", "-pk"]
    fields = [
        ("source", "file_name", "by"),
        ("started_at", "finished_at", "outcome"),
        "message",
        ("found", "added", "changed", "cancelled", "unchanged"),
        ("gone", "held_back", "left_out"),
        "troubles_listed",
        "notes_listed",
    ]

    @display(description=_("utfall"))
    def outcome(self, obj: ImportRun) -> str:
        return outcome_of(obj)

    @display(description=_("linjer med feil"))
    def troubles_listed(self, obj: ImportRun) -> SafeString | str:
        return _lines(obj.troubles)

    @display(description=_("merknader"))
    def notes_listed(self, obj: ImportRun) -> SafeString | str:
        return _lines(obj.notes)


class UndecidedFilter(admin.SimpleListFilter):
    title = _("må avgjøres")
    parameter_name = "avgjor"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("ja", _("Må avgjøres")), ("ulik", _("Kilden sier noe annet"))]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[ImportedEvent]
    ) -> QuerySet[ImportedEvent]:
        if self.value() == "ja":
            return queryset.exclude(needs_decision="")
        if self.value() == "ulik":
            return queryset.exclude(differences={})
        return queryset


@admin.register(ImportedEvent)
class ImportedEventAdmin(ReadOnlyAdmin):
    list_display = ["event", "source", "starts_at", "says_otherwise", "needs_decision", "is_gone"]
    list_filter = [UndecidedFilter, "source", "is_gone"]
    list_select_related = ["event", "source"]
    search_fields = ["event__title", "uid"]
    ordering = ["-event__starts_at", "-pk"]
    show_full_result_count = False
    actions = ["follow_again", "keep_as_is"]
    fields = [
        ("event", "source"),
        ("uid", "recurrence_id", "last_seen_at"),
        ("is_gone", "needs_decision"),
        "differences_listed",
    ]

    def has_follow_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("bypuls.change_event")

    @display(description=_("starter"), ordering="event__starts_at")
    def starts_at(self, obj: ImportedEvent) -> Any:
        return obj.event.starts_at

    @display(description=_("kilden sier noe annet"))
    def says_otherwise(self, obj: ImportedEvent) -> str:
        names = [str(following.label(name)) for name in obj.differences]
        return ", ".join(names) or "–"

    @display(description=_("forskjeller"))
    def differences_listed(self, obj: ImportedEvent) -> SafeString | str:
        return following.difference_list(obj)

    @admin.action(description=_("Følg kilden igjen"), permissions=["follow"])
    def follow_again(self, request: HttpRequest, queryset: QuerySet[ImportedEvent]) -> None:
        number = following.follow_again(queryset)
        text = ngettext(
            "%(n)s arrangement følger kilden fra neste lesing.",
            "%(n)s arrangementer følger kilden fra neste lesing.",
            number,
        )
        messages.success(request, text % {"n": number})

    @admin.action(description=_("Behold som det er"), permissions=["follow"])
    def keep_as_is(self, request: HttpRequest, queryset: QuerySet[ImportedEvent]) -> None:
        queryset.update(needs_decision="", differences={})
