from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from members.companies.models import Company, Forum
from members.mailings.models import Topic
from members.posts import archives
from vekst.http import HtmxHttpRequest
from vekst.languages import foreign_language


def _crumbs(request: HtmxHttpRequest, label: str, language: str = "") -> list[tuple[str, ...]]:
    return [(_("Uka oppsummert"), reverse("posts:post_list")), (label, request.path, language)]


@login_not_required
@require_safe
def year_archive(request: HtmxHttpRequest, year: int) -> HttpResponse:
    now = timezone.now()
    years = archives.year_ways(at=now)
    if str(year) not in {way.key for way in years}:
        raise Http404
    context = {
        "year": year,
        "years": years,
        "months": archives.posts_of_year(year, at=now),
        "crumbs": _crumbs(request, str(year)),
    }
    return render(request, "posts/year_archive.html", context)


@login_not_required
@require_safe
def topic_archive(request: HtmxHttpRequest, topic: str) -> HttpResponse:
    if topic not in Topic.values:
        raise Http404
    label = str(Topic(topic).label)
    topics = archives.topic_ways(at=timezone.now())
    context = {
        "label": label,
        "label_language": "",
        "kind": _("Tema"),
        "topic": topic,
        "topics": topics,
        "number": next((way.number for way in topics if way.key == topic), 0),
        "about": None,
    }
    return _pieces(request, Q(topic=topic), context)


@login_not_required
@require_safe
def company_archive(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    company = get_object_or_404(Company.objects.public(at=timezone.now()), slug=slug)
    context = _about(company, _("Medlem"), Q(company=company))
    # No other companies are named there, and this one has a page.
    return _pieces(request, Q(company=company), {**context, "open_companies": {company.pk}})


@login_not_required
@require_safe
def forum_archive(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    forum = get_object_or_404(Forum.objects.public(at=timezone.now()), slug=slug)
    return _pieces(request, Q(forum=forum), _about(forum, _("Forum"), Q(forum=forum)))


def _about(thing: Company | Forum, kind: str, which: Q) -> dict[str, object]:
    pieces = archives.public_pieces(at=timezone.now()).filter(which)
    return {
        "label": thing.name,
        "label_language": foreign_language(thing, "name") if isinstance(thing, Forum) else "",
        "kind": kind,
        "topic": "",
        "topics": [],
        "number": pieces.count(),
        "about": thing,
    }


def _pieces(request: HtmxHttpRequest, which: Q, context: dict[str, object]) -> HttpResponse:
    """Answer with the pieces like this, week by week."""
    now = timezone.now()
    page = archives.weeks_with(which, request.GET.dict(), at=now)
    if "open_companies" not in context:
        shown = [piece for post in page.items for piece in post.items.all()]
        context["open_companies"] = archives.with_open_pages(shown, at=now)
    context |= {
        "page": page,
        "next_url": f"?{urlencode({'etter': page.next_cursor})}" if page.next_cursor else "",
        "prev_url": f"?{urlencode({'for': page.previous_cursor})}" if page.previous_cursor else "",
        "crumbs": _crumbs(request, str(context["label"]), str(context["label_language"])),
    }
    return render(request, "posts/piece_archive.html", context)
