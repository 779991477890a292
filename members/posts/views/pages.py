from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from members.posts import archives
from members.posts import share_picture as share_picture_module
from members.posts.models import Post
from members.posts.reading import (
    around,
    structured_data,
    with_cards,
    with_photos,
    withdrawal_of,
)
from members.posts.related import related_to
from vekst.http import HtmxHttpRequest
from vekst.languages import foreign_language
from vekst.paging import keyset_page
from vekst.structured_data import json_ld

# The newest is wide, and the others fill whole rows of three or two.
POSTS_ON_A_PAGE = 13


def _crumbs(*more: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [(_("Uka oppsummert"), reverse("posts:post_list")), *more]


@login_not_required
@require_safe
def post_list(request: HtmxHttpRequest) -> HttpResponse:
    now = timezone.now()
    years = archives.year_ways(at=now)
    asked = request.GET.get("ar", "")
    if asked in {way.key for way in years}:
        # Where a year stood before it got an address of its own.
        return redirect("posts:year_archive", int(asked), permanent=True)
    public = Post.objects.public(at=now).told()
    page = keyset_page(public, ["-year", "-week", "-pk"], request.GET.dict(), size=POSTS_ON_A_PAGE)
    context = {
        "posts": with_photos(page.items),
        "is_first": page.previous_cursor is None,
        "years": years,
        "topics": archives.topic_ways(at=now) if page.items else [],
        "next_url": f"?{urlencode({'etter': page.next_cursor})}" if page.next_cursor else "",
        "prev_url": f"?{urlencode({'for': page.previous_cursor})}" if page.previous_cursor else "",
        "crumbs": _crumbs(),
    }
    return render(request, "posts/post_list.html", context)


@login_not_required
@require_safe
def post_detail(request: HtmxHttpRequest, year: int, week: int) -> HttpResponse:
    now = timezone.now()
    public = Post.objects.public(at=now)
    post = public.whole().filter(year=year, week=week).first()
    if post is None:
        return _withdrawn(request, year, week)
    newer, older = around(post, public)
    story = with_cards(with_photos([post]), at=now)[0]
    context = {
        "story": story,
        "newer": newer,
        "older": older,
        "is_preview": False,
        "open_companies": archives.with_open_pages([p.item for p in story.pieces], at=now),
        "related": related_to(post, at=now),
        "share_alt": share_picture_module.alt_text(story),
        "article": json_ld(structured_data(story)),
        "crumbs": _crumbs((post.title, post.get_absolute_url(), foreign_language(post, "title"))),
    }
    return render(request, "posts/post_detail.html", context)


def _withdrawn(request: HtmxHttpRequest, year: int, week: int) -> HttpResponse:
    note = withdrawal_of(year, week)
    if note is None:
        raise Http404
    crumbs = _crumbs((_("Uke %(week)s") % {"week": week}, note.post.get_absolute_url()))
    context = {"note": note, "crumbs": crumbs}
    return render(request, "posts/post_withdrawn.html", context, status=410)


@login_not_required
@require_safe
def share_picture(request: HtmxHttpRequest, year: int, week: int) -> HttpResponse:
    public = Post.objects.public(at=timezone.now()).told()
    story = with_photos([get_object_or_404(public, year=year, week=week)])[0]
    return HttpResponse(share_picture_module.draw(story), content_type="image/jpeg")
