"""
Grant rounds: applications, the votes of the three parties, and awards within the frame.

The rule of the board: industry, workers and the public each have one vote on each application. A
member with a conflict of interest cannot vote; that is written down, and a deputy of the same party
may vote instead. A decision needs that all three parties have said something, that at least two of
them could vote, and that two say yes.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from members.accounts.models import User
from members.companies.models import Company, Contact
from members.mailings.ledger import MailKind, enqueue
from projects.kompetanse.models import (
    OPEN_STATES,
    Application,
    ApplicationState,
    Award,
    BoardMember,
    GrantRound,
    GrantVote,
    Party,
    Vote,
)
from vekst.links import make_token

LINK_PURPOSE = "grant-application"


class GrantError(Exception):
    """What was asked for is against the rules; the message can be shown."""


class RoundClosedError(GrantError):
    """The round takes no applications now."""


class DuplicateApplicationError(GrantError):
    """The organisation has applied for this course in this round already."""


class ConflictOfInterestError(GrantError):
    """The member speaks for the applicant and cannot vote."""


class QuorumError(GrantError):
    """Not all three parties have voted, or too few of them could."""


class FrameExceededError(GrantError):
    """There is less left of the frame than the amount."""


@dataclass(frozen=True)
class ApplicationInput:
    """What an applicant states."""

    orgnr: str
    organisation: str
    amount_nok: int
    course_title: str
    course_description: str
    target_group: str
    headcount: int
    contact_name: str
    contact_email: str
    contact_phone: str = ""
    # Of the page they applied on, and so of the mail they get.
    language: str = "nb"


@transaction.atomic
def submit_application(
    grant_round: GrantRound, stated: ApplicationInput, *, at: datetime.datetime
) -> Application:
    """
    Take one application and mail a receipt with the link to see and withdraw it.

    Raises RoundClosedError outside the round's time, DuplicateApplicationError for a second one about
    the same course.
    """
    current = GrantRound.objects.get(pk=grant_round.pk)
    if not current.takes_applications(at):
        raise RoundClosedError(_("Runden tar ikke imot søknader nå."))
    if stated.amount_nok > current.frame_nok:
        raise FrameExceededError(_("Beløpet er større enn hele rammen for runden."))
    application = Application(
        grant_round=current,
        company=Company.objects.filter(orgnr=stated.orgnr).first(),
        submitted_at=at,
        **vars(stated),
    )
    try:
        with transaction.atomic():
            application.save()
    except IntegrityError as error:
        if "kompetanse_application_once_per_course" not in str(error):
            raise
        raise DuplicateApplicationError(
            _("Virksomheten har alt søkt om dette tiltaket i denne runden.")
        ) from error
    _mail(application, MailKind.GRANT_RECEIPT, "application_received", at=at)
    return application


def own_address(application: Application) -> str:
    """Return the signed address where the applicant sees and withdraws the application."""
    token = make_token(LINK_PURPOSE, application.pk)
    return settings.SITE_URL + reverse("kompetanse:own_application", kwargs={"token": token})


def _mail(
    application: Application, kind: MailKind, template: str, *, at: datetime.datetime
) -> None:
    # Staff decide in Bokmål; the applicant reads the language of the form.
    with override(application.language):
        context = {
            "application": application,
            "grant_round": application.grant_round,
            "award": Award.objects.filter(application=application).first(),
            "url": own_address(application),
            "programme_name": settings.PROGRAMME_NAME,
        }
        title = render_to_string(f"kompetanse/mail/{template}_subject.txt", context)
        text = render_to_string(f"kompetanse/mail/{template}_body.txt", context)
    enqueue(
        kind=kind,
        subject=f"application-{application.pk}",
        recipient=application.contact_email,
        title=title.strip(),
        text=text,
        mandatory=True,
        at=at,
    )


@transaction.atomic
def withdraw_application(application: Application, *, at: datetime.datetime) -> None:
    """Withdraw an application that is not decided. Raises GrantError when it is too late."""
    current = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    if current.state == ApplicationState.WITHDRAWN:
        return
    if current.state not in OPEN_STATES:
        raise GrantError(_("Søknaden er avgjort og kan ikke trekkes."))
    current.state = ApplicationState.WITHDRAWN
    current.decided_at = at
    current.save(update_fields=["state", "decided_at"])


def start_review(applications: Sequence[Application]) -> int:
    """Send submitted applications to the board; return how many."""
    moved = 0
    for application in applications:
        with transaction.atomic():
            current = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
            # Whoever chose it may have looked before it was withdrawn.
            if current.state == ApplicationState.SUBMITTED:
                current.state = ApplicationState.REVIEW
                current.save(update_fields=["state"])
                moved += 1
    return moved


def board_member(user: User, *, on: datetime.date) -> BoardMember | None:
    """Return the person's seat on the board on that day."""
    return (
        BoardMember.objects.filter(user=user, since_date__lte=on)
        .filter(Q(until_date__isnull=True) | Q(until_date__gte=on))
        .first()
    )


