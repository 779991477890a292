"""What the editing page and the workflow page show of where a post stands, and what may be done next."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from members.accounts.models import User
from members.posts import rules, workflow
from members.posts.editing.pieces import words_mark
from members.posts.models import PUBLIC_STATES, EditorialRules, Post, PostState

S = PostState


@dataclass(frozen=True)
class MoveButton:
    """One thing that may be done with the post as it stands; `refusal` says why this person may not."""

    name: str
    label: str | Promise
    refusal: str = ""
    asks_why: bool = False
    is_main: bool = False


@dataclass(frozen=True)
class Flow:
    """Where the post stands. `seen` names the words that the page shows."""

    buttons: list[MoveButton]
    four_eyes: bool
    why_not_publish: str
    is_public: bool
    is_stale: bool
    seen: str


def flow_of(post: Post, *, by: User) -> Flow:
    """Return where the post stands and the buttons for this person. One query."""
    current = rules.current()
    is_public = post.state in PUBLIC_STATES
    return Flow(
        buttons=[] if is_public else list(_buttons(post, current, by)),
        four_eyes=current.four_eyes,
        why_not_publish="" if is_public else workflow.why_not_publish(post, current=current),
        is_public=is_public,
        is_stale=not is_public and workflow.written_since_approval(post),
        seen=words_mark(post),
    )


def _buttons(post: Post, current: EditorialRules, by: User) -> list[MoveButton]:
    refusal = workflow.why_not_approve(post, current=current, by=by)
    stale = workflow.written_since_approval(post)
    found = []
    if post.state == S.DRAFT:
        found.append(MoveButton("submit", _("Send til gjennomlesing"), is_main=True))
    if post.state == S.REVIEW and refusal and post.submitted_by_id != by.pk:
        found.append(MoveButton("submit", _("Send til gjennomlesing i mitt navn")))
    if post.state == S.REVIEW or (post.state == S.DRAFT and not current.four_eyes):
        is_main = post.state == S.REVIEW
        found.append(MoveButton("approve", _("Godkjenn"), refusal, is_main=is_main))
    if post.state in (S.APPROVED, S.SCHEDULED) and (stale or post.approved_at is None):
        found.append(MoveButton("approve", _("Godkjenn slik den er nå"), refusal, is_main=True))
    if post.state == S.SCHEDULED:
        found.append(MoveButton("unschedule", _("Ta av planen")))
    if post.state in (S.REVIEW, S.APPROVED, S.SCHEDULED):
        found.append(MoveButton("send-back", _("Send tilbake til kladd"), asks_why=True))
    return found
