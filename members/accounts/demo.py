"""The accounts of a fresh installation: one for each role, with passwords made for it alone."""

import datetime
import os
from pathlib import Path

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import Group
from django.utils.crypto import get_random_string

from members.accounts.models import Role, User

CONTACT_EMAIL = "bedrift@eksempel.no"
# What the file calls the role, address, first name, group.
_PEOPLE: list[tuple[str, str, str, Role | None]] = [
    ("Programkontor", "programkontor@eksempel.no", "Programkontoret", Role.PROGRAMME_OFFICE),
    ("Redaktør", "redaktor@eksempel.no", "Redaksjonen", Role.EDITOR),
    ("Bedrift", CONTACT_EMAIL, "Bedriftskontakten", None),
]


def load(*, at: datetime.datetime) -> None:
    """Make the accounts that are missing and write their passwords to a file only the owner reads."""
    lines = []
    for label, email, first_name, role in _PEOPLE:
        if User.objects.filter(email=email).exists():
            continue
        # No letters that look like others: people type this once.
        password = get_random_string(16, "abcdefghjkmnpqrstuvwxyz23456789")
        user = User.objects.create_user(
            email,
            password,
            first_name=first_name,
            last_name="(Eksempel)",
            is_staff=role is not None,
            date_joined=at,
        )
        if role is not None:
            user.groups.add(Group.objects.get_or_create(name=role.value)[0])
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        lines.append(f"{label}\t{email}\t{password}\n")
    if lines:
        _write(lines)


def _write(lines: list[str]) -> None:
    path = Path(os.environ.get("DEMO_PASSWORDS_FILE") or settings.VAR_DIR / "sign-in.txt")
    path.parent.mkdir(parents=True, exist_ok=True)
    # Made with its mode, so that nobody reads it between the two.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8") as file:
        os.fchmod(file.fileno(), 0o600)
        file.writelines(lines)
