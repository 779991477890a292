"""Proposals about places: sent in, changed, withdrawn, and answered by staff."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from members.accounts.models import User
from members.mailings.ledger import MailKind, enqueue
from projects.bypuls.models import (
    ProposalKind,
    ProposalState,
    Venue,
    VenueContact,
    VenueProposal,
)
from projects.bypuls.places import fields
from projects.bypuls.places.public_holidays import is_holiday
from vekst import formats

# Staff answer within so many working days.
ANSWER_DAYS = 3


class ProposalError(Exception):
    """What the sender or staff wants is not possible now; the message can be shown to them."""


class ConflictError(ProposalError):
    """The place has been changed since the proposal was written; `lines` tells where."""

    def __init__(self, lines: list[fields.Line]) -> None:
        names = ", ".join(line.label for line in lines)
        super().__init__(
            _("Dette er endret siden forslaget ble skrevet: %(names)s.") % {"names": names}
        )
        self.lines = lines


def answer_by(at: dt.datetime) -> dt.datetime:
    """Return when the sender shall have an answer: three working days on, at the same time of day."""
    moment, left = at, ANSWER_DAYS
    while left:
        moment += dt.timedelta(days=1)
        day = formats.local(moment)
        left -= day.weekday() < 5 and not is_holiday(dt.date(day.year, day.month, day.day))
    return moment


@transaction.atomic
def propose(
    contact: VenueContact, wanted: Mapping[str, Any], *, message: str = "", at: dt.datetime
) -> VenueProposal:
    """
    Keep what the contact wants changed, in place of what they have waiting already.

    Raises ProposalError when nothing is different and nothing said.
    """
    venue = Venue.objects.select_for_update().get(pk=contact.venue_id)
    waiting = open_proposal(contact, for_update=True)
    before = dict(waiting.changes) if waiting else {}
    # What an earlier proposal says of other fields stays in it.
    kept = {name: change for name, change in before.items() if name not in wanted}
    changes = kept | fields.difference(venue, wanted, at=at)
    message = message.strip() or (waiting.message if waiting else "")
    if not changes and not message:
        if waiting:
            _close(waiting, ProposalState.WITHDRAWN, at=at)
        raise ProposalError(_("Det er ingenting å endre: alt står slik fra før."))
    row = waiting or VenueProposal(
        venue=venue, kind=ProposalKind.CHANGE, sender_email=contact.email
    )
    row.changes, row.message, row.sender_name = changes, message, contact.name
    row.state, row.submitted_at, row.answer_by = ProposalState.SUBMITTED, at, answer_by(at)
    row.save()
    _mail(row, "proposal_received", MailKind.SUBMISSION_RECEIPT, f"venue-proposal-{row.pk}", at=at)
    return row


def open_proposal(contact: VenueContact, *, for_update: bool = False) -> VenueProposal | None:
    """Return what the contact has waiting, if anything."""
    rows = VenueProposal.objects.open().filter(
        venue=contact.venue_id, kind=ProposalKind.CHANGE, sender_email=contact.email
    )
    return (rows.select_for_update() if for_update else rows).first()


@transaction.atomic
def tip(
    venue: Venue, *, message: str, name: str = "", email: str = "", at: dt.datetime
) -> VenueProposal:
    """Keep what a passer-by says is wrong on a place's page."""
    row = VenueProposal.objects.create(
        venue=venue,
        kind=ProposalKind.TIP,
        message=message.strip(),
        sender_name=name.strip(),
        sender_email=email.strip().lower(),
        submitted_at=at,
        answer_by=answer_by(at),
    )
    _mail(row, "proposal_received", MailKind.SUBMISSION_RECEIPT, f"venue-proposal-{row.pk}", at=at)
    return row


@transaction.atomic
def set_exceptions(
    contact: VenueContact, rows: list[dict[str, str]], *, at: dt.datetime
) -> VenueProposal | None:
    """
    Let the coming exceptions from the opening hours be these. A trusted contact's are shown at once.

    Returns the proposal when staff must look at it first. Raises ProposalError.
    """
    if not contact.is_trusted:
        return propose(contact, {fields.EXCEPTIONS: rows}, at=at)
    venue = Venue.objects.select_for_update().get(pk=contact.venue_id)
    fields.write(venue, {fields.EXCEPTIONS: rows}, at=at)
    return None


