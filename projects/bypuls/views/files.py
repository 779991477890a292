"""Files that have no open address: each view decides who gets them, and these send them."""

from django.db.models.fields.files import ImageFieldFile
from django.http import Http404, HttpResponse


def picture_response(picture: ImageFieldFile) -> HttpResponse:
    """Return the picture. Raises Http404 when there is none, or its file is gone."""
    if not picture:
        raise Http404
    try:
        # We have written it ourselves, and it is small.
        with picture.open("rb") as file:
            content = file.read()
    except FileNotFoundError as error:
        raise Http404 from error
    kind = "image/png" if str(picture.name).endswith(".png") else "image/jpeg"
    return HttpResponse(content, content_type=kind, headers={"X-Content-Type-Options": "nosniff"})
