"""
Who gets what answer at which address.

Each app has `tests/<package>/<app>/access_rows.py` with `ROWS`; this module gathers them. A URL name
without a row fails `tests/test_access.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module

OK = 200
TO_LOGIN = 302
NOT_FOUND = 404
REFUSED = 403


@dataclass(frozen=True)
class Row:
    """
    The status that each role gets from a GET of one address.

    `kwargs` fill the address, or a function makes the needed rows in the database and returns them.
    `method` is POST for addresses that take nothing else. None for a role means: as anonymous.
    `query` is added to the address. A public row says `public=True`: 200 for everyone.
    """

    name: str
    kwargs: dict[str, object] | Callable[[], dict[str, object]] = field(default_factory=dict)
    anonymous: int = OK
    resident: int | None = None
    company_contact: int | None = None
    editor: int | None = None
    programme_office: int | None = None
    superuser: int | None = None
    method: str = "GET"
    query: str = ""

    @property
    def label(self) -> str:
        """The row in the list of tests: its name and what fills the address."""
        if callable(self.kwargs):
            filled = str(getattr(self.kwargs, "__name__", ""))
        else:
            filled = "-".join(map(str, self.kwargs.values()))
        return f"{self.name}{self.query} {filled}".strip()

    def expected(self, role: str) -> int:
        """The status for a role: its own, or that of anonymous."""
        own: int | None = getattr(self, role)
        return self.anonymous if own is None else own


MODULES = [
    "tests.vekst.access_rows",
    "tests.members.accounts.access_rows",
    "tests.members.companies.access_rows",
    "tests.members.mailings.access_rows",
    "tests.members.posts.access_rows",
    "tests.projects.portfolio.access_rows",
    "tests.projects.innsikt.access_rows",
    "tests.projects.digital_stemme.access_rows",
    "tests.projects.bypuls.access_rows",
    "tests.projects.ung.access_rows",
    "tests.projects.kompetanse.access_rows",
]


def all_rows() -> list[Row]:
    """Every row of every app."""
    return [row for name in MODULES for row in import_module(name).ROWS]