def speaks_for_applicant(user: User, application: Application, *, on: datetime.date) -> bool:
    """Tell whether the person has a role in the company that applies."""
    roles = Contact.objects.current(on).filter(user=user, company__orgnr=application.orgnr)
    return roles.exists()


@transaction.atomic
def cast_vote(
    application: Application,
    *,
    by: User,
    vote: str,
    note: str = "",
    declared_conflict: bool = False,
    at: datetime.datetime,
) -> GrantVote:
    """
    Write down what a member of the board says to an application.

    A declared conflict is written down as inhabil, whatever `vote` says. Whoever speaks for the
    applicant must declare it: raises ConflictOfInterestError. Raises GrantError for people outside the
    board, for a second vote of a person or a party, and for applications that are decided.
    """
    today = timezone.localdate(at)
    current = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    if current.state not in OPEN_STATES:
        raise GrantError(_("Søknaden er ikke til vurdering."))
    member = board_member(by, on=today)
    if member is None:
        raise GrantError(_("Bare medlemmer av trepartsutvalget stemmer."))
    if not declared_conflict and speaks_for_applicant(by, current, on=today):
        raise ConflictOfInterestError(_("Du har en rolle i virksomheten som søker, og er inhabil."))
    if GrantVote.objects.filter(application=current, voter=by).exists():
        raise GrantError(_("Du har alt stemt over søknaden."))
    if not declared_conflict and vote not in (Vote.YES, Vote.NO, Vote.ABSTAIN):
        raise GrantError(_("Stem ja eller nei, eller avstå."))
    others = GrantVote.objects.filter(application=current, party=member.party)
    if not declared_conflict and others.exclude(vote=Vote.CONFLICTED).exists():
        raise GrantError(_("Parten har alt stemt over søknaden."))
    if current.state == ApplicationState.SUBMITTED:
        current.state = ApplicationState.REVIEW
        current.save(update_fields=["state"])
    return GrantVote.objects.create(
        application=current,
        party=member.party,
        voter=by,
        vote=Vote.CONFLICTED if declared_conflict else vote,
        declared_conflict=declared_conflict,
        note=note,
        cast_at=at,
    )


@dataclass(frozen=True)
class Tally:
    """How the three parties stand. A party counts as able to vote when one of its members was."""

    votes: dict[str, str]

    @property
    def is_quorate(self) -> bool:
        able = [vote for vote in self.votes.values() if vote != Vote.CONFLICTED]
        return set(self.votes) == set(Party.values) and len(able) >= 2

    @property
    def says_yes(self) -> bool:
        return list(self.votes.values()).count(Vote.YES) >= 2


def tally(application: Application) -> Tally:
    """Count the votes by party; the vote of a deputy stands in for a conflicted member. One query."""
    votes: dict[str, str] = {}
    for vote in application.votes.all():
        if votes.get(vote.party, Vote.CONFLICTED) == Vote.CONFLICTED:
            votes[vote.party] = vote.vote
    return Tally(votes)


@transaction.atomic
def decide(
    application: Application,
    *,
    amount_nok: int,
    reason: str = "",
    conditions: str = "",
    at: datetime.datetime,
) -> Award | None:
    """
    Turn the votes into a grant of `amount_nok` or a refusal, and mail the applicant; return the award.

    The round is locked meanwhile, so that parallel decisions never exceed its frame. Raises QuorumError,
    FrameExceededError, and GrantError when it is decided already or the amount is not within what was
    applied for.
    """
    grant_round = GrantRound.objects.select_for_update(of=("self",)).get(
        pk=application.grant_round_id
    )
    current = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    if current.state not in OPEN_STATES:
        raise GrantError(_("Søknaden er avgjort eller trukket."))
    result = tally(current)
    if not result.is_quorate:
        raise QuorumError(_("Alle tre parter må ha stemt, og minst to må være habile."))
    award = None
    if result.says_yes:
        award = _grant(grant_round, current, amount_nok, conditions, at=at)
    current.state = ApplicationState.GRANTED if award else ApplicationState.REFUSED
    current.reason = reason
    current.decided_at = at
    current.save(update_fields=["state", "reason", "decided_at"])
    _mail(current, MailKind.GRANT_DECIDED, "application_decided", at=at)
    return award


def _grant(
    grant_round: GrantRound,
    application: Application,
    amount_nok: int,
    conditions: str,
    *,
    at: datetime.datetime,
) -> Award:
    if not 0 < amount_nok <= application.amount_nok:
        raise GrantError(_("Beløpet må være over 0 og høyst det som er søkt om."))
    if amount_nok > grant_round.remaining_nok:
        raise FrameExceededError(_("Det er ikke nok igjen av rammen."))
    GrantRound.objects.filter(pk=grant_round.pk).update(granted_nok=F("granted_nok") + amount_nok)
    return Award.objects.create(
        application=application,
        applied_nok=application.amount_nok,
        amount_nok=amount_nok,
        conditions=conditions,
        awarded_at=at,
    )
