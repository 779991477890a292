"""When personal data of company contacts and forum delegates goes."""

import datetime

from django.utils import timezone

from members.accounts.retention import RetentionRule
from members.companies.models import Contact, Seat

KEPT_DAYS = 365


def _long_ago(at: datetime.datetime) -> datetime.date:
    return timezone.localdate(at) - datetime.timedelta(days=KEPT_DAYS)


def remove_old_contacts(at: datetime.datetime, dry_run: bool) -> int:
    """Remove roles that ended more than a year ago."""
    due = Contact.objects.filter(until_date__lt=_long_ago(at))
    return due.count() if dry_run else due.delete()[0]


def forget_old_delegates(at: datetime.datetime, dry_run: bool) -> int:
    """Take the persons out of seats that ended more than a year ago; the company's seat stays as history."""
    due = Seat.objects.filter(until_date__lt=_long_ago(at)).exclude(
        delegate=None, deputy=None, delegate_name="", delegate_title=""
    )
    if dry_run:
        return due.count()
    return due.update(
        delegate=None,
        deputy=None,
        delegate_name="",
        delegate_title="",
        name_shown_by_consent=False,
    )


RULES = [
    RetentionRule(
        data="companies.Contact",
        basis="Avtale med bedriften (GDPR art. 6 nr. 1 bokstav f)",
        kept_for="Ett år etter at rollen er slutt",
        apply=remove_old_contacts,
    ),
    RetentionRule(
        data="companies.Seat",
        basis="Samtykke og forumets drift (GDPR art. 6 nr. 1 bokstav a og f)",
        kept_for="Ett år etter at plassen er slutt; bedriftens plass beholdes uten navn",
        apply=forget_old_delegates,
    ),
]
