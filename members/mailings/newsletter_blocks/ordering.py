"""Add, move and drop the parts of a newsletter that is not on its way yet."""

import datetime

from django.db import transaction
from django.db.models import Max

from members.accounts.models import User
from members.mailings.models import BlockKind, Newsletter, NewsletterBlock, NewsletterState

# Only these may be changed; whoever wants to change another takes it back to a draft first.
EDITABLE_STATES = (NewsletterState.DRAFT, NewsletterState.REVIEW)


class NotEditableError(Exception):
    """The newsletter is approved, planned or gone."""


@transaction.atomic
def add(*, newsletter: Newsletter, kind: str) -> NewsletterBlock:
    """Put a new part last. Raises NotEditableError; ValueError for no kind of ours."""
    check_editable(newsletter)
    last = newsletter.parts.aggregate(last=Max("position"))["last"]
    return NewsletterBlock.objects.create(
        newsletter=newsletter, kind=BlockKind(kind), position=0 if last is None else last + 1
    )


@transaction.atomic
def move(*, newsletter: Newsletter, pk: int, step: int) -> None:
    """Let the part change places with the one before (-1) or after (1); at the end it stays."""
    check_editable(newsletter)
    parts = list(newsletter.parts.order_by("position", "pk"))
    index = next((i for i, part in enumerate(parts) if part.pk == pk), None)
    if index is None or not 0 <= index + step < len(parts):
        return
    one, other = parts[index], parts[index + step]
    one.position, other.position = other.position, one.position
    NewsletterBlock.objects.bulk_update([one, other], ["position"])


@transaction.atomic
def save(*, newsletter: Newsletter, part: NewsletterBlock) -> None:
    """Write what an editor set for the part. One that is gone meanwhile stays gone."""
    check_editable(newsletter)
    newsletter.parts.filter(pk=part.pk).update(
        title=part.title, text=part.text, days_ahead=part.days_ahead, most=part.most
    )


@transaction.atomic
def drop(*, newsletter: Newsletter, pk: int) -> None:
    """Take the part out. One that is gone already is no fault."""
    check_editable(newsletter)
    newsletter.parts.filter(pk=pk).delete()


@transaction.atomic
def note_change(*, newsletter: Newsletter, at: datetime.datetime, by: User) -> None:
    """Write down who changed it last: whoever approves it has seen that. Raises NotEditableError."""
    check_editable(newsletter)
    Newsletter.objects.filter(pk=newsletter.pk).update(edited_at=at, edited_by=by)


def check_editable(newsletter: Newsletter) -> None:
    """Lock the newsletter, and raise NotEditableError unless it may be changed."""
    current = Newsletter.objects.select_for_update().get(pk=newsletter.pk)
    if current.state not in EDITABLE_STATES:
        raise NotEditableError