@transaction.atomic
def accept(
    proposal_id: int,
    *,
    overwrite: bool | None = None,
    reply: str = "",
    by: User | None,
    at: dt.datetime,
) -> VenueProposal:
    """
    Write the proposal to the place and tell the sender. A tip is only answered.

    Where the place has been changed since: `overwrite` True takes the proposal, False leaves what is
    there and takes the rest, None raises ConflictError. Raises ProposalError.
    """
    row, venue = _locked(proposal_id)
    lines = fields.lines_of(venue, row.changes, at=at)
    conflicts = [line for line in lines if line.is_conflict]
    if conflicts and overwrite is None:
        raise ConflictError(conflicts)
    left = {line.name for line in conflicts} if overwrite is False else set()
    values = {line.name: row.changes[line.name]["to"] for line in lines if line.name not in left}
    fields.write(venue, values, at=at)
    return _decide(row, ProposalState.ACCEPTED, "proposal_accepted", reply, by=by, at=at)


@transaction.atomic
def ask_changes(proposal_id: int, *, reply: str, by: User | None, at: dt.datetime) -> VenueProposal:
    """Ask the sender for something else first. Raises ProposalError."""
    row, _venue = _locked(proposal_id)
    if row.kind != ProposalKind.CHANGE:
        raise ProposalError(_("Et tips kan besvares eller avslås, ikke endres."))
    if not reply.strip():
        raise ProposalError(_("Skriv hva som må endres."))
    return _decide(row, ProposalState.CHANGES_ASKED, "proposal_changes", reply, by=by, at=at)


@transaction.atomic
def refuse(proposal_id: int, *, reply: str, by: User | None, at: dt.datetime) -> VenueProposal:
    """Leave the place as it is, and tell the sender why. Raises ProposalError."""
    row, _venue = _locked(proposal_id)
    if row.sender_email and not reply.strip():
        raise ProposalError(_("Skriv hvorfor. Avsenderen får teksten på e-post."))
    return _decide(row, ProposalState.REFUSED, "proposal_refused", reply, by=by, at=at)


@transaction.atomic
def withdraw(contact: VenueContact, *, at: dt.datetime) -> None:
    """Take back what the contact has waiting."""
    row = open_proposal(contact, for_update=True)
    if row is not None:
        _close(row, ProposalState.WITHDRAWN, at=at)


def _close(row: VenueProposal, state: ProposalState, *, at: dt.datetime) -> None:
    row.state, row.decided_at = state, at
    row.save(update_fields=["state", "decided_at"])


def _locked(proposal_id: int) -> tuple[VenueProposal, Venue]:
    # The place first, as `propose` takes it: two locks in one order.
    venue_id = VenueProposal.objects.values_list("venue", flat=True).get(pk=proposal_id)
    venue = Venue.objects.select_for_update().get(pk=venue_id)
    row = VenueProposal.objects.select_for_update().get(pk=proposal_id)
    if not row.is_open:
        raise ProposalError(_("Forslaget er alt besvart."))
    row.venue = venue
    return row, venue


def _decide(
    row: VenueProposal,
    state: ProposalState,
    template: str,
    reply: str,
    *,
    by: User | None,
    at: dt.datetime,
) -> VenueProposal:
    row.state, row.reply = state, reply.strip()
    row.decided_at, row.decided_by = at, by
    row.save(update_fields=["state", "reply", "decided_at", "decided_by"])
    occasion = f"venue-proposal-{row.pk}-{at.timestamp():.6f}"
    _mail(row, template, MailKind.SUBMISSION_DECIDED, occasion, at=at)
    return row


def _mail(
    row: VenueProposal, template: str, kind: MailKind, occasion: str, *, at: dt.datetime
) -> None:
    if not row.sender_email:
        return
    context = {
        "proposal": row,
        "venue": row.venue,
        "is_tip": row.kind == ProposalKind.TIP,
        "venue_url": settings.SITE_URL + row.venue.get_absolute_url(),
        "keeping_url": settings.SITE_URL + reverse("bypuls:kept_venue", args=[row.venue.slug]),
        "programme": settings.PROGRAMME_NAME,
    }
    enqueue(
        kind=kind,
        subject=occasion,
        recipient=row.sender_email,
        title=render_to_string(f"bypuls/mail/{template}_subject.txt", context),
        text=render_to_string(f"bypuls/mail/{template}_body.txt", context).strip() + "\n",
        mandatory=True,
        at=at,
    )
