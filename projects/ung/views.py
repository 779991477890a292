from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from django_ratelimit.core import is_ratelimited

from projects.ung import enrolment, numbers, places
from projects.ung.forms import MenteeForm, MentorForm
from projects.ung.models import (
    Language,
    MeetingPlace,
    Mentor,
    MentorScheme,
    ParticipantState,
    SchemeState,
    Topic,
)
from vekst.http import HtmxHttpRequest
from vekst.languages import foreign_language
from vekst.links import BadLinkError
from vekst.paging import keyset_page


def _crumbs(*more: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [(_("Ung i Kongsberg"), reverse("ung:landing")), *more]


def _mentor_crumb() -> tuple[str, str]:
    return _("Mentor"), reverse("ung:mentor_scheme")


@login_not_required
@require_safe
def landing(request: HtmxHttpRequest) -> HttpResponse:
    now = timezone.now()
    filters = places.Filters.from_params(request.GET.dict())
    found = places.chosen(filters, at=now)
    page = keyset_page(found, ("slug",), request.GET.dict(), size=24)
    query = filters.query()
    joint = "&" if query != "?" else ""
    context = {
        "places": page.items,
        "choices": places.choices(filters, at=now),
        "is_filtered": filters != places.Filters(),
        "prev_url": f"{query}{joint}for={page.previous_cursor}" if page.previous_cursor else "",
        "next_url": f"{query}{joint}etter={page.next_cursor}" if page.next_cursor else "",
        "scheme": _current_scheme(),
    }
    return render(request, "ung/landing.html", context)


@login_not_required
@require_safe
def meeting_place_detail(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    place = get_object_or_404(MeetingPlace.objects.public(at=timezone.now()), slug=slug)
    others = (
        MeetingPlace.objects.public(at=timezone.now())
        .filter(kind=place.kind)
        .exclude(pk=place.pk)
        .order_by("slug")[:3]
    )
    crumbs = _crumbs((place.name, place.get_absolute_url(), foreign_language(place, "name")))
    context = {"place": place, "others": others, "crumbs": crumbs}
    return render(request, "ung/meeting_place_detail.html", context)


def _current_scheme() -> MentorScheme | None:
    """The open scheme, else the newest that strangers may read about."""
    schemes = MentorScheme.objects.public(at=timezone.now())
    return schemes.open().first() or schemes.order_by("-starts_on", "pk").first()


@login_not_required
@require_safe
def mentor_scheme(request: HtmxHttpRequest) -> HttpResponse:
    scheme = _current_scheme()
    context = {
        "scheme": scheme,
        "is_open": scheme is not None and scheme.state == SchemeState.OPEN,
        "numbers": numbers.numbers(scheme) if scheme else None,
        "crumbs": _crumbs(_mentor_crumb()),
    }
    return render(request, "ung/mentor_scheme.html", context)


def _asks_too_often(request: HtmxHttpRequest) -> bool:
    """Each sign-up sends a mail to an address that anyone may type."""
    return request.method == "POST" and bool(
        is_ratelimited(request, group="mentor", key="ip", rate="20/h", increment=True)
    )


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def become_mentor(request: HtmxHttpRequest) -> HttpResponse:
    if _asks_too_often(request):
        return render(request, "429.html", status=429)
    scheme = MentorScheme.objects.open().first()
    crumbs = _crumbs(_mentor_crumb(), (_("Bli mentor"), reverse("ung:become_mentor")))
    if scheme is None:
        return render(request, "ung/closed.html", {"crumbs": crumbs})
    form = MentorForm(request.POST or None, scheme=scheme)
    if form.is_valid():
        try:
            enrolment.sign_up_mentor(
                scheme=scheme,
                enrolment=form.enrolment(),
                capacity=form.cleaned_data["capacity"],
                about=form.cleaned_data["about"],
                language=get_language() or "nb",
                at=timezone.now(),
            )
        except enrolment.SchemeClosedError as error:
            form.add_error(None, str(error))
        else:
            return redirect("ung:signed_up")
    context = {"form": form, "scheme": scheme, "crumbs": crumbs}
    return render(request, "ung/become_mentor.html", context)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def get_mentor(request: HtmxHttpRequest) -> HttpResponse:
    if _asks_too_often(request):
        return render(request, "429.html", status=429)
    scheme = MentorScheme.objects.open().first()
    crumbs = _crumbs(_mentor_crumb(), (_("Få en mentor"), reverse("ung:get_mentor")))
    if scheme is None:
        return render(request, "ung/closed.html", {"crumbs": crumbs})
    form = MenteeForm(request.POST or None)
    if form.is_valid():
        try:
            enrolment.sign_up_mentee(
                scheme=scheme,
                enrolment=form.enrolment(),
                wishes=form.cleaned_data["wishes"],
                language=get_language() or "nb",
                at=timezone.now(),
            )
        except enrolment.SchemeClosedError as error:
            form.add_error(None, str(error))
        else:
            return redirect("ung:signed_up")
    context = {"form": form, "scheme": scheme, "crumbs": crumbs}
    return render(request, "ung/get_mentor.html", context)


@login_not_required
@require_safe
def signed_up(request: HtmxHttpRequest) -> HttpResponse:
    context = {"days": enrolment.UNCONFIRMED_DAYS, "crumbs": _crumbs(_mentor_crumb())}
    return render(request, "ung/signed_up.html", context)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_enrolment(request: HtmxHttpRequest, token: str) -> HttpResponse:
    try:
        person = enrolment.find_by_token(token)
    except BadLinkError as error:
        raise Http404 from error
    if request.method == "POST":
        if "withdraw" in request.POST:
            enrolment.withdraw(person, at=timezone.now())
        elif "confirm" in request.POST:
            enrolment.confirm(person, at=timezone.now())
        return redirect(request.path)
    context = {
        "person": person,
        "is_mentor": isinstance(person, Mentor),
        "own_words": person.about if isinstance(person, Mentor) else person.wishes,
        "is_unconfirmed": person.state == ParticipantState.UNCONFIRMED,
        "is_withdrawn": person.state == ParticipantState.WITHDRAWN,
        "languages": [Language(code).label for code in person.languages],
        "topics": [Topic(topic).label for topic in person.topics],
    }
    return render(request, "ung/own_enrolment.html", context)
