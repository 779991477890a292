"""In which language a text stands on a page, so that screen readers pronounce it right."""

from django.conf import settings
from django.utils import translation


def foreign_language(thing: object, field: str) -> str:
    """
    Return the language of a field's text where it is not the page's own; else "".

    A field without a translation stands in Bokmål on English pages. A thing whose Bokmål column holds
    another language says so with `bokmal_is_in`.
    """
    page = translation.get_language() or settings.LANGUAGE_CODE
    written = page if getattr(thing, f"{field}_{page}", None) else settings.LANGUAGE_CODE
    if written == settings.LANGUAGE_CODE:
        written = getattr(thing, "bokmal_is_in", "") or written
    return "" if written == page else written
