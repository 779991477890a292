"""Unsaved words, kept for their writer every few seconds, and who has which part open just now."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from members.accounts.models import User
from members.posts.models import EditingPresence, EditPlace, PieceDraft, Post, PostItem

# Three heartbeats of a form that is open.
PRESENCE = datetime.timedelta(seconds=45)


def keep(
    *,
    post: Post,
    item: PostItem | None,
    place: EditPlace,
    fields: Mapping[str, Any],
    base_version: int,
    at: datetime.datetime,
    by: User,
) -> PieceDraft:
    """Write the person's unsaved words over those of some seconds ago. It is never a version."""
    draft, _made = PieceDraft.objects.update_or_create(
        post=post,
        item=item,
        place=place,
        by=by,
        defaults={"fields": dict(fields), "base_version": base_version, "saved_at": at},
    )
    return draft


def discard(*, post: Post, item: PostItem | None, place: EditPlace, by: User) -> None:
    """Throw the person's unsaved words of that part away, once they are saved or given up."""
    PieceDraft.objects.filter(post=post, item=item, place=place, by=by).delete()


def of_person(*, post: Post, by: User) -> dict[tuple[str, int | None], PieceDraft]:
    """Return the person's unsaved words by place and piece. One query."""
    found = PieceDraft.objects.filter(post=post, by=by).order_by("pk")
    return {(draft.place, draft.item_id): draft for draft in found}


def be_here(
    *, post: Post, item: PostItem | None, place: EditPlace, at: datetime.datetime, by: User
) -> None:
    """Note that the person has that part open. Nobody is kept out by it."""
    EditingPresence.objects.update_or_create(
        post=post, item=item, place=place, by=by, defaults={"seen_at": at}
    )


def leave(*, post: Post, item: PostItem | None, place: EditPlace, by: User) -> None:
    """Note that the person has closed that part."""
    EditingPresence.objects.filter(post=post, item=item, place=place, by=by).delete()


def others_here(*, post: Post, at: datetime.datetime, by: User) -> QuerySet[EditingPresence]:
    """Return who else has which part open at `at`."""
    found = EditingPresence.objects.filter(post=post, seen_at__gt=at - PRESENCE).exclude(by=by)
    return found.select_related("by", "item").order_by("by__last_name", "pk")


def presence_text(presence: EditingPresence) -> str:
    """Say who is where, in words."""
    name = presence.by.get_full_name() or _("En annen redaktør")
    if presence.item is not None:
        return _("%(name)s skriver i «%(piece)s»") % {"name": name, "piece": presence.item.heading}
    if presence.place == EditPlace.HEAD:
        return _("%(name)s skriver i tittel og ingress") % {"name": name}
    return _("%(name)s skriver en ny bit") % {"name": name}


def remove_old(at: datetime.datetime, dry_run: bool) -> int:
    """Remove unsaved words that nobody came back to within 30 days, and yesterday's presences."""
    drafts = PieceDraft.objects.filter(saved_at__lt=at - datetime.timedelta(days=30))
    presences = EditingPresence.objects.filter(seen_at__lt=at - datetime.timedelta(days=1))
    if dry_run:
        return drafts.count() + presences.count()
    return drafts.delete()[0] + presences.delete()[0]
