"""What the weekly post has told of a company or a forum, for its page."""

import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from members.companies.mentions import MENTIONS, Mention, Mentions
from members.companies.models import Company, Forum
from members.posts.archives import newest_pieces
from vekst.languages import foreign_language

SHOWN = 5


def in_posts(thing: Company | Forum, at: datetime.datetime) -> Mentions | None:
    """Return the latest pieces about it, or None when there are none. One query."""
    is_company = isinstance(thing, Company)
    which = Q(company=thing) if is_company else Q(forum=thing)
    pieces = newest_pieces(which, at=at, most=SHOWN)
    if not pieces:
        return None
    name = "posts:company_archive" if is_company else "posts:forum_archive"
    return Mentions(
        heading=_("Omtalt i Uka oppsummert"),
        items=[
            Mention(
                title=piece.heading,
                url=f"{piece.post.get_absolute_url()}#bit-{piece.pk}",
                day=piece.day or piece.post.monday,
                language=foreign_language(piece, "heading"),
            )
            for piece in pieces
        ],
        more_label=_("Alle saker i Uka oppsummert"),
        more_url=reverse(name, args=[thing.slug]),
    )


def register() -> None:
    """Tell the pages of companies and forums who has something about them."""
    MENTIONS["posts"] = in_posts
