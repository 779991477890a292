"""
What a local installation is given when nobody gave it: addresses, a secret of its own, a mail folder.

`make run` and `vekst.settings.dev` share these values. Nothing of Django is imported here.
"""

import contextlib
import os
import secrets
import socket
from collections.abc import MutableMapping
from pathlib import Path
from urllib.parse import quote

from vekst import embedded

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("VAR_DIR") or ROOT / "var").absolute()


def fill_in(environment: MutableMapping[str, str], var: Path = VAR) -> None:
    """Set every value that is missing in `environment`; what is there stays."""
    port = environment.get("PORT") or "8000"
    given = {
        "VAR_DIR": str(var),
        "DATABASE_URL": embedded.database_url(var),
        "REDIS_URL": embedded.redis_url(var),
        "ALLOWED_HOSTS": _allowed_hosts(environment.get("HOST") or "127.0.0.1"),
        "SITE_URL": f"http://localhost:{port}",
        "EMAIL_URL": f"filemail:///{quote(str(var / 'mail'))}",
        "DEFAULT_FROM_EMAIL": "Vekst i Kongsberg <vekst@eksempel.no>",
        "LOG_LEVEL": "WARNING",
    }
    for name, value in given.items():
        environment.setdefault(name, value)
    if "SECRET_KEY" not in environment:
        environment["SECRET_KEY"] = _secret_key(var / "secrets.env")


def _allowed_hosts(host: str) -> str:
    # A portal that listens to other machines is reached under names that only they know.
    if host not in {"127.0.0.1", "::1", "localhost"}:
        return "*"
    return f"localhost,127.0.0.1,[::1],{socket.gethostname()}"


def _secret_key(path: Path) -> str:
    """Return this installation's secret; made once, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        # Linked into place whole: of two processes that start at once, one makes it and both read it.
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(f"SECRET_KEY={secrets.token_urlsafe(50)}\n")
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    for line in path.read_text().splitlines():
        name, _, value = line.partition("=")
        if name == "SECRET_KEY" and value:
            return value
    raise embedded.ServerError(f"{path} holds no SECRET_KEY. Remove the file; a new one is made.")
