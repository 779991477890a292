from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from members.posts.feeds import build_feed
from members.posts.models import Post
from members.posts.reading import around, structured_data, with_cards, with_photos
from vekst.http import HtmxHttpRequest
from vekst.languages import foreign_language
from vekst.structured_data import json_ld

FEED_LENGTH = 20


def _crumbs(*more: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [(_("Uka oppsummert"), reverse("posts:post_list")), *more]


@login_not_required
@require_safe
def post_list(request: HtmxHttpRequest) -> HttpResponse:
    public = Post.objects.public(at=timezone.now())
    years = list(public.order_by("-year").values_list("year", flat=True).distinct())
    asked = request.GET.get("ar", "")
    newest = years[0] if years else None
    year = int(asked) if asked.isdecimal() and int(asked) in years else newest
    posts = with_photos(list(public.filter(year=year or 0).whole().order_by("-week", "pk")))
    context = {"posts": posts, "years": years, "year": year, "crumbs": _crumbs()}
    return render(request, "posts/post_list.html", context)


@login_not_required
@require_safe
def post_detail(request: HtmxHttpRequest, year: int, week: int) -> HttpResponse:
    now = timezone.now()
    public = Post.objects.public(at=now)
    post = get_object_or_404(public.whole(), year=year, week=week)
    newer, older = around(post, public)
    context = {
        "story": with_cards(with_photos([post]), at=now)[0],
        "newer": newer,
        "older": older,
        "is_preview": False,
        "article": json_ld(structured_data(post)),
        "crumbs": _crumbs((post.title, post.get_absolute_url(), foreign_language(post, "title"))),
    }
    return render(request, "posts/post_detail.html", context)


@login_not_required
@require_safe
def feed(request: HtmxHttpRequest) -> HttpResponse:
    now = timezone.now()
    posts = Post.objects.public(at=now).whole().order_by("-year", "-week", "pk")
    language = get_language() or settings.LANGUAGE_CODE
    document = build_feed(list(posts[:FEED_LENGTH]), language=language, at=now)
    return HttpResponse(document, content_type="application/atom+xml; charset=utf-8")
