"""What the editing page shows, gathered with a fixed number of queries."""

import datetime
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from members.accounts.models import User
from members.posts import cards, checks, proposals
from members.posts.admin.editing_forms import CommentForm, HeadForm, PieceForm, hidden
from members.posts.cards import LiveCard
from members.posts.checks import readability
from members.posts.checks.marking import mark_long_sentences
from members.posts.editing import drafts, pieces
from members.posts.editing.differences import Difference
from members.posts.editing.drafts import presence_text
from members.posts.models import EditPlace, Photo, PieceDraft, Post, PostCard, PostComment, PostItem
from members.posts.reading import with_photos

# What the page says after something was done, by the word in its address.
DONE = {
    "lagret": _("Lagret."),
    "lagt-til": _("Biten er lagt til."),
    "flyttet": _("Biten er flyttet."),
    "fjernet": _("Biten er fjernet."),
    "tilbake": _("Biten er lagt tilbake."),
    "bilde-inn": _("Bildet er satt inn."),
    "flyttet-bilde": _("Bildet er flyttet."),
    "bilde-ut": _("Bildet er tatt ut av posten. Det ligger fortsatt blant bildene."),
    "bilde-borte": _("Noen har tatt bildet ut av posten. Det du skrev om det, er ikke lagret."),
    "forkastet": _("Den ulagrede teksten er kastet."),
    "kommentert": _("Kommentaren er lagret."),
    "lost": _("Kommentaren er merket som løst."),
    "apnet": _("Kommentaren er åpnet igjen."),
    "tatt-med": _("Tatt med. Biten står blant de andre, og kan endres og flyttes."),
    "tatt-med-flere": _("Tatt med. Bitene står blant de andre, og kan endres og flyttes."),
    "ingen-valgt": _("Kryss av for minst ett forslag."),
    "sto-der": _("Det står alt i posten."),
    "publisert-imens": _(
        "Posten er publisert siden siden ble åpnet. Det du tar med nå, ser leserne med en gang."
    ),
    "foreslas-ikke": _("Det foreslås ikke lenger: noe er endret siden siden ble åpnet."),
    "kort-lagt-til": _("Kortet står under biten."),
    "kort-flyttet": _("Kortet er flyttet."),
    "kort-fjernet": _("Kortet er fjernet."),
    "hentet": _("Versjonen er hentet fram. Det som sto før, er en egen versjon."),
}

# What was done in the panel of proposals: the reader stays there.
FROM_PANEL = (
    "tatt-med",
    "tatt-med-flere",
    "ingen-valgt",
    "sto-der",
    "foreslas-ikke",
    "publisert-imens",
)


@dataclass
class Conflict:
    """What somebody else did with the part that is open, beside what was typed."""

    text: str
    theirs: Post | PostItem | None = None
    fields: tuple[Difference, ...] = ()
    may_restore: bool = False


@dataclass
class OpenPart:
    """The one part whose form is open."""

    place: EditPlace
    form: HeadForm | PieceForm
    item: PostItem | None = None
    draft: PieceDraft | None = None
    conflict: Conflict | None = None


@dataclass
class Thread:
    """A remark with its answers."""

    first: PostComment
    answers: list[PostComment] = field(default_factory=list)
    form: CommentForm | None = None


@dataclass
class Row:
    """One piece on the page."""

    item: PostItem
    photos: list[Photo]
    number: int
    open: OpenPart | None
    threads: list[Thread]
    draft: PieceDraft | None
    comment_form: CommentForm
    is_last: bool
    problems: list[checks.Problem]
    cards: list[tuple[PostCard, LiveCard]]

    @property
    def reading(self) -> readability.Readability:
        """How hard its text is to read."""
        return readability.of_item(self.item)

    @property
    def marked_body(self) -> SafeString:
        """Its text with the long sentences marked."""
        return mark_long_sentences(self.item.body)

    @property
    def before(self) -> int:
        """The position that moving it up gives."""
        return self.number - 2

    @property
    def after(self) -> int:
        """The position that moving it down gives."""
        return self.number

    @property
    def unresolved(self) -> int:
        """How many of its threads are not dealt with."""
        return sum(thread.first.resolved_at is None for thread in self.threads)


