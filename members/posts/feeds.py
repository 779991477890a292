"""The Atom feed, with the whole text of each post. Source: RFC 4287."""

import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from members.posts.models import Post
from members.posts.reading import absolute_links, with_cards, with_photos


class FullTextAtomFeed(Atom1Feed):
    """Atom with `content`, which Django's own leaves out."""

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", item["content"], {"type": "html"})


def build_feed(posts: list[Post], *, language: str, at: datetime.datetime) -> str:
    """Return the feed of these posts, newest first, as a document. The cards say how it is at `at`."""
    site = settings.SITE_URL
    feed = FullTextAtomFeed(
        title=_("Uka oppsummert – %(programme)s") % {"programme": settings.PROGRAMME_NAME},
        link=site + reverse("posts:post_list"),
        description="",
        feed_url=site + reverse("posts:feed"),
        feed_guid=f"{site}/uka-oppsummert/",
        language=language,
        author_name=settings.BUSINESS_ASSOCIATION,
    )
    for story in with_cards(with_photos(posts), at=at):
        post = story.post
        content = render_to_string("posts/feed_entry.html", {"story": story, "site_url": site})
        feed.add_item(
            title=post.title,
            link=site + post.get_absolute_url(),
            description=post.intro,
            content=absolute_links(content),
            # The address of the week never changes; the id is the Bokmål one in every language.
            unique_id=f"{site}/uka-oppsummert/{post.year}/{post.week}/",
            pubdate=post.published_at,
            updateddate=max(post.updated_at, post.published_at or post.updated_at),
            author_name=settings.BUSINESS_ASSOCIATION,
        )
    return feed.writeString("utf-8")
