"""Links from a post to a page of the portal."""

from django.core.exceptions import ValidationError
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.translation import gettext as _


def validate_portal_path(value: str) -> None:
    """Raise ValidationError unless `value` is the address of a page here, such as "/bolig/?type=hybel"."""
    if not value.startswith("/") or value.startswith("//") or "\\" in value:
        raise ValidationError(_("Lenken må gå til en side i portalen og begynne med /."))
    if not leads_somewhere(value):
        raise ValidationError(_("Det finnes ingen side i portalen med denne adressen."))


def leads_somewhere(path: str) -> bool:
    """Tell whether the portal has a page at that address. Whether the thing on it still exists, it cannot."""
    address = path.partition("#")[0].partition("?")[0]
    language = "en" if address.startswith("/en/") else "nb"
    with translation.override(language):
        try:
            resolve(address)
        except Resolver404:
            return False
    return True
