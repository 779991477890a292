"""What the weekly post holds on the person of an account."""

from typing import Any

from members.accounts.models import User
from members.posts.models import (
    CorrectionNote,
    PictureConsent,
    PieceDraft,
    PostComment,
    PostMove,
    PostVersion,
    ReviewLink,
)


def own_data(user: User) -> dict[str, Any]:
    """Return the person's remarks, unsaved words, moves, consents and links to drafts. Eight queries."""
    comments = PostComment.objects.filter(by=user).order_by("written_at", "pk")
    drafts = PieceDraft.objects.filter(by=user).order_by("saved_at", "pk")
    # A link was mailed to an address; nobody signs in with one that is not theirs.
    links = ReviewLink.objects.filter(email__iexact=user.email).order_by("made_at", "pk")
    by_link = PostComment.objects.filter(review_link__in=links).order_by("written_at", "pk")
    moves = PostMove.objects.filter(by=user).order_by("at", "pk")
    notes = CorrectionNote.objects.filter(by=user).order_by("noted_at", "pk")
    versions = PostVersion.objects.filter(by=user).order_by("made_at", "pk")
    shown = PictureConsent.objects.filter(email__iexact=user.email).order_by("given_on", "pk")
    return {
        "consents_to_be_shown": list(
            shown.values(
                *("person", "how", "purpose", "given_on", "expires_on", "withdrawn_at"),
                "picture__description",
            )
        ),
        "comments": list(comments.values("post__title", "text", "written_at", "resolved_at")),
        "unsaved_words": list(drafts.values("post__title", "fields", "saved_at")),
        "versions": list(versions.values("post__title", "name", "made_at")),
        "moves": list(moves.values("post__title", "from_state", "to_state", "at", "why")),
        "corrections": list(notes.values("post__title", "kind", "text", "noted_at")),
        "links_to_drafts": list(
            links.values("post__title", "name", "email", "made_at", "expires_at", "approved_at")
        ),
        "comments_by_link": list(by_link.values("post__title", "text", "written_at")),
    }
