"""
The way of a listing from sender to strangers and out again.

Every step locks the row first, so that two people who press a button at once make one step, and writes
its mail in the same transaction. The sender has no account: a signed link in each mail is the key.
"""

import datetime
from typing import TypeVar, cast

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from members.accounts.models import User
from members.mailings.ledger import MailKind
from projects.digital_stemme import sender_mail
from projects.digital_stemme.models import Home, Vacancy
from projects.digital_stemme.models.choices import HomeSource, VacancySource
from projects.digital_stemme.models.slugs import listing_slug
from vekst.moderation import IllegalMoveError, ModerationState, check_move

__all__ = ["IllegalMoveError"]

ListingT = TypeVar("ListingT", bound=Home | Vacancy)

HOME_SHOWN_FOR = datetime.timedelta(days=60)
VACANCY_SHOWN_FOR = datetime.timedelta(days=30)
WARNED_BEFORE = datetime.timedelta(days=5)


def _rows(listing: ListingT) -> QuerySet[ListingT]:
    return cast("QuerySet[ListingT]", type(listing)._base_manager.all())


def _locked(listing: ListingT) -> ListingT:
    return _rows(listing).select_for_update(of=("self",)).get(pk=listing.pk)


def _set_end(listing: Home | Vacancy, *, at: datetime.datetime) -> None:
    """Let the listing end when it should: on the day chosen, at the deadline, or after the usual time."""
    if isinstance(listing, Home):
        # A form leaves it empty, whatever the column demands.
        last_day: datetime.date | None = listing.expires_on
        if last_day is None or last_day < timezone.localdate(at):
            listing.expires_on = timezone.localdate(at) + HOME_SHOWN_FOR
        return
    ends_at: datetime.datetime | None = listing.expires_at
    if listing.due_on and listing.due_on >= timezone.localdate(at):
        midnight = datetime.datetime.combine(
            listing.due_on + datetime.timedelta(days=1), datetime.time()
        )
        listing.expires_at = timezone.make_aware(midnight)
    elif listing.due_on or ends_at is None or ends_at <= at:
        listing.expires_at = at + VACANCY_SHOWN_FOR


@transaction.atomic
def submit(listing: ListingT, *, at: datetime.datetime) -> ListingT:
    """
    Store what a form holds, and mail its sender a receipt with the link for changes.

    The same form a second time (a double click) returns the listing that is already there.
    """
    listing.slug = listing_slug(listing.title)
    listing.state = ModerationState.SUBMITTED
    listing.submitted_at = at
    _set_end(listing, at=at)
    try:
        # Two equal forms at the same moment meet in the unique key; the second one loses here.
        with transaction.atomic():
            listing.save(force_insert=True)
    except IntegrityError:
        stored = _rows(listing).filter(submission_key=listing.submission_key).first()
        if stored is None:
            raise
        return stored
    sender_mail.write(listing, event="submitted", kind=MailKind.SUBMISSION_RECEIPT, at=at)
    return listing


@transaction.atomic
def change(listing: ListingT, *, at: datetime.datetime) -> ListingT:
    """
    Store the sender's changes in `listing` and send it to be looked through again.

    Something published leaves the public pages until then. Raises IllegalMoveError.
    """
    current = _locked(listing)
    if current.state != ModerationState.SUBMITTED:
        check_move(current.state, ModerationState.SUBMITTED)
    listing.state = ModerationState.SUBMITTED
    listing.version = current.version + 1
    listing.submitted_at = at
    listing.moderation_note = ""
    _set_end(listing, at=at)
    listing.save()
    sender_mail.write(listing, event="submitted", kind=MailKind.SUBMISSION_RECEIPT, at=at)
    return listing


@transaction.atomic
def publish(listing: ListingT, *, by: User, at: datetime.datetime) -> ListingT:
    """Show the listing to everyone and tell the sender. Raises IllegalMoveError."""
    current = _locked(listing)
    check_move(current.state, ModerationState.PUBLISHED)
    # One that comes back is new again; one that was only corrected keeps its place in the list.
    if current.published_at is None or current.closed_at is not None:
        current.published_at = at
    current.state = ModerationState.PUBLISHED
    current.closed_at = None
    current.moderation_note = ""
    current.decided_by = by
    _set_end(current, at=at)
    current.save()
    sender_mail.write(current, event="published", kind=MailKind.SUBMISSION_DECIDED, at=at)
    return current


@transaction.atomic
def ask_changes(listing: ListingT, *, note: str, by: User, at: datetime.datetime) -> ListingT:
    """Take the listing back to its sender with a note of what to change. Raises IllegalMoveError."""
    current = _locked(listing)
    check_move(current.state, ModerationState.CHANGES_ASKED)
    current.state = ModerationState.CHANGES_ASKED
    current.moderation_note = note
    current.decided_by = by
    current.save(update_fields=["state", "moderation_note", "decided_by", "updated_at"])
    sender_mail.write(current, event="changes_asked", kind=MailKind.SUBMISSION_DECIDED, at=at)
    return current


@transaction.atomic
def withdraw(listing: ListingT, *, by: User | None, at: datetime.datetime) -> ListingT:
    """
    Take the listing away for good: by its sender (`by` is None), or by staff, who tell the sender.

    Raises IllegalMoveError, also when it is already withdrawn.
    """
    current = _locked(listing)
    check_move(current.state, ModerationState.WITHDRAWN)
    current.state = ModerationState.WITHDRAWN
    current.closed_at = at
    current.decided_by = by
    current.save(update_fields=["state", "closed_at", "decided_by", "updated_at"])
    if by is not None:
        sender_mail.write(current, event="withdrawn", kind=MailKind.SUBMISSION_DECIDED, at=at)
    return current


def expire_due(*, at: datetime.datetime) -> int:
    """Close what is past its end, and return how many. Safe to run twice and in parallel."""
    homes = Home._base_manager.filter(
        state=ModerationState.PUBLISHED, expires_on__lt=timezone.localdate(at)
    )
    vacancies = Vacancy._base_manager.filter(state=ModerationState.PUBLISHED, expires_at__lte=at)
    closed = {"state": ModerationState.EXPIRED, "closed_at": at, "updated_at": at}
    # NAV's terms: what is over keeps neither its contact nor the raw answer.
    ended = vacancies.filter(source=VacancySource.NAV).update(**closed, **NO_CONTACT, raw=None)
    return ended + homes.update(**closed) + vacancies.update(**closed)


NO_CONTACT: dict[str, object] = {
    "contact_name": "",
    "contact_email": "",
    "contact_phone": "",
    "show_email": False,
    "show_phone": False,
}


def warn_before_expiry(*, at: datetime.datetime) -> int:
    """
    Mail the senders of what ends within five days, once for each end, and return how many mails.

    The ledger's unique key is what makes it once: the subject names the listing and its last day.
    """
    today = timezone.localdate(at)
    homes = Home.objects.public(at).filter(
        source=HomeSource.OWN, is_example=False, expires_on__lte=today + WARNED_BEFORE
    )
    vacancies = Vacancy.objects.public(at).filter(
        source=VacancySource.OWN, is_example=False, expires_at__lte=at + WARNED_BEFORE
    )
    written = 0
    for listing in [*homes.defer("search"), *vacancies.defer("search")]:
        mail = sender_mail.write(
            listing, event="expiring", kind=MailKind.SUBMISSION_EXPIRING, at=at
        )
        written += mail is not None
    return written
