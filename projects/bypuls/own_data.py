"""What events hold on one person, for the file that the person may ask for."""

from typing import Any

from members.accounts.models import User
from projects.bypuls.events.survey import answer_key
from projects.bypuls.models import (
    Answer,
    DoorLink,
    Event,
    EventLogEntry,
    EventMessage,
    EventOrganiser,
    Invitation,
    OwnCalendar,
    SeriesSignUp,
    SignUp,
    SubmissionNote,
    SurveyAnswer,
    VenueContact,
    VenuePhoto,
    VenueProposal,
)


def own_data(user: User) -> dict[str, Any]:
    """Return what the account's address signed up for, was invited to and sent in."""
    address = user.email.lower()
    return _coming(address) | _sent_in(address) | _about_places(address) | _organised(user, address)


def _coming(address: str) -> dict[str, Any]:
    signups = SignUp.objects.filter(email=address).order_by("created_at", "pk")
    answers = Answer.objects.filter(signup__email=address).order_by("signup", "question", "pk")
    series = SeriesSignUp.objects.filter(email=address).order_by("created_at", "pk")
    invitations = Invitation.objects.filter(email=address).order_by("created_at", "pk")
    return {
        "sign_ups": list(
            signups.values(
                *("event__title", "event__starts_at", "name", "email", "size", "companions"),
                *("note", "diet", "company__name", "shows_name", "wants_reminder", "language"),
                "own_reminder",
                *("state", "created_at", "offered_at", "offer_expires_at", "promoted_at"),
                *("asked_at", "answer_due_at", "confirmed_at", "cancelled_at", "checked_in_at"),
            )
        ),
        "answers": list(answers.values("signup__event__title", "question__text", "text")),
        # Named by a hash of the sign-up, which is known as long as the sign-up is.
        "survey_answers": list(
            SurveyAnswer.objects.filter(key__in=[answer_key(row.pk) for row in signups])
            .order_by("pk")
            .values("event__title", "rating", "would_come_again", "text", "answered_on")
        ),
        "series_sign_ups": list(
            series.values(
                "series__title", "name", "email", "size", "language", "created_at", "cancelled_at"
            )
        ),
        "own_calendar": list(OwnCalendar.objects.filter(email=address).values("created_at")),
        "invitations": list(
            invitations.values(
                "event__title", "name", "email", "company__name", "created_at", "withdrawn_at"
            )
        ),
    }


def _sent_in(address: str) -> dict[str, Any]:
    notes = SubmissionNote.objects.filter(event__submitter_email__iexact=address)
    events = Event.objects.filter(submitter_email__iexact=address).order_by("submitted_at", "pk")
    return {
        "events_sent_in": list(
            events.values(
                *("title", "starts_at", "publication", "submitter_name", "submitter_email"),
                *("submitted_at", "moderation_note"),
            )
        ),
        "events_sent_in_conversation": list(
            notes.order_by("created_at", "pk").values("event__title", "kind", "text", "created_at")
        ),
    }


def _about_places(address: str) -> dict[str, Any]:
    kept = VenueContact.objects.filter(email=address).order_by("pk")
    proposals = VenueProposal.objects.filter(sender_email=address).order_by("pk")
    photos = VenuePhoto.objects.filter(sent_by=address).order_by("pk")
    return {
        "places_kept": list(kept.values("venue__name", "name", "email", "is_trusted", "added_at")),
        "proposals_about_places": list(
            proposals.values(
                *("venue__name", "kind", "state", "changes", "message", "sender_name"),
                *("sender_email", "submitted_at", "decided_at", "reply"),
            )
        ),
        "photos_of_places": list(
            photos.values("venue__name", "alt", "credit", "sent_at", "approved_at")
        ),
    }


def _organised(user: User, address: str) -> dict[str, Any]:
    runs = EventOrganiser.objects.filter(email=address).order_by("added_at", "pk")
    done = EventLogEntry.objects.filter(by=user).order_by("at", "pk")
    written = EventMessage.objects.filter(sender=user).order_by("written_at", "pk")
    links = DoorLink.objects.filter(made_by=user).order_by("made_at", "pk")
    return {
        "events_organised": list(runs.values("event__title", "email", "name", "added_at")),
        "done_as_organiser": list(done.values("event__title", "kind", "detail", "at")),
        "messages_written": list(
            written.values("event__title", "audience", "title", "text", "written_at")
        ),
        "door_links": list(links.values("event__title", "label", "made_at", "withdrawn_at")),
    }
