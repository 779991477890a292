"""
Take people in from a list, with the proof of their consent.

First the file is read and judged, and a person looks at what would come of it; then it is taken in as a
whole. Somebody who has said no once, or whose address is blocked, is never brought back by a list. What a
person has chosen themselves is never changed by one.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from members.accounts.models import User
from members.mailings.lists.csv_file import Line, read
from members.mailings.models import Consent, Subscriber, SubscriberImport, Suppression, Topic

VERSION = "import"
# So many rows go to the database in one statement.
_ROWS = 1000


class AlreadyAppliedError(Exception):
    """The list has been taken in, or is forgotten."""


class BadLinesError(Exception):
    """The person chose all or nothing, and some lines are wrong."""


@dataclass(frozen=True)
class LeftOut:
    """One line whose person is not written to, and why."""

    number: int
    email: str
    reason: str


@dataclass
class Plan:
    """What taking the list in would lead to."""

    new: list[tuple[Line, tuple[str, ...]]] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    unchanged: int = 0
    new_people: int = 0

    @property
    def new_consents(self) -> int:
        """How many consents there would be more."""
        return sum(len(topics) for _line, topics in self.new)


def upload(*, content: bytes, name: str, at: datetime.datetime, by: User) -> SubscriberImport:
    """Read the file and keep what it says until somebody decides. Nobody is added. Raises BadFileError."""
    report = read(content, today=timezone.localdate(at))
    return SubscriberImport.objects.create(
        file_name=name[:200],
        encoding=report.encoding,
        lines=[_as_json(line) for line in report.lines],
        bad_lines=[asdict(bad) for bad in report.bad],
        line_count=len(report.lines) + len(report.bad),
        uploaded_at=at,
        uploaded_by=by,
    )


def plan(uploaded: SubscriberImport) -> Plan:
    """Return what the list would lead to now. Four queries, however long it is."""
    lines = [_from_json(raw) for raw in uploaded.lines]
    return _plan(lines)


@transaction.atomic
def apply(
    *, uploaded: SubscriberImport, keep_good_lines: bool, at: datetime.datetime, by: User
) -> SubscriberImport:
    """
    Take the people in, and forget the list but for the figures.

    A second time raises AlreadyAppliedError. Raises BadLinesError when some lines are wrong, unless
    `keep_good_lines` leaves them out.
    """
    uploaded = SubscriberImport.objects.select_for_update().get(pk=uploaded.pk)
    if uploaded.applied_at is not None or not uploaded.lines:
        raise AlreadyAppliedError
    if uploaded.bad_lines and not keep_good_lines:
        raise BadLinesError
    lines = [_from_json(raw) for raw in uploaded.lines]
    before = _plan(lines)
    _add_people(before, at=at)
    # Somebody may have left since; whoever is leaving now waits for us, and is then left alone.
    people = _locked({line.email for line, _topics in before.new})
    settled = _plan(lines)
    consents = [
        _consent(people[line.email], line, topic, uploaded)
        for line, topics in settled.new
        if line.email in people
        for topic in topics
    ]
    Consent.objects.bulk_create(consents, batch_size=_ROWS, ignore_conflicts=True)
    uploaded.new_people, uploaded.new_consents = before.new_people, len(consents)
    uploaded.applied_at, uploaded.applied_by, uploaded.lines = at, by, []
    uploaded.bad_lines = []
    uploaded.save()
    return uploaded


def _plan(lines: Sequence[Line]) -> Plan:
    emails = {line.email for line in lines}
    blocked = _blocked(emails)
    known, gone = _known(emails)
    has, left = _topics(emails)
    found = Plan()
    newcomers = set()
    for line in lines:
        reason = ""
        if line.email in blocked:
            reason = _("Adressen er sperret.")
        elif line.email in gone:
            reason = _("Har meldt seg av alt.")
        withdrawn = [topic for topic in line.topics if topic in left[line.email]]
        topics = tuple(
            topic for topic in line.topics if topic not in {*withdrawn, *has[line.email]}
        )
        if not reason and withdrawn:
            names = ", ".join(str(Topic(topic).label) for topic in withdrawn)
            reason = _("Har meldt seg av: %(topics)s.") % {"topics": names}
        if reason:
            found.left_out.append(LeftOut(line.number, line.email, str(reason)))
        if line.email in blocked or line.email in gone:
            continue
        if topics:
            found.new.append((line, topics))
            newcomers |= {line.email} - known
        elif not withdrawn:
            found.unchanged += 1
    found.new_people = len(newcomers)
    return found


def _blocked(emails: Iterable[str]) -> set[str]:
    in_force = Suppression.objects.filter(email__in=emails, lifted_at__isnull=True)
    return set(in_force.values_list("email", flat=True))


def _known(emails: Iterable[str]) -> tuple[set[str], set[str]]:
    """Return the addresses we have, and those among them that have left everything."""
    rows = Subscriber.objects.filter(email__in=emails).values_list("email", "unsubscribed_at")
    known = dict(rows)
    return set(known), {email for email, left_at in known.items() if left_at is not None}


def _topics(
    emails: Iterable[str],
) -> tuple[defaultdict[str, set[str]], defaultdict[str, set[str]]]:
    """Return which topics each address gets, and which it has said no to and not yes again."""
    has: defaultdict[str, set[str]] = defaultdict(set)
    left: defaultdict[str, set[str]] = defaultdict(set)
    rows = Consent.objects.filter(subscriber__email__in=emails)
    for email, topic, withdrawn_at in rows.values_list(
        "subscriber__email", "topic", "withdrawn_at"
    ):
        (has if withdrawn_at is None else left)[email].add(topic)
    for email, topics in has.items():
        left[email] -= topics
    return has, left


def _add_people(found: Plan, *, at: datetime.datetime) -> None:
    people = {
        line.email: Subscriber(
            email=line.email, language=line.language, created_at=at, confirmed_at=at
        )
        for line, _topics in reversed(found.new)
    }
    Subscriber.objects.bulk_create(people.values(), batch_size=_ROWS, ignore_conflicts=True)


def _locked(emails: Iterable[str]) -> dict[str, Subscriber]:
    rows = Subscriber.objects.select_for_update().filter(Q(email__in=emails)).order_by("pk")
    return {row.email: row for row in rows}


def _consent(subscriber: Subscriber, line: Line, topic: str, uploaded: SubscriberImport) -> Consent:
    midday = datetime.datetime.combine(line.given_on, datetime.time(12))
    return Consent(
        subscriber=subscriber,
        topic=topic,
        text=line.text,
        version=VERSION,
        source=_source(line, uploaded),
        given_at=min(timezone.make_aware(midday), uploaded.uploaded_at),
    )


def _source(line: Line, uploaded: SubscriberImport) -> str:
    return f"{line.source} (liste {uploaded.pk}, linje {line.number})"[:200]


def _as_json(line: Line) -> list[Any]:
    return [
        line.number,
        line.email,
        list(line.topics),
        line.given_on.isoformat(),
        line.source,
        line.text,
        line.language,
    ]


def _from_json(raw: list[Any]) -> Line:
    number, email, topics, given_on, source, text, language = raw
    day = datetime.date.fromisoformat(given_on)
    return Line(number, email, tuple(topics), day, source, text, language)
