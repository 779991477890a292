"""When the contact persons of applications go; what was applied for and granted stays as public history."""

import datetime

from django.utils.translation import gettext_lazy as _

from members.accounts.retention import RetentionRule
from projects.kompetanse.models import OPEN_STATES, Application

KEPT_DAYS = 2 * 365


def forget_contacts(at: datetime.datetime, dry_run: bool) -> int:
    """Take the contact person out of applications that were decided more than two years ago."""
    due = (
        Application.objects.filter(decided_at__lt=at - datetime.timedelta(days=KEPT_DAYS))
        .exclude(state__in=OPEN_STATES)
        .exclude(contact_name="", contact_email="", contact_phone="")
    )
    if dry_run:
        return due.count()
    return due.update(contact_name="", contact_email="", contact_phone="")


RULES = [
    RetentionRule(
        data=_("Kontaktpersoner i søknader om kompetansemidler"),
        basis=_("Oppgave i allmennhetens interesse (GDPR artikkel 6 nr. 1 e)"),
        kept_for=_("To år etter vedtak; søknad og tildeling beholdes uten person"),
        apply=forget_contacts,
    ),
]
