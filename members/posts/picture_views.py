"""The files of the editors' pictures. They have no address of their own; this one asks each time."""

from django.contrib.auth.decorators import login_not_required
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from members.posts.models import Picture
from members.posts.pictures import addresses
from members.posts.pictures.access import is_open_to_all, may_see_unpublished
from members.posts.pictures.files import path_of
from members.posts.pictures.uses import find

# Short: a picture that is withdrawn shall be gone from every cache on the way within minutes.
PUBLIC_SECONDS = 300


@login_not_required
@require_safe
def picture(request: HttpRequest, token: str, name: str) -> HttpResponse:
    """Serve one file of a picture to who may see it; one that was withdrawn is gone. One query for most."""
    found, is_in_public_post = find(token, at=timezone.now())
    if found is None:
        raise Http404
    if found.withdrawn_at is not None or (found.lacks_consent and found.consent_expired_at):
        return _gone(request, found)
    if is_open_to_all(found, name=name, is_in_public_post=is_in_public_post):
        return _file(request, found, name, cache=f"public, max-age={PUBLIC_SECONDS}")
    key = request.GET.get(addresses.PREVIEW_KEY, "")
    # Who has a key is no editor: what nobody agreed to is not for them.
    is_previewed = bool(key) and name != addresses.ORIGINAL and found.may_be_shown
    if (is_previewed and addresses.is_preview_key(token, key)) or may_see_unpublished(request.user):
        return _file(request, found, name, cache="private, no-cache")
    raise Http404


def old_picture(request: HttpRequest, path: str) -> HttpResponse:
    """Serve a picture at the address that it had in mails sent before pictures had one of this kind."""
    found = Picture.objects.filter(file=path).first()
    if found is None:
        raise Http404
    return picture(request, found.token, addresses.jpeg_name(found))


def _gone(request: HttpRequest, found: Picture) -> HttpResponse:
    if found.withdrawn_at is None and may_see_unpublished(request.user):
        return _file(request, found, addresses.jpeg_name(found), cache="private, no-cache")
    text = _("Bildet er tatt bort.")
    return HttpResponse(
        text,
        status=410,
        content_type="text/plain; charset=utf-8",
        headers={"Cache-Control": "no-store", "X-Robots-Tag": "noindex"},
    )


def _file(request: HttpRequest, found: Picture, name: str, *, cache: str) -> HttpResponse:
    path = path_of(found, name)
    if path is None:
        raise Http404
    kind = addresses.TYPES.get(path.rpartition(".")[2].lower(), "application/octet-stream")
    headers = {"Cache-Control": cache, "X-Content-Type-Options": "nosniff"}
    etag = f'"{found.token}-{path.rpartition("/")[2]}"'
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None and unchanged.status_code == 304:
        unchanged.headers["Cache-Control"] = cache
        return unchanged
    try:
        with default_storage.open(path, "rb") as file:
            content = file.read()
    except FileNotFoundError as error:
        raise Http404 from error
    return HttpResponse(content, content_type=kind, headers={**headers, "ETag": etag})
