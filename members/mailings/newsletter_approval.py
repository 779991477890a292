"""Let somebody else read a newsletter before it goes out."""

import datetime

from django.db import transaction

from members.accounts.models import User
from members.mailings import mail_rules, newsletter_notices
from members.mailings.models import MailRules, Newsletter, NewsletterState
from members.mailings.newsletter_moves import locked, move
from members.mailings.newsletter_showing import check_content

S = NewsletterState


class NotApprovedError(Exception):
    """The rules want somebody else to approve the newsletter first."""


class OwnWorkError(Exception):
    """The person has made or changed the newsletter, and the rules want another to approve it."""


class ChangedError(Exception):
    """The newsletter was changed after the person looked at it."""


@transaction.atomic
def submit(*, newsletter: Newsletter, at: datetime.datetime, by: User, note: str = "") -> None:
    """
    Ask for approval; the others who may give it are told by mail.

    Raises IllegalMoveError, NothingToSendError, ProblemsError.
    """
    newsletter = locked(newsletter)
    check_content(newsletter)
    made = move(newsletter, S.REVIEW, at=at, by=by, note=note)
    newsletter_notices.tell_review(newsletter, made)


@transaction.atomic
def approve(
    *,
    newsletter: Newsletter,
    seen_at: datetime.datetime | None,
    at: datetime.datetime,
    by: User,
    note: str = "",
) -> None:
    """
    Approve the newsletter as it was when it had last been changed at `seen_at`.

    Raises ChangedError when it was changed since, OwnWorkError when the rules want another to approve it,
    IllegalMoveError, NothingToSendError and ProblemsError.
    """
    newsletter = locked(newsletter)
    if newsletter.edited_at != seen_at:
        raise ChangedError
    if by.pk in newsletter.hands and mail_rules.current().four_eyes:
        raise OwnWorkError
    check_content(newsletter)
    newsletter.approved_by, newsletter.approved_at = by, at
    newsletter.save(update_fields=["approved_by", "approved_at"])
    move(newsletter, S.APPROVED, at=at, by=by, note=note)


def check_approved(newsletter: Newsletter) -> None:
    """Raise NotApprovedError when the rules want an approval and there is none."""
    if lacks_approval(newsletter, mail_rules.current()):
        raise NotApprovedError


def lacks_approval(newsletter: Newsletter, rules: MailRules) -> bool:
    """Tell whether the rules want somebody else to approve it. Its makers' own, from before the rule, is none."""
    is_own = newsletter.approved_by_id in newsletter.hands
    return rules.four_eyes and (newsletter.approved_at is None or is_own)
