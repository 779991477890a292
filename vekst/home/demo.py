"""What fills an empty portal: each app's demo content, in the order in which it builds on the other."""

import datetime
from typing import Protocol

from members.companies import demo as companies
from members.mailings import demo as mailings
from members.mailings import demo_choices as mail_choices
from members.mailings import demo_readers as readers
from members.posts import demo as posts
from projects.bypuls import demo as bypuls
from projects.digital_stemme import demo as digital_stemme
from projects.innsikt import demo as innsikt
from projects.kompetanse import demo as kompetanse
from projects.portfolio import demo as portfolio
from projects.ung import demo as ung
from vekst.home import demo_week


class Load(Protocol):
    """Writes demo content relative to `at`; a second run changes nothing."""

    def __call__(self, *, at: datetime.datetime) -> None: ...


class Scale(Protocol):
    """Writes `n` rows of each large kind of the app, for the benchmarks."""

    def __call__(self, n: int, /, *, at: datetime.datetime) -> None: ...


LOADERS: dict[str, Load] = {
    "companies": companies.load,
    "portfolio": portfolio.load,
    "kompetanse": kompetanse.load,
    "innsikt": innsikt.load,
    "digital_stemme": digital_stemme.load,
    "bypuls": bypuls.load,
    "ung": ung.load,
    "mailings": mailings.load,
    "posts": posts.load,
    "week": demo_week.load,
    # What readers have chosen is told by way of all the others.
    "mail_choices": mail_choices.load,
    "readers": readers.load,
}
SCALERS: dict[str, Scale] = {
    "digital_stemme": digital_stemme.scale,
    "bypuls": bypuls.scale,
    "mailings": mailings.scale,
}
