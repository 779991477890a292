"""What the market of homes and jobs holds on one person, for the file that the person may ask for."""

from typing import Any

from members.accounts.models import User
from projects.digital_stemme.models import Home, Vacancy

_FIELDS = (
    "title",
    "description",
    "state",
    "contact_name",
    "contact_email",
    "contact_phone",
    "show_email",
    "show_phone",
    "submitted_at",
    "published_at",
    "closed_at",
    "moderation_note",
)


def own_data(user: User) -> dict[str, Any]:
    """Return the advertisements whose contact has the account's address."""
    homes = Home.objects.filter(contact_email__iexact=user.email).order_by("pk")
    vacancies = Vacancy.objects.filter(contact_email__iexact=user.email).order_by("pk")
    return {
        "homes": list(homes.values(*_FIELDS, "address", "postal_code", "city")),
        "vacancies": list(vacancies.values(*_FIELDS, "employer_name", "location")),
    }
