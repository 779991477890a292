"""The list of subscribers as CSV that a spreadsheet opens, with the columns that an import reads."""

import csv
import datetime
from collections.abc import Iterator, Sequence

from django.db import transaction
from django.utils import timezone

from members.accounts.models import User
from members.mailings.lists.csv_file import FORMULA
from members.mailings.models import Audience, Consent, Frequency, SubscriberExport, Suppression
from members.mailings.models.subscriber import ConsentQuerySet

HEAD = [
    "e-post",
    "temaer",
    "dato",
    "kilde",
    "samtykketekst",
    "språk",
    "hvor ofte",
    "målgrupper",
    "pause til og med",
    "sperret",
]
BATCH = 1000


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


@transaction.atomic
def note_export(*, topic: str, at: datetime.datetime, by: User) -> SubscriberExport:
    """Write down who took the list out, before the first row leaves."""
    number = _consents(topic).count()
    return SubscriberExport.objects.create(topic=topic, row_count=number, at=at, by=by)


def csv_lines(*, topic: str = "") -> Iterator[str]:
    """
    Give the file line by line, one line for each consent in force, a batch at a time.

    Addresses that are left alone are marked with the reason: whoever uses the list elsewhere is to leave
    them alone too.

    The mark at its start makes a spreadsheet read æ, ø and å right.
    """
    writer = csv.writer(_Echo(), delimiter=";")
    yield "\ufeff" + writer.writerow(HEAD)
    found = _consents(topic).select_related("subscriber").order_by("pk")
    last = 0
    while batch := list(found.filter(pk__gt=last)[:BATCH]):
        last = batch[-1].pk
        blocked = _blocked(batch)
        for consent in batch:
            row = [*_row(consent), blocked.get(consent.subscriber.email, "")]
            yield writer.writerow([_plain(value) for value in row])


def _consents(topic: str) -> ConsentQuerySet:
    found = Consent.objects.in_force()
    return found.filter(topic=topic) if topic else found


def _blocked(batch: Sequence[Consent]) -> dict[str, str]:
    """Return why each of these addresses is left alone, where it is."""
    emails = {consent.subscriber.email for consent in batch}
    rows = Suppression.objects.filter(email__in=emails, lifted_at=None)
    return {row.email: str(row.get_reason_display()) for row in rows}


def _row(consent: Consent) -> list[str]:
    subscriber = consent.subscriber
    return [
        subscriber.email,
        consent.topic,
        timezone.localdate(consent.given_at).isoformat(),
        consent.source,
        consent.text,
        subscriber.language,
        str(Frequency(subscriber.frequency).label),
        ", ".join(str(Audience(value).label) for value in subscriber.audiences),
        subscriber.paused_until.isoformat() if subscriber.paused_until else "",
    ]


def _plain(value: str) -> str:
    """Keep a spreadsheet from reading what somebody typed as a formula."""
    return f"'{value}" if value.startswith(FORMULA) else value
