"""Addresses that somebody pastes: one on each line, with or without a name."""

import re
from email.utils import parseaddr

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.bypuls.signups.invitations import Guest

_SEPARATORS = re.compile(r"[\n;]+")
SHOWN = 5


def read_guests(text: str) -> list[Guest]:
    """Read one guest from each line. Raises ValidationError that tells each wrong line with its number."""
    guests, wrong = [], []
    for number, line in enumerate(_SEPARATORS.split(text), start=1):
        if not line.strip():
            continue
        name, address = parseaddr(line.strip())
        try:
            validate_email(address)
        except ValidationError:
            wrong.append(_("linje %(number)s: %(text)s") % {"number": number, "text": line.strip()})
        else:
            guests.append(Guest(address, name=name[:120]))
    if wrong:
        told = "; ".join(wrong[:SHOWN])
        raise ValidationError(
            ngettext(
                "%(count)s linje har ingen e-postadresse (%(lines)s). Ingen er invitert.",
                "%(count)s linjer har ingen e-postadresse (%(lines)s). Ingen er invitert.",
                len(wrong),
            )
            % {"count": len(wrong), "lines": told}
        )
    return guests
