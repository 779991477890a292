from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from projects.digital_stemme.models import ImportRun, SourceState
from vekst.readonly_admin import ReadOnlyAdmin


@admin.register(SourceState)
class SourceStateAdmin(ReadOnlyAdmin):
    list_display = ["source", "last_ok_at", "last_error_at", "last_error"]
    ordering = ["source"]


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnlyAdmin):
    list_display = [
        "started_at",
        "source",
        "outcome",
        "read",
        "new",
        "changed",
        "closed",
        "refused_count",
    ]
    list_filter = ["source", "braked"]
    ordering = ["-started_at", "-pk"]
    fields = [
        ("source", "started_at", "finished_at"),
        ("outcome", "message"),
        ("pages", "read", "new", "changed", "closed"),
        "refused_rows",
    ]

    @display(description=_("utfall"), label={_("I orden"): "success", _("Bremset"): "danger"})
    def outcome(self, obj: ImportRun) -> str:
        if obj.braked:
            return str(_("Bremset"))
        return str(_("Se meldingen")) if obj.message else str(_("I orden"))

    @display(description=_("avvist"))
    def refused_count(self, obj: ImportRun) -> int:
        return len(obj.refused)

    @display(description=_("avviste rader"))
    def refused_rows(self, obj: ImportRun) -> SafeString | str:
        rows = [(row.get("line", ""), row.get("reason", "")) for row in obj.refused]
        if not rows:
            return "–"
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}: {}</li>", rows))
