import json

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import conditional_page, require_safe

from members.mailings.models import Topic
from members.posts.archives import newest_pieces
from members.posts.feeds import Feed, as_atom, as_json, of_posts, of_topic
from members.posts.models import Post
from members.posts.reading import pieces_with_cards, pieces_with_photos, with_cards, with_photos
from vekst.http import HtmxHttpRequest

POSTS_IN_FEED = 20
PIECES_IN_FEED = 40


def _posts() -> Feed:
    now = timezone.now()
    posts = Post.objects.public(at=now).whole().order_by("-year", "-week", "pk")
    stories = with_cards(with_photos(posts[:POSTS_IN_FEED]), at=now)
    return of_posts(stories, language=_language())


def _topic(name: str) -> Feed:
    if name not in Topic.values:
        raise Http404
    now = timezone.now()
    found = newest_pieces(Q(topic=name), at=now, most=PIECES_IN_FEED)
    pieces = pieces_with_cards(pieces_with_photos(found), at=now)
    return of_topic(Topic(name), pieces, language=_language())


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE


def _atom(feed: Feed) -> HttpResponse:
    return HttpResponse(as_atom(feed), content_type="application/atom+xml; charset=utf-8")


def _json(feed: Feed) -> HttpResponse:
    body = json.dumps(as_json(feed), ensure_ascii=False)
    return HttpResponse(body, content_type="application/feed+json")


# The page cache answers 304 to strangers; the decorator does so where nothing is held.
@login_not_required
@require_safe
@conditional_page
def feed(request: HtmxHttpRequest) -> HttpResponse:
    return _atom(_posts())


@login_not_required
@require_safe
@conditional_page
def json_feed(request: HtmxHttpRequest) -> HttpResponse:
    return _json(_posts())


@login_not_required
@require_safe
@conditional_page
def topic_feed(request: HtmxHttpRequest, topic: str) -> HttpResponse:
    return _atom(_topic(topic))


@login_not_required
@require_safe
@conditional_page
def topic_json_feed(request: HtmxHttpRequest, topic: str) -> HttpResponse:
    return _json(_topic(topic))
