"""What the portal holds on the person of an account, as a file; and the end of the account."""

import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from members.accounts.models import User
from members.companies.models import Contact, Seat
from members.mailings.models import Delivery, MailKind


class StaffAccountError(Exception):
    """Accounts of staff are closed by the programme office, since others' work hangs on them."""


def export(user: User, *, at: datetime.datetime) -> dict[str, Any]:
    """Return everything held on the person: account, roles in companies, seats in forums, mail sent."""
    contacts = Contact.objects.filter(user=user).select_related("company").order_by("pk")
    seats = (
        Seat.objects.filter(Q(delegate=user) | Q(deputy=user))
        .select_related("forum", "company")
        .order_by("pk")
    )
    mail = (
        Delivery.objects.filter(recipient=user.email.lower())
        .select_related("body")
        .order_by("created_at", "pk")
    )
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
        "company_roles": [
            {
                "company": contact.company.name,
                "orgnr": contact.company.orgnr,
                "role": contact.role,
                "since": contact.since_date,
                "until": contact.until_date,
            }
            for contact in contacts
        ],
        "forum_seats": [
            {
                "forum": seat.forum.name,
                "company": seat.company.name,
                "as": "delegate" if seat.delegate_id == user.pk else "deputy",
                "name": seat.delegate_name if seat.delegate_id == user.pk else "",
                "title": seat.delegate_title if seat.delegate_id == user.pk else "",
                "since": seat.since_date,
                "until": seat.until_date,
            }
            for seat in seats
        ],
        "mail": [
            {
                "kind": delivery.kind,
                "title": delivery.body.title,
                "state": delivery.state,
                "created_at": delivery.created_at,
                "finished_at": delivery.finished_at,
            }
            for delivery in mail
        ],
    }


@transaction.atomic
def erase_account(user: User) -> None:
    """
    Delete the account with its roles, its name in forums and its sign-in mail.

    Receipts for what was sent in, and subscriptions, live by their own rules for deletion.
    Raises StaffAccountError for staff.
    """
    if user.is_staff or user.is_superuser:
        raise StaffAccountError
    Seat.objects.filter(delegate=user).update(
        delegate=None, delegate_name="", delegate_title="", name_shown_by_consent=False
    )
    Delivery.objects.filter(kind=MailKind.SIGN_IN, recipient=user.email.lower()).delete()
    user.delete()
