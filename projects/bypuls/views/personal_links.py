from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from projects.bypuls.models import Invitation, Publication, SeriesSignUp, SignUp
from projects.bypuls.signups.invitations import INVITATION_LINK
from projects.bypuls.signups.mails import my_signup_url
from projects.bypuls.signups.series_mails import SERIES_SIGNUP_LINK, date_lines
from projects.bypuls.signups.series_signup import cancel_series_signup, upcoming
from projects.bypuls.signups.signup import SignUpError
from projects.bypuls.views.links import GONE, broken_link, deleted_signup, link_problem, public_part
from projects.bypuls.views.signup import sign_up_page
from vekst.http import HtmxHttpRequest
from vekst.links import BadLinkError, read_token


def _pk(purpose: str, token: str) -> int:
    """Return the key that the link is about; 0, which no row has, when it is none of ours."""
    try:
        return read_token(purpose, token)
    except BadLinkError:
        return 0


@login_not_required
@never_cache
@vary_on_headers("HX-Request", "HX-Boosted")
@require_http_methods(["GET", "HEAD", "POST"])
def event_invitation(request: HtmxHttpRequest, token: str) -> HttpResponse:
    invitations = Invitation.objects.select_related("event__venue", "event__forum", "event__series")
    invitation = invitations.filter(pk=_pk(INVITATION_LINK, token)).first()
    if invitation is None:
        return broken_link(request)
    event = invitation.event
    problem = _why_no_invitation(invitation)
    if problem is not None:
        title, text = problem
        return link_problem(request, title, text, status=GONE, event=public_part(event))
    if request.method != "POST":
        mine = SignUp.objects.active().filter(event=event, email=invitation.email)
        signup = mine.order_by("pk").first()
        if signup is not None:
            # The link was mailed to the very address that is signed up, so it may lead there.
            return redirect(my_signup_url(signup))
    return sign_up_page(request, event, invitation=invitation)


def _why_no_invitation(invitation: Invitation) -> tuple[str, str] | None:
    """Return a heading and a text when the invitation opens nothing any more."""
    event = invitation.event
    if invitation.withdrawn_at is not None:
        return (
            _("Invitasjonen er trukket tilbake"),
            _("%(organiser)s har trukket invitasjonen. Tror du det er feil, så spør dem.")
            % {"organiser": event.organiser},
        )
    if event.publication != Publication.PUBLISHED:
        return (
            _("Arrangementet er tatt bort"),
            _("%(organiser)s har tatt det bort. Det er ingenting du trenger å gjøre.")
            % {"organiser": event.organiser},
        )
    if event.is_date_set and timezone.now() >= event.ends_at:
        return (
            _("Invitasjonen er for gammel"),
            _("Arrangementet er over. Håper vi ses en annen gang!"),
        )
    return None


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def my_series_signup(request: HttpRequest, token: str) -> HttpResponse:
    now = timezone.now()
    rows = SeriesSignUp.objects.select_related("series")
    row = rows.filter(pk=_pk(SERIES_SIGNUP_LINK, token)).first()
    if row is None:
        return broken_link(request)
    if row.anonymised_at is not None:
        return deleted_signup(request)
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
