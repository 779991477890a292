"""Tags and filters of the portal; available in every template without loading."""

import datetime as dt
from collections.abc import Hashable, Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from django import template
from django.conf import settings
from django.forms import BoundField
from django.forms.widgets import CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.template.context import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import translate_url
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from vekst import formats
from vekst.languages import foreign_language

register = template.Library()

Number = int | float | Decimal


@register.filter
def norsk_dato(value: dt.date | None) -> str:
    """Write "12. januar 2026"."""
    return formats.date_text(value) if value else ""


@register.filter
def norsk_kortdato(value: dt.date | None) -> str:
    """Write "12. jan. 2026", for tables."""
    return formats.short_date_text(value) if value else ""


@register.filter
def norsk_ukedag(value: dt.date | None) -> str:
    """Write "mandag 12. januar"."""
    return formats.weekday_date_text(value) if value else ""


@register.filter
def norsk_tid(value: dt.datetime | dt.time | None) -> str:
    """Write "kl. 14.30"."""
    return formats.time_text(value) if value is not None and value != "" else ""


@register.filter
def klokkeslett(value: dt.datetime | dt.time) -> str:
    """Write "14.30", in a column of times."""
    return formats.clock_text(value)


@register.filter
def norsk_start(start: dt.datetime, end: dt.datetime | None) -> str:
    """Write "kl. 14.30"; of what lasts from midnight to midnight "Hele dagen" or its days."""
    return formats.start_text(start, end)


@register.filter
def er_hele_dager(start: dt.datetime, end: dt.datetime | None) -> bool:
    """Tell whether something lasts from midnight to midnight."""
    return formats.is_whole_days(start, end)


@register.filter
def norsk_tidspunkt(value: dt.datetime | None) -> str:
    """Write "12. januar 2026 kl. 14.30"."""
    return formats.moment_text(value) if value else ""


@register.filter
def norsk_periode(start: dt.date | None, end: dt.date | None) -> str:
    """Write the days "12.–14. januar 2026"."""
    return formats.date_range_text(start, end) if start else ""


@register.filter
def norsk_tidsrom(start: dt.datetime | None, end: dt.datetime | None) -> str:
    """Write "12. januar 2026 kl. 14.30–16.00"."""
    return formats.moment_range_text(start, end) if start else ""


@register.filter
def tall(value: Number | None, decimals: int | None = None) -> str:
    """Write "28 793"; nothing for no value, since missing is not zero."""
    return "" if value is None or value == "" else formats.number_text(value, decimals)


@register.filter
def kroner(value: Number | None) -> str:
    """Write "12 500 kr"."""
    return "" if value is None or value == "" else formats.nok_text(value)


@register.filter
def orgnr(value: str | None) -> str:
    """Write "942 402 465"."""
    return formats.orgnr_text(str(value)) if value else ""


@register.filter
def telefon(value: str | None) -> str:
    """Write "32 86 60 00"."""
    return formats.phone_text(str(value)) if value else ""


@register.filter
def month_short(value: dt.date) -> str:
    """Write "jan."."""
    return formats.short_month(formats.local(value).month)


@register.filter
def day_of_month(value: dt.date) -> int:
    """Write the day's number in the portal's time zone."""
    return formats.local(value).day


@register.filter
def weekday(value: dt.date) -> str:
    """Write "mandag"."""
    return formats.weekday_name(value)


@register.filter
def isoformat(value: dt.date | dt.time) -> str:
    """Write a date or moment for the datetime attribute of <time>."""
    return (formats.local(value) if isinstance(value, dt.date) else value).isoformat()


@register.simple_tag
def icon(name: str, title: str = "") -> SafeString:
    """Draw an Aksel icon from the sprite; without a title it is decoration and hidden."""
    return _drawn(name, title)


# A list draws the same few icons a hundred times.
@lru_cache(maxsize=1024)
def _drawn(name: str, title: str) -> SafeString:
    sprite = static("build/icons.svg")
    if title:
        return format_html(
            '<svg class="icon" width="1em" height="1em" role="img" aria-label="{}">'
            '<use href="{}#{}"></use></svg>',
            title,
            sprite,
            name,
        )
    return format_html(
        '<svg class="icon" width="1em" height="1em" aria-hidden="true" focusable="false">'
        '<use href="{}#{}"></use></svg>',
        sprite,
        name,
    )


@register.simple_tag
def absolute(url: str) -> str:
    """Return the address with the portal's own scheme and host in front."""
    return url if "://" in url else f"{settings.SITE_URL}{url}"


@register.simple_tag
def address(path: str) -> str:
    """Return the address in the language of the page: "/om/", "/en/om/"."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    return path if language == settings.LANGUAGE_CODE else f"/{language}{path}"


@register.simple_tag
def portal_link(path: str) -> str:
    """Return the address of a page here, as an editor wrote it, in the language of this page."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    # An address is understood in its own language only.
    with translation.override("en" if path.startswith("/en/") else settings.LANGUAGE_CODE):
        return translate_url(path, language)


@lru_cache(maxsize=500)
def _frame_part(name: str, shell: Hashable, path: str) -> SafeString:
    # The request is needed for its path alone, by `aria_current`.
    return render_to_string(name, {"shell": shell, "request": SimpleNamespace(path=path)})


@register.simple_tag(takes_context=True)
def frame_part(context: Context, name: str) -> SafeString:
    """
    Render the header or the footer, which are the same for everybody at one address.

    Each process keeps the latest 500 of them, since they cost every page that the page cache cannot hold.
    """
    path = context["request"].path if "request" in context else ""
    return _frame_part(name, context["shell"], path)


@register.simple_tag(takes_context=True)
def aria_current(context: Context, url: str) -> SafeString:
    """Mark the link to this page, or to the section it lies in."""
    path = context["request"].path if "request" in context else ""
    if path == url:
        return SafeString(' aria-current="page"')
    if url.count("/") > 1 and path.startswith(url):
        return SafeString(' aria-current="true"')
    return SafeString("")


@register.filter
def field_kind(field: BoundField) -> str:
    """Return how the field is laid out: "checkbox", "group", "fieldset" or "plain"."""
    widget = field.field.widget
    if isinstance(widget, CheckboxInput):
        return "checkbox"
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return "group"
    return "fieldset" if field.use_fieldset else "plain"


@register.simple_tag
def widget(field: BoundField) -> SafeString:
    """Render the field's widget with the class that Designsystemet styles."""
    attrs: dict[str, Any] = dict(field.field.widget.attrs)
    classes = f"ds-input {attrs.get('class', '')}".strip()
    return SafeString(field.as_widget(attrs={"class": classes}))


@register.filter
def any_checked(options: Iterable[Mapping[str, object]]) -> bool:
    """Return whether one of a filter's options is chosen, so that a folded list must stand open."""
    return any(option["checked"] for option in options)


@register.filter
def anchor(field: BoundField) -> str:
    """Return the id that a link in the error summary goes to."""
    if field_kind(field) == "group":
        return f"{field.auto_id}_0"
    return field.id_for_label or field.auto_id


@register.filter
def parent_crumb(items: list[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the page above the last one, which is the front page for a first level."""
    return items[-2] if len(items) > 1 else (gettext("Forside"), address("/"))


@register.simple_tag
def lang_of(thing: object, field: str) -> SafeString:
    """Mark a text that is not in the page's language, because nobody has written it in that one."""
    language = foreign_language(thing, field)
    return format_html(' lang="{}"', language) if language else SafeString("")
