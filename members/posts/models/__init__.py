from members.posts.models.comment import PostComment
from members.posts.models.draft import EditingPresence, EditPlace, PieceDraft
from members.posts.models.post import (
    LIVE_STATES,
    PUBLIC_STATES,
    Photo,
    Post,
    PostItem,
    PostState,
    Weekday,
    weeks_in,
)
from members.posts.models.version import PostVersion, VersionKind

__all__ = [
    "EditPlace",
    "EditingPresence",
    "PieceDraft",
    "PostComment",
    "PostVersion",
    "VersionKind",
    "LIVE_STATES",
    "PUBLIC_STATES",
    "Photo",
    "Post",
    "PostItem",
    "PostState",
    "Weekday",
    "weeks_in",
]
