"""What members' pages hold on the person of an account, for a file; and the end of the account."""

import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, ProtectedError, Q

from members.accounts.models import User
from members.companies.models import Contact, Seat
from members.mailings.models import Delivery, MailKind, Subscriber, Suppression, WelcomeJourney


class StaffAccountError(Exception):
    """Accounts of staff are closed by the programme office, since others' work hangs on them."""


class AccountInUseError(Exception):
    """The account stands in a record that must be kept, such as the protocol of a vote."""


def export(user: User, *, at: datetime.datetime) -> dict[str, Any]:
    """Return everything held on the person here: account, roles, seats, subscription, mail sent."""
    email = user.email.lower()
    return {
        "exported_at": at,
        "account": {
            "email": user.email,
            "first_name": user.first_name,
            "last_name": user.last_name,
            "phone": user.phone,
            "date_joined": user.date_joined,
            "last_login": user.last_login,
            "roles": sorted(user.role_names),
        },
        "company_roles": _company_roles(user),
        "forum_seats": _forum_seats(user),
        "subscription": _subscription(email),
        "blocked_addresses": list(
            Suppression.objects.filter(email=email)
            .order_by("since_at", "pk")
            .values("reason", "since_at", "lifted_at")
        ),
        "mail": list(
            Delivery.objects.filter(recipient=email)
            .order_by("created_at", "pk")
            .values("kind", "state", "created_at", "finished_at", title=F("body__title"))
        ),
    }


def _company_roles(user: User) -> list[dict[str, Any]]:
    contacts = Contact.objects.filter(user=user).select_related("company").order_by("pk")
    return [
        {
            "company": contact.company.name,
            "orgnr": contact.company.orgnr,
            "role": contact.role,
            "since": contact.since_date,
            "until": contact.until_date,
        }
        for contact in contacts
    ]


def _forum_seats(user: User) -> list[dict[str, Any]]:
    seats = (
        Seat.objects.filter(Q(delegate=user) | Q(deputy=user))
        .select_related("forum", "company")
        .order_by("pk")
    )
    return [
        {
            "forum": seat.forum.name,
            "company": seat.company.name,
            "as": "delegate" if seat.delegate_id == user.pk else "deputy",
            # A deputy's seat carries the delegate's name, which is another person's.
            "name": seat.delegate_name if seat.delegate_id == user.pk else "",
            "title": seat.delegate_title if seat.delegate_id == user.pk else "",
            "since": seat.since_date,
            "until": seat.until_date,
        }
        for seat in seats
    ]


def _subscription(email: str) -> dict[str, Any] | None:
    subscriber = Subscriber.objects.filter(email=email).first()
    if subscriber is None:
        return None
    consents = subscriber.consents.order_by("given_at", "pk")
    journeys = WelcomeJourney.objects.filter(subscriber=subscriber)
    return {
        "language": subscriber.language,
        "audiences": subscriber.audiences,
        "frequency": subscriber.frequency,
        "confirmed_at": subscriber.confirmed_at,
        "unsubscribed_at": subscriber.unsubscribed_at,
        "paused_until": subscriber.paused_until,
        "welcome_series": journeys.values("started_at", "stopped_at", "source").first(),
        "consents": list(
            consents.values(
                "topic", "text", "version", "source", "given_at", "withdrawn_at", "withdrawn_source"
            )
        ),
    }


@transaction.atomic
def erase_account(user: User) -> None:
    """
    Delete the account with its roles, its name in forums and its sign-in mail.

    Receipts for what was sent in, and subscriptions, live by their own rules for deletion.
    Raises StaffAccountError for staff, and AccountInUseError, with nothing changed, for somebody whose
    name a protocol needs.
    """
    if user.is_staff or user.is_superuser:
        raise StaffAccountError
    Seat.objects.filter(delegate=user).update(
        delegate=None, delegate_name="", delegate_title="", name_shown_by_consent=False
    )
    Delivery.objects.filter(kind=MailKind.SIGN_IN, recipient=user.email.lower()).delete()
    try:
        user.delete()
    except ProtectedError as error:
        raise AccountInUseError from error
