"""The file with everything the portal holds on the person of an account."""

import datetime
from collections.abc import Callable
from typing import Any

from members.accounts.models import User
from members.companies import personal_data
from members.mailings.own_data import own_data as mailings
from members.posts.own_data import own_data as posts
from projects.bypuls.own_data import own_data as bypuls
from projects.digital_stemme.own_data import own_data as digital_stemme
from projects.kompetanse.own_data import own_data as kompetanse
from projects.ung.own_data import own_data as ung

# One function for each project that holds personal data, in full view. Nobody signs in with an address
# that was not confirmed, so what bears the account's address is the person's own.
SOURCES: dict[str, Callable[[User], dict[str, Any]]] = {
    "mail_details": mailings,
    "weekly_post": posts,
    "events": bypuls,
    "homes_and_jobs": digital_stemme,
    "competence": kompetanse,
    "mentor_scheme": ung,
}


def export(user: User, *, at: datetime.datetime) -> dict[str, Any]:
    """Return everything held on the person, section by section."""
    found = personal_data.export(user, at=at)
    return found | {name: own_data(user) for name, own_data in SOURCES.items()}
