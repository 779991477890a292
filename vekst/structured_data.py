"""Data for search engines inside a page. Source: https://www.w3.org/TR/json-ld11/#embedding-json-ld-in-html-documents"""

import json
from collections.abc import Mapping

from django.utils.safestring import SafeString

# Only these can end a script element or open a comment in it.
_ESCAPES = str.maketrans({sign: f"\\u{ord(sign):04x}" for sign in "<>&"})


def json_ld(data: Mapping[str, object]) -> SafeString:
    """Return the data as the content of a script element of type application/ld+json."""
    return SafeString(json.dumps(data, ensure_ascii=False).translate(_ESCAPES))
