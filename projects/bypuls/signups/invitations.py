"""Who may sign up for events that are not for everybody."""

import datetime as dt

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _

from members.accounts.models import User
from members.companies.access import seats_of
from members.companies.models import Company
from projects.bypuls.models import Admission, Event, Invitation
from vekst import formats


def may_sign_up(
    event: Event,
    *,
    invitation: Invitation | None = None,
    user: User | AnonymousUser | None = None,
    company: Company | int | None = None,
    at: dt.datetime,
) -> str:
    """
    Say why this person may not sign up; empty when they may.

    `company` is the company they say they work for, or its key. An invitation to this event that
    nobody withdrew lets its holder in whatever else the event asks for.
    """
    if invitation is not None and invitation.event_id == event.pk:
        if invitation.withdrawn_at is None:
            return ""
        return _("Invitasjonen er trukket tilbake.")
    if event.admission == Admission.INVITED:
        return _("Dette er bare for inviterte. Bruk lenken i invitasjonen din.")
    if event.admission == Admission.FORUM:
        return "" if _sits_in_forum(event, user, at) else _forum_text(event)
    is_early = event.members_first_until is not None and at < event.members_first_until
    if event.admission != Admission.MEMBERS and not is_early:
        return ""
    if _is_member(company, at):
        return ""
    if event.admission == Admission.MEMBERS:
        return _("Dette er for ansatte i medlemsbedrifter. Velg bedriften du jobber i.")
    assert event.members_first_until is not None  # noqa: S101
    return _("Plassene er bare for ansatte i medlemsbedrifter fram til %(moment)s.") % {
        "moment": formats.moment_text(event.members_first_until)
    }


def _sits_in_forum(event: Event, user: User | AnonymousUser | None, at: dt.datetime) -> bool:
    if not isinstance(user, User) or not user.is_active or event.forum is None:
        return False
    if event.forum.secretary_id == user.pk:
        return True
    return seats_of(user, at=at).filter(forum=event.forum).exists()


def _forum_text(event: Event) -> str:
    return _("Dette er for dem som har plass i %(forum)s. Logg inn for å melde deg på.") % {
        "forum": event.forum
    }


def _is_member(company: Company | int | None, at: dt.datetime) -> bool:
    if company is None:
        return False
    pk = company if isinstance(company, int) else company.pk
    return Company.objects.public(at=at).filter(pk=pk).exists()
