"""When personal data of the mentor scheme goes."""

import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.accounts.retention import RetentionRule
from projects.ung.enrolment import UNCONFIRMED_DAYS
from projects.ung.models import Mentee, Mentor, ParticipantState, SchemeState

WITHDRAWN_DAYS = 30
FREE_TEXT_DAYS = 182
ENDED_DAYS = 365


def _both(condition: Q) -> list[QuerySet[Mentor] | QuerySet[Mentee]]:
    return [Mentor.objects.filter(condition), Mentee.objects.filter(condition)]


def _delete(condition: Q, *, dry_run: bool) -> int:
    found = _both(condition)
    count = sum(rows.count() for rows in found)
    if not dry_run:
        for rows in found:
            rows.delete()
    return count


def remove_unconfirmed(at: datetime.datetime, dry_run: bool) -> int:
    """Delete sign-ups whose address nobody confirmed in time."""
    before = at - datetime.timedelta(days=UNCONFIRMED_DAYS)
    return _delete(Q(state=ParticipantState.UNCONFIRMED, created_at__lt=before), dry_run=dry_run)


def remove_withdrawn(at: datetime.datetime, dry_run: bool) -> int:
    """Delete those who left, a month later; their pairs go with them."""
    before = at - datetime.timedelta(days=WITHDRAWN_DAYS)
    return _delete(Q(state=ParticipantState.WITHDRAWN, withdrawn_at__lt=before), dry_run=dry_run)


def _scheme_done(at: datetime.datetime, days: int) -> Q:
    before = timezone.localdate(at) - datetime.timedelta(days=days)
    return Q(scheme__state=SchemeState.DONE, scheme__ends_on__lt=before)


def clear_free_text(at: datetime.datetime, dry_run: bool) -> int:
    """Empty what people wrote about themselves, half a year after the scheme ended."""
    mentors = Mentor.objects.filter(_scheme_done(at, FREE_TEXT_DAYS)).exclude(about="")
    mentees = Mentee.objects.filter(_scheme_done(at, FREE_TEXT_DAYS)).exclude(wishes="")
    if dry_run:
        return mentors.count() + mentees.count()
    return mentors.update(about="") + mentees.update(wishes="")


def remove_after_scheme(at: datetime.datetime, dry_run: bool) -> int:
    """Delete everyone of a scheme that ended a year ago."""
    return _delete(_scheme_done(at, ENDED_DAYS), dry_run=dry_run)


_CONSENT = _("Samtykke (GDPR artikkel 6 nr. 1 a)")

RULES = [
    RetentionRule(
        _("Påmeldinger til mentorordningen som ikke er bekreftet"),
        _CONSENT,
        _("14 dager"),
        remove_unconfirmed,
    ),
    RetentionRule(
        _("Påmeldinger til mentorordningen som er trukket"),
        _CONSENT,
        _("30 dager"),
        remove_withdrawn,
    ),
    RetentionRule(
        _("Det mentorer og adepter har skrevet om seg selv"),
        _CONSENT,
        _("6 måneder etter ordningens slutt"),
        clear_free_text,
    ),
    RetentionRule(
        _("Deltakere i mentorordningen"),
        _CONSENT,
        _("12 måneder etter ordningens slutt"),
        remove_after_scheme,
    ),
]
