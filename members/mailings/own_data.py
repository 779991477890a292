"""What the mail ledger holds on the person of an account, beyond the messages themselves."""

from typing import Any

from django.db.models import F

from members.accounts.models import User
from members.mailings.models import Bounce, MailLookup, SubscriptionRequest


def own_data(user: User) -> dict[str, Any]:
    """Return what came back from the person's address, who asked, and each look by staff. Three queries."""
    email = user.email.lower()
    bounces = Bounce.objects.filter(delivery__recipient=email).order_by("happened_at", "pk")
    asked = SubscriptionRequest.objects.filter(email=email).order_by("requested_at", "pk")
    looks = MailLookup.objects.filter(email=email).order_by("at", "pk")
    return {
        "returned_mail": list(
            bounces.values("kind", "detail", "happened_at", title=F("delivery__body__title"))
        ),
        "newsletter_sign_ups": list(
            asked.values("topics", "language", "source", "requested_at", "confirmed_at")
        ),
        # That somebody looked is the person's to know; who it was is for the office to answer for.
        "looked_up_by_staff": list(looks.values("at", "found")),
    }
