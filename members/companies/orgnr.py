"""Norwegian organisation numbers: nine digits, the last one a check digit modulo 11."""

import re

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

WEIGHTS = (3, 2, 7, 6, 5, 4, 3, 2)


def clean_orgnr(text: str) -> str:
    """Return the digits of an organisation number as people write it: with spaces, dots, `NO` or `MVA`."""
    return re.sub(r"^NO|MVA$|[\s.\u00a0\u202f-]", "", text.strip().upper())


def is_valid_orgnr(orgnr: str) -> bool:
    """
    Tell whether the nine digits carry the right check digit. See also the SQL function `orgnr_is_valid`.

    Source: Brønnøysundregistrene, "Om organisasjonsnummeret": weights 3 2 7 6 5 4 3 2, modulo 11.
    """
    if not re.fullmatch(r"[0-9]{9}", orgnr):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(orgnr, WEIGHTS, strict=False))
    # A remainder of 1 would need the check digit 10, so such numbers are never issued.
    return (11 - total % 11) % 11 == int(orgnr[8])


def validate_orgnr(value: str) -> None:
    """Raise ValidationError unless `value` is nine digits with the right check digit."""
    if not is_valid_orgnr(value):
        raise ValidationError(
            _("Organisasjonsnummeret må ha ni siffer og riktig kontrollsiffer."),
            code="invalid_orgnr",
        )


class OrgnrIsValid(models.Func):
    """The database's own check of an organisation number, for constraints."""

    function = "orgnr_is_valid"
    output_field = models.BooleanField()
