"""What events hold on one person, for the file that the person may ask for."""

from typing import Any

from members.accounts.models import User
from projects.bypuls.models import Event, SignUp, VenueContact, VenuePhoto, VenueProposal


def own_data(user: User) -> dict[str, Any]:
    """Return the sign-ups of the account's address, and the events that were sent in from it."""
    signups = SignUp.objects.filter(email=user.email.lower()).order_by("created_at", "pk")
    events = Event.objects.filter(submitter_email__iexact=user.email).order_by("submitted_at", "pk")
    return {
        "sign_ups": list(
            signups.values(
                "event__title",
                "event__starts_at",
                "name",
                "email",
                "size",
                "companions",
                "note",
                "diet",
                "wants_reminder",
                "language",
                "state",
                "created_at",
                "promoted_at",
                "cancelled_at",
            )
        ),
        "events_sent_in": list(
            events.values(
                "title",
                "starts_at",
                "publication",
                "submitter_name",
                "submitter_email",
                "submitted_at",
                "moderation_note",
            )
        ),
        "places_kept": list(
            VenueContact.objects.filter(email=user.email.lower())
            .order_by("pk")
            .values("venue__name", "name", "email", "is_trusted", "added_at")
        ),
        "proposals_about_places": list(
            VenueProposal.objects.filter(sender_email=user.email.lower())
            .order_by("pk")
            .values(
                *("venue__name", "kind", "state", "changes", "message", "sender_name"),
                *("sender_email", "submitted_at", "decided_at", "reply"),
            )
        ),
        "photos_of_places": list(
            VenuePhoto.objects.filter(sent_by=user.email.lower())
            .order_by("pk")
            .values("venue__name", "alt", "credit", "sent_at", "approved_at")
        ),
    }
