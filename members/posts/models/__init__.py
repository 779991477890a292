from members.posts.models.card import CardKind, PostCard
from members.posts.models.comment import PostComment
from members.posts.models.draft import EditingPresence, EditPlace, PieceDraft
from members.posts.models.picture import ConsentHow, ConsentPurpose, Picture, PictureConsent
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
from members.posts.models.rules import CheckLevel, EditorialRules
from members.posts.models.version import PostVersion, VersionKind
from members.posts.models.workflow import CorrectionNote, NoteKind, PostMove, ReviewLink

__all__ = [
    "ConsentHow",
    "ConsentPurpose",
    "CardKind",
    "PostCard",
    "CheckLevel",
    "CorrectionNote",
    "EditorialRules",
    "NoteKind",
    "PostMove",
    "ReviewLink",
    "EditPlace",
    "EditingPresence",
    "PieceDraft",
    "PostComment",
    "PostVersion",
    "VersionKind",
    "LIVE_STATES",
    "PUBLIC_STATES",
    "Photo",
    "Picture",
    "PictureConsent",
    "Post",
    "PostItem",
    "PostState",
    "Weekday",
    "weeks_in",
]
