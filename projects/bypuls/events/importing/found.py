"""What a source tells, whatever the file looked like: happenings, and lines that could not be read."""

import datetime as dt
import hashlib
import json
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class Found:
    """
    One happening as the source tells it, in UTC. `uid` and `recurrence_id` name it for ever.

    `recurrence_id` is the local day in the series, so that a series whose hour changes keeps its dates;
    empty for what happens once. `line` is where it stands in the file.
    """

    uid: str
    recurrence_id: str
    title: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    summary: str = ""
    description: str = ""
    location: str = ""
    organiser: str = ""
    website: str = ""
    categories: tuple[str, ...] = ()
    is_cancelled: bool = False
    line: int = 0

    @property
    def key(self) -> tuple[str, str]:
        return self.uid, self.recurrence_id

    @property
    def fingerprint(self) -> str:
        """The same for the same content, wherever in the file it stands."""
        content = {name: value for name, value in asdict(self).items() if name != "line"}
        text = json.dumps(content, sort_keys=True, default=str, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Trouble:
    """A line of the file that was left out, and why; `uid` when it says which happening it is about."""

    line: int
    reason: str
    uid: str = ""


@dataclass
class Reading:
    """
    Everything a file tells. What it does not tell is gone from the source only when it `is_whole`.

    `notes` are happenings kept with a guess. `left_out` counts what is private or lies outside the
    window.
    """

    found: list[Found] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    notes: list[Trouble] = field(default_factory=list)
    left_out: int = 0
    is_whole: bool = True

    @property
    def unread(self) -> set[str]:
        """The UIDs of which something could not be read: nothing is known of them."""
        return {trouble.uid for trouble in self.troubles}
