"""What the weekly post holds on the person of an account."""

from typing import Any

from members.accounts.models import User
from members.posts.models import PieceDraft, PostComment, PostVersion


def own_data(user: User) -> dict[str, Any]:
    """Return the person's remarks, unsaved words and versions. Three queries."""
    comments = PostComment.objects.filter(by=user).order_by("written_at", "pk")
    drafts = PieceDraft.objects.filter(by=user).order_by("saved_at", "pk")
    versions = PostVersion.objects.filter(by=user).order_by("made_at", "pk")
    return {
        "comments": list(comments.values("post__title", "text", "written_at", "resolved_at")),
        "unsaved_words": list(drafts.values("post__title", "fields", "saved_at")),
        "versions": list(versions.values("post__title", "name", "made_at")),
    }
