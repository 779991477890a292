from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from django_ratelimit.decorators import ratelimit

from projects.kompetanse.forms import ApplicationForm, WithdrawForm
from projects.kompetanse.grants import (
    LINK_PURPOSE,
    ApplicationInput,
    GrantError,
    own_address,
    submit_application,
    withdraw_application,
)
from projects.kompetanse.models import OPEN_STATES, Application, Award, GrantRound
from vekst.languages import foreign_language
from vekst.links import BadLinkError, make_token, read_token


@login_not_required
@require_safe
def round_list(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    rounds = list(GrantRound.objects.public(at=now).order_by("-closes_at", "-pk")[:20])
    awards = (
        Award.objects.filter(application__grant_round__in=[row.pk for row in rounds])
        .select_related("application__grant_round")
        .order_by("-awarded_at", "-pk")[:30]
    )
    context = {
        "rounds": [(row, row.takes_applications(now)) for row in rounds],
        "awards": awards,
        "crumbs": [(_("Kompetansemidler"), request.path)],
    }
    return render(request, "kompetanse/round_list.html", context)


@login_not_required
@require_safe
def round_detail(request: HttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    grant_round = get_object_or_404(GrantRound.objects.public(at=now), slug=slug)
    awards = Award.objects.filter(application__grant_round=grant_round)
    context = {
        "grant_round": grant_round,
        "is_open": grant_round.takes_applications(now),
        "priorities": [line for line in grant_round.priorities.splitlines() if line.strip()],
        "awards": awards.select_related("application").order_by("-amount_nok", "pk")[:100],
        "crumbs": [
            (_("Kompetansemidler"), reverse("kompetanse:round_list")),
            (grant_round.title, request.path, foreign_language(grant_round, "title")),
        ],
    }
    return render(request, "kompetanse/round_detail.html", context)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@ratelimit(key="ip", rate="20/h", method="POST", block=True)  # type: ignore[untyped-decorator]
def application_new(request: HttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    grant_round = get_object_or_404(GrantRound.objects.public(at=now), slug=slug)
    if not grant_round.takes_applications(now):
        raise Http404
    form = ApplicationForm(request.POST or None, grant_round=grant_round)
    if request.method == "POST" and form.is_valid():
        fields = {name: form.cleaned_data[name] for name in ApplicationForm.Meta.fields}
        fields["language"] = get_language() or "nb"
        try:
            application = submit_application(grant_round, ApplicationInput(**fields), at=now)
        except GrantError as error:
            form.add_error(None, str(error))
        else:
            token = make_token(LINK_PURPOSE, application.pk)
            return redirect("kompetanse:own_application", token=token)
    context = {
        "grant_round": grant_round,
        "form": form,
        "crumbs": [
            (_("Kompetansemidler"), reverse("kompetanse:round_list")),
            (
                grant_round.title,
                grant_round.get_absolute_url(),
                foreign_language(grant_round, "title"),
            ),
            (_("Søk"), request.path),
        ],
    }
    return render(request, "kompetanse/application_new.html", context)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_application(request: HttpRequest, token: str) -> HttpResponse:
    try:
        pk = read_token(LINK_PURPOSE, token)
    except BadLinkError as error:
        raise Http404 from error
    applications = Application.objects.select_related("grant_round", "award")
    application = get_object_or_404(applications, pk=pk)
    # An empty POST is an answer too: the button.
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_application(application, at=timezone.now())
        except GrantError as error:
            form.add_error(None, str(error))
        else:
            return redirect("kompetanse:own_application", token=token)
    context = {
        "application": application,
        "award": getattr(application, "award", None),
        "can_withdraw": application.state in OPEN_STATES,
        "form": form,
        "own_url": own_address(application),
        "crumbs": [
            (_("Kompetansemidler"), reverse("kompetanse:round_list")),
            (_("Søknaden din"), request.path),
        ],
    }
    response = render(request, "kompetanse/own_application.html", context)
    # The address is the key: it must not reach the sites that this page links to. Not "no-referrer": with
    # that a browser sends the form as from nowhere, and it is refused as forged.
    response["Referrer-Policy"] = "same-origin"
    return response
