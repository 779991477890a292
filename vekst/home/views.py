import datetime
import posixpath

from allauth.account.views import logout as library_sign_out
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.sitemaps import views as sitemap_views
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.static import serve

from members.accounts.access import signed_in
from members.posts import picture_views
from vekst.home import front_page as front_page_module
from vekst.home import media as media_module
from vekst.home import own_data as own_data_module
from vekst.home.main_project import main_project_page
from vekst.home.retention import RULES


@login_not_required
@never_cache
def sign_out(request: HttpRequest) -> HttpResponse:
    response: HttpResponse = library_sign_out(request)
    if request.method == "POST":
        # What pages have left in this browser: lists of names at the door, and their workers.
        response.headers["Clear-Site-Data"] = '"storage"'
    return response


@login_not_required
@require_safe
def front_page(request: HttpRequest) -> HttpResponse:
    found = front_page_module.front_page(at=timezone.now())
    return render(request, "home/front_page.html", {"found": found})


@login_not_required
@require_safe
def main_project(request: HttpRequest, main: str) -> HttpResponse:
    try:
        page = main_project_page(main, at=timezone.now())
    except ValueError as error:
        raise Http404 from error
    crumbs = [
        (_("Programmet"), reverse("portfolio:programme")),
        (page.overview.main_project.label, request.path),
    ]
    return render(request, "home/main_project.html", {"page": page, "crumbs": crumbs})


@login_not_required
@require_safe
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "home/about.html")


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(
        request, "home/privacy.html", {"rules": RULES, "orgnr": settings.MUNICIPALITY_ORGNR}
    )


@never_cache
@require_safe
def own_data(request: HttpRequest) -> HttpResponse:
    data = own_data_module.export(signed_in(request), at=timezone.now())
    response = JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = 'attachment; filename="mine-data.json"'
    return response


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "home/accessibility.html")


@login_not_required
@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    # RFC 9116: `Expires` is required and lies less than a year ahead. A whole day, so that the answer
    # is the same all day long.
    today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    expires = (today + datetime.timedelta(days=180)).astimezone(datetime.UTC)
    lines = [
        f"Contact: mailto:{settings.SECURITY_EMAIL}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: no, en",
        f"Canonical: {settings.SITE_URL}{reverse('security_txt')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@login_not_required
@require_safe
def robots_txt(request: HttpRequest) -> HttpResponse:
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /konto/",
        "Disallow: /min-side/",
        f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@login_not_required
@require_safe
def media(request: HttpRequest, path: str) -> HttpResponse:
    """
    Serve a picture. All of them are re-encoded by us, and never change under a name.

    One that is not for everybody, such as that of an event not yet published, is kept by no cache. The weekly
    post's pictures, which lay here once, have views of their own.
    """
    now = timezone.now()
    if media_module.first_folder(path) == "ukeposter":
        return picture_views.old_picture(request, posixpath.normpath(path).lstrip("/"))
    is_public = media_module.is_for_everybody(path, at=now)
    if not is_public and not media_module.may_open(request.user, path, at=now):
        raise Http404
    response: HttpResponse = serve(request, path, document_root=str(settings.MEDIA_ROOT))  # type: ignore[assignment]
    response["X-Content-Type-Options"] = "nosniff"
    if is_public:
        patch_cache_control(response, public=True, max_age=31_536_000, immutable=True)
    else:
        patch_cache_control(response, private=True, no_cache=True)
    return response


sitemap_index = login_not_required(sitemap_views.index)
sitemap_section = login_not_required(sitemap_views.sitemap)
