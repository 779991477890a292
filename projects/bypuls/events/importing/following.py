"""Where an event says something else than its source, and the way back to following it."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from projects.bypuls.events.importing.facts import now_in
from projects.bypuls.models import Event, ImportedEvent, ImportSource, Venue
from vekst import formats


def label(name: str) -> str:
    """Return what a field that follows a source is called."""
    field: Any = Event._meta.get_field(name.removesuffix("_id"))
    return str(field.verbose_name)


def difference_list(known: ImportedEvent) -> SafeString | str:
    """Return what the source says where the event says something else, as a list."""
    if not known.differences:
        return "–"
    rows = ((label(name), _shown(name, value)) for name, value in known.differences.items())
    return format_html("<ul>{}</ul>", format_html_join("", "<li>{}: {}</li>", rows))


def _shown(name: str, value: Any) -> str:
    if name in ("starts_at", "ends_at"):
        return formats.moment_text(dt.datetime.fromisoformat(value))
    if name == "venue_id":
        return str(Venue.objects.filter(pk=value).first() or "–")
    return str(value)[:300] or _("(tomt)")


def follow_again(rows: "QuerySet[ImportedEvent]") -> int:
    """Let these events take what the source says, from the next reading on; return how many."""
    number, sources = 0, set()
    for known in rows.select_related("event"):
        known.told |= now_in(known.event)
        known.fingerprint, known.needs_decision = "", ""
        known.save(update_fields=["told", "fingerprint", "needs_decision"])
        sources.add(known.source_id)
        number += 1
    # The source may not have changed since; all of it is read anew.
    ImportSource.objects.filter(pk__in=sources).update(
        etag="", last_modified="", next_fetch_at=None
    )
    return number
