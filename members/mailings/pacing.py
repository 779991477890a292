"""
Hold the rates: messages in a second, and in a minute to each receiving domain.

A rate is a row of turns, one step apart. The claim draws a turn for each message under the lock of that
row, so the rate holds for all workers together, and outlives every one of them and Valkey too. Only turns
within the next second are drawn; the worker waits for each. A message beyond its domain's rate is put off
to a moment of its own, so that nobody looks at the same rows again and again meanwhile.
"""

import datetime
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db.models import F

from members.mailings.models.mail_rules import MailRules
from members.mailings.models.pace import Pace

ALL_MAIL = ""
# So far ahead a worker draws turns. What it draws and does not use is lost when it is killed.
HORIZON = datetime.timedelta(seconds=1)
# So much before its turn a message that was put off is looked at again: in time, whoever looks.
LEAD = HORIZON / 2
# While messages wait for their domain, a run that finds nothing else looks again after so many seconds.
LOOK_AGAIN_SECONDS = 0.25
DAY = datetime.timedelta(days=1)


class Waiting(NamedTuple):
    """A row that may be taken: its domain where the domain's rate counts, and whether it is never put off."""

    pk: int
    domain: str
    goes_first: bool


class Turns:
    """
    The turns that one claim draws, in its transaction.

    `soon` holds the rows to be taken, each with its moment, in order; `later` those that are put off.
    """

    def __init__(self, rules: MailRules, *, at: datetime.datetime) -> None:
        second, minute = datetime.timedelta(seconds=1), datetime.timedelta(minutes=1)
        rate, domain_rate = rules.rate_per_second, rules.domain_rate_per_minute
        self.at = at
        self.step = second / rate if rate else None
        self.domain_step = minute / domain_rate if domain_rate else None
        self.soon: dict[int, datetime.datetime] = {}
        self.later: dict[int, datetime.datetime] = {}
        self._all_mail = _locked([ALL_MAIL], at=at)[ALL_MAIL] if self.step else None
        self._next_at = max(self._all_mail.next_at, at) if self._all_mail else at

    def room(self, wanted: int) -> int:
        """Return how many of the wanted messages have a turn within the next second."""
        if not self.step:
            return wanted
        ahead = self.at + HORIZON - self._next_at
        return max(0, min(wanted, int(ahead / self.step)))

    @property
    def seconds_to_room(self) -> float:
        """Return the seconds until there is room for a message."""
        if not self.step:
            return 0
        return max(0.0, (self._next_at + self.step - HORIZON - self.at).total_seconds())

    def draw(self, rows: Sequence[Waiting], *, most: int) -> None:
        """Give turns to at most so many of the rows, and put off those whose domain has none soon."""
        paces = self._domain_paces(rows)
        for earliest, row in self._in_order(rows, paces)[:most]:
            pace = paces.get(row.domain)
            moment = max(earliest, self._next_at)
            if pace is not None and self.domain_step:
                moment = moment if row.goes_first else max(moment, pace.next_at)
                pace.next_at = max(pace.next_at, moment) + self.domain_step
            if self.step:
                self._next_at = moment + self.step
            self.soon[row.pk] = moment
        self._save(paces)

    def _in_order(
        self, rows: Sequence[Waiting], paces: dict[str, Pace]
    ) -> list[tuple[datetime.datetime, Waiting]]:
        """Return the rows that may go soon with the earliest moment for each; `later` gets the others."""
        found = []
        ahead = {domain: max(pace.next_at, self.at) for domain, pace in paces.items()}
        for row in rows:
            if row.goes_first or self.domain_step is None:
                found.append((self.at, row))
                continue
            turn = ahead[row.domain]
            if turn < self.at + HORIZON:
                ahead[row.domain] = turn + self.domain_step
                found.append((turn, row))
            else:
                pace = paces[row.domain]
                pace.spread_until = max(pace.spread_until, turn)
                self.later[row.pk] = pace.spread_until - LEAD
                pace.spread_until += self.domain_step
        # Stable: rows with the same moment keep their order, what goes first before all others.
        return sorted(found, key=lambda pair: pair[0])

    def _domain_paces(self, rows: Sequence[Waiting]) -> dict[str, Pace]:
        if self.domain_step is None:
            return {}
        return _locked({row.domain for row in rows if row.domain}, at=self.at)

    def _save(self, paces: dict[str, Pace]) -> None:
        if self._all_mail is not None and self.soon:
            self._all_mail.next_at = self._next_at
            self._all_mail.save(update_fields=["next_at"])
        if paces:
            Pace.objects.bulk_update(paces.values(), ["next_at", "spread_until"])


def is_something_put_off(rules: MailRules, *, at: datetime.datetime) -> bool:
    """Tell whether messages wait for the rate of their domain."""
    return bool(
        rules.domain_rate_per_minute
        and Pace.objects.exclude(domain=ALL_MAIL).filter(spread_until__gt=at).exists()
    )


def forget_spread() -> None:
    """Let what is put off from here on begin with the next turn: those who stood in line are gone."""
    list(Pace.objects.select_for_update().order_by("domain"))
    Pace.objects.update(spread_until=F("next_at"))


def forget_idle(at: datetime.datetime, dry_run: bool) -> int:
    """Delete the paces of domains that got nothing for a day."""
    old = Pace.objects.filter(next_at__lt=at - DAY, spread_until__lt=at - DAY)
    return old.count() if dry_run else old.delete()[0]


def _locked(domains: Iterable[str], *, at: datetime.datetime) -> dict[str, Pace]:
    """Return the paces under lock, made where there was none; always locked in the same order."""
    names = sorted(set(domains))
    if not names:
        return {}
    Pace.objects.bulk_create(
        [Pace(domain=name, next_at=at, spread_until=at) for name in names], ignore_conflicts=True
    )
    rows = Pace.objects.select_for_update().filter(domain__in=names).order_by("domain")
    return {pace.domain: pace for pace in rows}
