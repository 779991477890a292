"""How long we keep whom to contact about a home or a job."""

import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from members.accounts.retention import RetentionRule
from projects.digital_stemme.models import Home, Vacancy
from projects.digital_stemme.moderation import NO_CONTACT
from vekst.moderation import ModerationState

KEPT_AFTER_END = datetime.timedelta(days=90)
UNDECIDED = datetime.timedelta(days=365)


def _due(
    rows: "QuerySet[Home] | QuerySet[Vacancy]", at: datetime.datetime
) -> "QuerySet[Home] | QuerySet[Vacancy]":
    ended = Q(state__in=[ModerationState.EXPIRED, ModerationState.WITHDRAWN])
    ended &= Q(closed_at__lte=at - KEPT_AFTER_END)
    waiting = Q(state__in=[ModerationState.SUBMITTED, ModerationState.CHANGES_ASKED])
    waiting &= Q(updated_at__lte=at - UNDECIDED)
    has_contact = ~Q(contact_name="", contact_email="", contact_phone="")
    return rows.filter(ended | waiting).filter(has_contact)


def _forget(
    rows: "QuerySet[Home] | QuerySet[Vacancy]", at: datetime.datetime, *, dry_run: bool
) -> int:
    due = _due(rows, at)
    return due.count() if dry_run else due.update(**NO_CONTACT)


def forget_home_contacts(at: datetime.datetime, dry_run: bool) -> int:
    """Remove the senders of homes that ended long ago."""
    return _forget(Home.objects.all(), at, dry_run=dry_run)


def forget_vacancy_contacts(at: datetime.datetime, dry_run: bool) -> int:
    """Remove the senders of vacancies that ended long ago. NAV's lose theirs the moment they end."""
    return _forget(Vacancy.objects.all(), at, dry_run=dry_run)


_BASIS = _("Avtalen om å vise annonsen (GDPR artikkel 6 nr. 1 b)")
RULES = [
    RetentionRule(
        data=_("Kontaktpersoner i boligannonser"),
        basis=_BASIS,
        kept_for=_("90 dager etter at annonsen er avsluttet; ett år hvis den aldri ble avgjort"),
        apply=forget_home_contacts,
    ),
    RetentionRule(
        data=_("Kontaktpersoner i stillingsannonser"),
        basis=_BASIS,
        kept_for=_(
            "90 dager etter at annonsen er avsluttet, i annonser fra NAV straks; ett år hvis den aldri ble avgjort"
        ),
        apply=forget_vacancy_contacts,
    ),
]
