from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_safe

from projects.bypuls.access import may_open_material, may_open_photo
from projects.bypuls.events import survey
from projects.bypuls.forms.survey import SurveyForm
from projects.bypuls.models import EventMaterial, EventPhoto, SignUp
from projects.bypuls.signups.reminder_mails import SURVEY_LINK
from projects.bypuls.views.files import picture_response
from vekst.links import BadLinkError, read_token
from vekst.uploads import DOCUMENT_TYPES


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def event_survey(request: HttpRequest, token: str) -> HttpResponse:
    now = timezone.now()
    try:
        pk = read_token(SURVEY_LINK, token)
    except BadLinkError as error:
        raise Http404 from error
    signup = get_object_or_404(SignUp.objects.select_related("event__venue"), pk=pk)
    before = survey.answer_of(signup)
    form = SurveyForm(request.POST or None, initial=SurveyForm.initial_of(before))
    closed = survey.closed_reason(signup, at=now)
    if request.method == "POST" and not closed and form.is_valid():
        survey.answer(signup, **form.cleaned_data, at=now)
        return redirect(f"{request.path}?takk=1")
    context = {
        "crumbs": [(_("Hvordan var det?"), request.path)],
        "event": signup.event,
        "form": form,
        "closed": closed,
        "is_answered": before is not None,
        "is_thanked": before is not None and "takk" in request.GET,
        "closes_at": survey.closes_at(signup.event),
    }
    return render(request, "bypuls/event_survey.html", context)


@login_not_required
@cache_control(no_cache=True, private=True)
@require_safe
def event_material(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    found = get_object_or_404(
        EventMaterial.objects.select_related("event").exclude(file=""), pk=pk, event__slug=slug
    )
    if not may_open_material(request.user, found, at=timezone.now()):
        raise Http404
    return _download(found)


def _download(material: EventMaterial) -> HttpResponse:
    """Serve the file so that no browser opens it as a page of ours."""
    kind = material.file_name.rpartition(".")[2]
    try:
        content = material.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(
        content,
        as_attachment=True,
        filename=material.file_name,
        content_type=DOCUMENT_TYPES.get(kind, "application/octet-stream"),
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response  # type: ignore[return-value]


@login_not_required
@cache_control(no_cache=True, private=True)
@require_safe
def event_photo(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    found = get_object_or_404(EventPhoto.objects.select_related("event"), pk=pk, event__slug=slug)
    if not may_open_photo(request.user, found, at=timezone.now()):
        raise Http404
    return picture_response(found.picture)
