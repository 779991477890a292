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

__all__ = [
    "LIVE_STATES",
    "PUBLIC_STATES",
    "Photo",
    "Post",
    "PostItem",
    "PostState",
    "Weekday",
    "weeks_in",
]
