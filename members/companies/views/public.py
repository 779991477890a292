from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from members.companies import access
from members.companies.directory import Question, industry_group, matching
from members.companies.mentions import mentions_of
from members.companies.models import (
    Company,
    Forum,
    Meeting,
    MeetingState,
    Minutes,
)
from vekst.http import HtmxHttpRequest, render_narrowed
from vekst.languages import foreign_language
from vekst.paging import keyset_page

DIRECTORY_SIZE = 24


@login_not_required
@require_safe
@vary_on_headers("HX-Request", "HX-Boosted")
def company_list(request: HtmxHttpRequest) -> HttpResponse:
    now = timezone.now()
    question = Question.read(request.GET)
    group, total = industry_group(question, at=now)
    companies = matching(question.text, at=now)
    if question.industries:
        companies = companies.filter(industry__in=question.industries)
    page = keyset_page(companies, ["sort_name", "pk"], request.GET.dict(), size=DIRECTORY_SIZE)
    context: dict[str, object] = {
        "companies": page.items,
        "total": total,
        "groups": [group],
        "inputs": [
            {
                "name": "q",
                "label": _("Navn, næring eller organisasjonsnummer"),
                "type": "search",
                "value": question.text,
            }
        ],
        "active": question.active(),
        "action": reverse("companies:company_list"),
        "next_url": question.query(etter=page.next_cursor) if page.next_cursor else "",
        "prev_url": question.query(**{"for": page.previous_cursor}) if page.previous_cursor else "",
        "crumbs": [(_("Medlemmer"), request.path)],
    }
    return render_narrowed(request, "companies/company_list.html", "company-list", context)


@login_not_required
@require_safe
def company_detail(request: HttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    company = get_object_or_404(Company.objects.public(at=now), slug=slug)
    membership = company.memberships.on(timezone.localdate(now)).first()
    seats = (
        access.shown_seats(at=now)
        .filter(company=company)
        .select_related("forum")
        .order_by("forum__rank", "forum__name")
    )
    context = {
        "company": company,
        "membership": membership,
        "seats": seats,
        "mentions": mentions_of(company, at=now),
        "crumbs": [
            (_("Medlemmer"), reverse("companies:company_list")),
            (company.name, request.path),
        ],
    }
    return render(request, "companies/company_detail.html", context)


@login_not_required
@require_safe
def forum_list(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    today = timezone.localdate(now)
    open_seat = Q(seats__since_date__lte=today) & (
        Q(seats__until_date__isnull=True) | Q(seats__until_date__gte=today)
    )
    coming = Meeting.objects.filter(
        is_public=True, state=MeetingState.PLANNED, starts_at__gte=now
    ).order_by("starts_at", "pk")
    forums = (
        Forum.objects.public(at=now)
        .annotate(seat_count=Count("seats", filter=open_seat))
        .prefetch_related(Prefetch("meetings", coming, to_attr="coming"))
        .order_by("rank", "name", "pk")
    )
    context = {"forums": forums, "crumbs": [(_("Forum"), request.path)]}
    return render(request, "companies/forum_list.html", context)


@login_not_required
@require_safe
def forum_detail(request: HttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    forum = get_object_or_404(Forum.objects.public(at=now), slug=slug)
    meetings = forum.meetings.filter(is_public=True, starts_at__gte=now).exclude(
        state=MeetingState.HELD
    )
    minutes = (
        Minutes.objects.public(at=now)
        .filter(meeting__forum=forum)
        .select_related("meeting__forum")
        .order_by("-meeting__starts_at", "-pk")
    )
    seats = access.shown_seats(at=now).filter(forum=forum)
    context = {
        "forum": forum,
        "seats": seats.select_related("company").order_by("-is_chair", "company__sort_name", "pk"),
        "meetings": meetings.order_by("starts_at", "pk")[:10],
        "minutes_list": minutes[:20],
        "mentions": mentions_of(forum, at=now),
        "crumbs": [
            (_("Forum"), reverse("companies:forum_list")),
            (forum.name, request.path, foreign_language(forum, "name")),
        ],
    }
    return render(request, "companies/forum_detail.html", context)


@login_not_required
@require_safe
def minutes_detail(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    now = timezone.now()
    minutes = (
        Minutes.objects.public(at=now)
        .filter(meeting__forum__slug=slug, meeting__forum__in=Forum.objects.public(at=now), pk=pk)
        .select_related("meeting__forum")
        .first()
    )
    if minutes is None:
        # Only here is the visitor asked for: whoever may read closed ones goes to the page of their own.
        closed = access.minutes_for(request.user, at=now)
        if closed.filter(pk=pk, meeting__forum__slug=slug).exists():
            return redirect("companies:own_minutes", pk=pk)
        raise Http404
    forum = minutes.meeting.forum
    context = {
        "minutes": minutes,
        "forum": forum,
        "items": access.public_items(minutes),
        "is_whole": False,
        "crumbs": [
            (_("Forum"), reverse("companies:forum_list")),
            (forum.name, forum.get_absolute_url(), foreign_language(forum, "name")),
            (minutes.title, request.path, foreign_language(minutes, "title")),
        ],
    }
    return render(request, "companies/minutes_detail.html", context)
