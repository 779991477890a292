from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from projects.bypuls.models import Event, Invitation, Publication, SeriesSignUp
from projects.bypuls.signups.invitations import INVITATION_LINK
from projects.bypuls.signups.series_mails import SERIES_SIGNUP_LINK, date_lines
from projects.bypuls.signups.series_signup import cancel_series_signup, upcoming
from projects.bypuls.signups.signup import SignUpError
from projects.bypuls.views.signup import sign_up_page
from vekst.http import HtmxHttpRequest
from vekst.links import BadLinkError, read_token


def _pk(purpose: str, token: str) -> int:
    try:
        return read_token(purpose, token)
    except BadLinkError as error:
        raise Http404 from error


@login_not_required
@never_cache
@vary_on_headers("HX-Request", "HX-Boosted")
@require_http_methods(["GET", "HEAD", "POST"])
def event_invitation(request: HtmxHttpRequest, token: str) -> HttpResponse:
    pk = _pk(INVITATION_LINK, token)
    invitation = get_object_or_404(Invitation, pk=pk)
    events = Event.objects.filter(publication=Publication.PUBLISHED)
    event = get_object_or_404(events.select_related("venue", "forum"), pk=invitation.event_id)
    return sign_up_page(request, event, invitation=invitation)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def my_series_signup(request: HttpRequest, token: str) -> HttpResponse:
    now = timezone.now()
    rows = SeriesSignUp.objects.select_related("series")
    row = get_object_or_404(rows, pk=_pk(SERIES_SIGNUP_LINK, token))
    problem = ""
    if request.method == "POST" and request.POST.get("action") == "cancel":
        try:
            cancel_series_signup(row.pk, at=now)
        except SignUpError as error:
            problem = str(error)
        else:
            return redirect("bypuls:my_series_signup", token=token)
    context = {
        "crumbs": [(_("Påmeldingen din"), request.path)],
        "row": row,
        "series": row.series,
        "lines": date_lines(row, upcoming(series=row.series, at=now)),
        "problem": problem,
        "is_active": row.cancelled_at is None,
    }
    return render(request, "bypuls/my_series_signup.html", context)
