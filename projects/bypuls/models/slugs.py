"""Last parts of addresses that belong to other pages than an event's."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# What stands fixed below /arrangementer/; a test holds this against the urlconf.
RESERVED_SLUGS = frozenset(
    {
        "abonner",
        "bekreft",
        "endre",
        "invitasjon",
        "min-kalender",
        "min-pamelding",
        "min-serie",
        "ny",
        "oppslag",
        "paminnelser",
        "serie",
        "sporreundersokelse",
    }
)


def validate_free_slug(value: str) -> None:
    """Raise ValidationError when the address would lead to another page than the event."""
    if value.lower() in RESERVED_SLUGS:
        raise ValidationError(_("Denne adressen hører til en annen side. Velg en annen."))