def threads_of(post: Post) -> dict[int | None, list[Thread]]:
    """Return the threads by piece; those of a dropped or deleted one stand on the post. One query."""
    rows = PostComment.objects.filter(post=post).select_related("by", "review_link", "resolved_by")
    found = list(rows.order_by("written_at", "pk"))
    threads: dict[int, Thread] = {}
    by_item: dict[int | None, list[Thread]] = defaultdict(list)
    for comment in found:
        if comment.answers_id is None:
            threads[comment.pk] = Thread(comment)
            by_item[comment.item_id].append(threads[comment.pk])
    for comment in found:
        if comment.answers_id in threads:
            threads[comment.answers_id].answers.append(comment)
    return by_item


def comment_form(item: int | None = None, answers: int | None = None) -> CommentForm:
    """Return an empty form for a remark there. Its fields have names of their own on the page."""
    prefix_id = f"id_{answers or 0}_{item or 0}_%s"
    initial = {"form_token": uuid.uuid4(), "item": item, "answers": answers}
    return CommentForm(initial=initial, auto_id=prefix_id)


def gather(
    post_id: int,
    *,
    at: datetime.datetime,
    by: User,
    opened: OpenPart | None = None,
    wrong_comment: CommentForm | None = None,
) -> dict[str, Any]:
    """Return the context of the page."""
    post = Post.objects.select_related("author", "responsible").told().get(pk=post_id)
    story = with_photos([post], with_unready=True)[0]
    unsaved = drafts.of_person(post=post, by=by)
    threads = threads_of(post)
    live = cards.cards_of((piece.item for piece in story.pieces), at=at)
    _place_forms(threads, wrong_comment)
    items = [piece.item for piece in story.pieces]
    problems = checks.check_post(post, items=items, photos=list(post.photos.all()))
    by_item = checks.problems_by_item(problems)
    rows = []
    for number, piece in enumerate(story.pieces, 1):
        item = piece.item
        is_open = opened is not None and opened.item is not None and opened.item.pk == item.pk
        rows.append(
            Row(
                item=item,
                photos=piece.photos,
                number=number,
                open=opened if is_open else None,
                threads=threads.pop(item.pk, []),
                draft=unsaved.get((EditPlace.PIECE, item.pk)),
                comment_form=_form_for(item.pk, wrong_comment),
                is_last=number == len(story.pieces),
                problems=by_item.get(item.pk, []),
                cards=live.get(item.pk, []),
            )
        )
    offers = proposals.offers_for(post, at=at)
    shown = opened is None or opened.item is None or any(row.open for row in rows)
    return {
        "post": post,
        "story": story,
        "rows": rows,
        "problems": problems,
        "post_problems": by_item.get(None, []),
        "reading": readability.of_post(post, items),
        "opened": opened,
        # A piece that was dropped while its form was open stands above the others.
        "stray": None if shown else opened,
        "head_draft": unsaved.get((EditPlace.HEAD, None)),
        "new_draft": unsaved.get((EditPlace.NEW, None)),
        "here": [presence_text(found) for found in drafts.others_here(post=post, at=at, by=by)],
        "offers": offers,
        "offers_left": sum(group.left for group in offers),
        "dropped": pieces.dropped(post),
        "threads": [thread for rest in threads.values() for thread in rest],
        "comment_form": _form_for(None, wrong_comment),
        "newest_version": post.versions.defer("content").order_by("-number").first(),
        "media": PieceForm().media + HeadForm().media,
        "nothing": hidden(None, post),
    }


def _form_for(item: int | None, wrong: CommentForm | None) -> CommentForm:
    if wrong is None or wrong["answers"].value():
        return comment_form(item)
    is_here = str(wrong["item"].value() or "") == str(item or "")
    return wrong if is_here else comment_form(item)


def _place_forms(threads: dict[int | None, list[Thread]], wrong: CommentForm | None) -> None:
    asked = str(wrong["answers"].value() or "") if wrong is not None else ""
    for of_item in threads.values():
        for thread in of_item:
            is_wrong = asked == str(thread.first.pk)
            thread.form = wrong if is_wrong else comment_form(answers=thread.first.pk)
