"""
Brings the site of a local installation up to date: texts, database, rights, files, the first content.

A program of its own (`python -m vekst.preparation`), run before the portal's processes start.
"""

import hashlib
import io
import os
import secrets
import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from vekst import translations
from vekst.bootstrap import StepError, step

PROGRAMME_OFFICE, EDITOR, COMPANY = "programme office", "editor", "company contact"
# Whom one can sign in as: what for, address, last name. Addresses and names say that they are examples.
ACCOUNTS = (
    (PROGRAMME_OFFICE, "programkontor@eksempel.no", "Programkontor"),
    (EDITOR, "redaktor@eksempel.no", "Redaktør"),
    (COMPANY, "bedrift@eksempel.no", "Bedriftskontakt"),
)


def prepare(var: Path) -> None:
    """Run every step. Demo content is written the first time only, and only into an empty portal."""
    with step("Compiling the texts"):
        translations.compile_all()
    with step("Bringing the database up to date"):
        _quietly("migrate", interactive=False)
        _quietly("sync_roles")
    _collect_static(var)
    # One stamp for each database: another one has content of its own, or none.
    database = hashlib.sha256(os.environ["DATABASE_URL"].encode()).hexdigest()[:12]
    done = var / "stamps" / f"demo-{database}"
    if make_accounts(var / "sign-in.txt") and not done.exists():
        with step("Writing demo content, this first time only"):
            _quietly("demo")
            _quietly("index_everything")
    done.parent.mkdir(parents=True, exist_ok=True)
    done.touch()


def make_accounts(path: Path) -> bool:
    """
    Make the accounts that are missing and return True; passwords of this installation's own lie in `path`.

    A portal that other people use already gets no account whose password lies in a file: False.
    """
    from members.accounts.models import User  # noqa: PLC0415

    addresses = [email for _what, email, _name in ACCOUNTS]
    there = set(User.objects.filter(email__in=addresses).values_list("email", flat=True))
    if not there and User.objects.exists():
        return False
    passwords = _read_passwords(path) or {email: secrets.token_urlsafe(12) for email in addresses}
    for what, email, name in ACCOUNTS:
        if email not in there or not path.exists():
            _make_account(what, email, name, passwords[email])
    text = "".join(f"{what:<17} {email:<26} {passwords[email]}\n" for what, email, _ in ACCOUNTS)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    return True


def _make_account(what: str, email: str, name: str, password: str) -> None:
    # The models can be imported only once Django is set up.
    from allauth.account.models import EmailAddress  # noqa: PLC0415
    from django.contrib.auth.models import Group  # noqa: PLC0415

    from members.accounts.models import Role, User  # noqa: PLC0415

    user, _made = User.objects.get_or_create(
        email=email, defaults={"first_name": "Eksempel", "last_name": name}
    )
    user.is_staff = what != COMPANY
    user.set_password(password)
    user.save(update_fields=["is_staff", "password"])
    if what != COMPANY:
        role = Role.PROGRAMME_OFFICE if what == PROGRAMME_OFFICE else Role.EDITOR
        user.groups.add(Group.objects.get(name=role.value))
    EmailAddress.objects.update_or_create(
        user=user, email=email, defaults={"verified": True, "primary": True}
    )


def _read_passwords(path: Path) -> dict[str, str]:
    try:
        lines = [line.split() for line in path.read_text(encoding="utf-8").splitlines()]
    except FileNotFoundError:
        return {}
    found = {words[-2]: words[-1] for words in lines if len(words) > 2}
    return found if all(email in found for _what, email, _name in ACCOUNTS) else {}


def _collect_static(var: Path) -> None:
    """Gather and compress the static files, unless none has changed since the last time."""
    if "STATIC_ROOT" in os.environ:
        # Gathered when the image was built; the folder belongs to the image.
        return
    # By content: the front-end build writes the same files anew at each start.
    digest = hashlib.sha256((settings.BASE_DIR / "requirements" / "base.txt").read_bytes())
    for path in sorted((settings.BASE_DIR / "static").rglob("*")):
        if path.is_file():
            digest.update(str(path).encode() + b"\0" + path.read_bytes())
    facts = digest.hexdigest()
    stamp = var / "stamps" / "static"
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if manifest.exists() and stamp.exists() and stamp.read_text() == facts:
        return
    with step("Gathering and compressing the static files"):
        _quietly("collectstatic", interactive=False, clear=True)
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(facts)


def _quietly(command: str, **options: object) -> None:
    call_command(command, stdout=io.StringIO(), **options)


def main() -> int:
    """Prepare; what is wrong with the settings or the database is one line."""
    try:
        django.setup()
    except (ImproperlyConfigured, ValueError) as error:
        return _fail(f"A setting is missing or wrong: {_first_line(error)}{_cause(error)}")
    try:
        prepare(Path(settings.VAR_DIR))
    except DatabaseError as error:
        return _fail(f"The database does not do what it is asked: {_first_line(error)}")
    except (CommandError, StepError) as error:
        return _fail(_first_line(error))
    except KeyboardInterrupt:
        return 1
    return 0


def _fail(line: str) -> int:
    sys.stderr.write(f"{line}\n")
    return 1


def _cause(error: Exception) -> str:
    return f" ({error.__cause__})" if error.__cause__ else ""


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


if __name__ == "__main__":
    sys.exit(main())
