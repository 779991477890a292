"""What the weekly post holds on the person of an account."""

from typing import Any

from members.accounts.models import User
from members.posts.models import PictureConsent, PieceDraft, PostComment, PostVersion


def own_data(user: User) -> dict[str, Any]:
    """Return the person's remarks, unsaved words, versions, and consents to be shown. Four queries."""
    comments = PostComment.objects.filter(by=user).order_by("written_at", "pk")
    drafts = PieceDraft.objects.filter(by=user).order_by("saved_at", "pk")
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
    }
