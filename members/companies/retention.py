"""When personal data of company contacts and forum delegates goes."""

import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

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
        data=_("Kontaktpersoner i bedriftene"),
        basis=_("Samarbeidet med bedriften (GDPR artikkel 6 nr. 1 f)"),
        kept_for=_("Ett år etter at rollen er slutt"),
        apply=remove_old_contacts,
    ),
    RetentionRule(
        data=_("Hvem som sitter i et forum"),
        basis=_("Samtykke og forumets drift (GDPR artikkel 6 nr. 1 a og f)"),
        kept_for=_("Ett år etter at plassen er slutt; bedriftens plass beholdes uten navn"),
        apply=forget_old_delegates,
    ),
]
