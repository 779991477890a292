"""Who may sign up for events that are not for everybody, and how people are invited to them."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from members.accounts.models import User
from members.companies.access import seats_of
from members.companies.models import Company
from members.mailings.ledger import MailKind, Message, enqueue_many
from projects.bypuls.models import Admission, Event, EventLanguage, Invitation, Publication
from projects.bypuls.signups import seats
from projects.bypuls.signups.errors import SignUpError
from vekst import formats
from vekst.links import make_token

INVITATION_LINK = "bypuls.invitation"
# More at one time is a mailing, which has its own ways.
MOST = 500


@dataclass(frozen=True)
class Guest:
    """Somebody to invite."""

    email: str
    name: str = ""
    company_id: int | None = None

    @property
    def address(self) -> str:
        """The e-mail address as the rows hold it."""
        return self.email.strip().lower()


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


# --- Inviting ----------------------------------------------------------------------------------


def invitation_url(invitation: Invitation) -> str:
    """Return the personal address at which one signs up by this invitation."""
    path = reverse("bypuls:event_invitation", args=[make_token(INVITATION_LINK, invitation.pk)])
    return settings.SITE_URL + path


@transaction.atomic
def invite(
    event_id: int, people: Iterable[Guest], *, by: User | None, at: dt.datetime
) -> list[Invitation]:
    """
    Invite people by mail, each with a link of their own; return the invitations that are new.

    Whoever is invited already gets no second mail; an invitation that was withdrawn is made good again.
    Raises SignUpError, with nobody invited, when an address is wrong or the event takes nobody.
    """
    event = seats.lock(event_id)
    guests = {guest.address: guest for guest in people}
    _check(event, guests, at)
    there = {
        invitation.email: invitation
        for invitation in Invitation.objects.filter(event=event, email__in=guests)
    }
    fresh = []
    for address, guest in guests.items():
        before = there.get(address)
        if before is not None and before.withdrawn_at is None:
            continue
        invitation = before or Invitation(event=event, email=address)
        invitation.name = guest.name.strip() or invitation.name
        invitation.company_id = guest.company_id or invitation.company_id
        invitation.invited_by, invitation.created_at = by, at
        invitation.withdrawn_at = None
        invitation.save()
        fresh.append(invitation)
    enqueue_many((_message(event, invitation) for invitation in fresh), at=at)
    return fresh


def _check(event: Event, guests: dict[str, Guest], at: dt.datetime) -> None:
    if event.publication != Publication.PUBLISHED:
        raise SignUpError(_("Arrangementet er ikke publisert."))
    if not event.takes_signups:
        raise SignUpError(_("Dette arrangementet har ingen påmelding. Det er bare å møte opp."))
    if not event.is_taking_place or (event.is_date_set and at >= event.closes_at):
        raise SignUpError(_("Påmeldingen er stengt."))
    if len(guests) > MOST:
        raise SignUpError(_("Inviter høyst %(most)s om gangen.") % {"most": MOST})
    wrong = [address for address in guests if not _is_address(address)]
    if wrong:
        raise SignUpError(
            _("Dette er ikke e-postadresser: %(addresses)s") % {"addresses": ", ".join(wrong[:5])}
        )


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= 254


def _message(event: Event, invitation: Invitation) -> Message:
    with translation.override("en" if event.language == EventLanguage.ENGLISH else "nb"):
        context = {
            "event": event,
            "invitation": invitation,
            "invitation_url": invitation_url(invitation),
            "programme": settings.PROGRAMME_NAME,
        }
        title = render_to_string("bypuls/mail/invitation_subject.txt", context)
        text = render_to_string("bypuls/mail/invitation_body.txt", context)
    return Message(
        kind=MailKind.EVENT_INVITATION,
        subject=f"invitation-{invitation.pk}-{invitation.created_at.timestamp():.6f}",
        recipient=invitation.email,
        title=title,
        text=text.strip() + "\n",
        mandatory=True,
        stale_at=event.closes_at if event.is_date_set else None,
    )


def withdraw(invitation_id: int, *, at: dt.datetime) -> Invitation:
    """
    Let an invitation's link open nothing any more. Who has signed up by it stays signed up.

    A second time changes nothing.
    """
    Invitation.objects.filter(pk=invitation_id, withdrawn_at=None).update(withdrawn_at=at)
    return Invitation.objects.get(pk=invitation_id)
