"""Take in a picture from a form, and keep the file when only something else is wrong."""

import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.http import HttpRequest

from members.accounts.access import signed_in
from members.posts.admin.picture_forms import PictureFileForm
from members.posts.models import ConsentHow, Picture
from members.posts.pictures import consents, keeping


def kept_picture(request: HttpRequest) -> Picture | None:
    """Return the picture whose form this person began and has not sent in whole yet."""
    # The form's own token too: somebody went back in the browser and sent it once more.
    tokens = [request.POST.get("kept", ""), request.POST.get("token", "")]
    found = Picture.objects.filter(token__in=tokens, uploaded_by=signed_in(request), description="")
    return found.kept().order_by("-uploaded_at", "-pk").first()


def is_in_already(request: HttpRequest) -> bool:
    """Tell whether this very form was sent in whole before, as a double click does."""
    tokens = [request.POST.get("token", ""), request.POST.get("kept", "")]
    found = Picture.objects.filter(token__in=tokens, uploaded_by=signed_in(request))
    return found.exclude(description="").exists()


def keep_file(
    form: PictureFileForm, request: HttpRequest, *, at: datetime.datetime
) -> Picture | None:
    """
    Keep the file of a form that was sent and checked, and return the picture.

    None when there is neither a good file nor one from the time before.
    """
    content: ContentFile[bytes] | None = form.cleaned_data.get("file")
    if content is None:
        return form.kept_picture
    token = form.cleaned_data.get("token", "")
    is_taken = Picture.objects.filter(token=token).exists()
    if form.kept_picture is not None:
        keeping.delete(form.kept_picture)
    if is_taken or form.kept_picture is not None:
        # The folder of that name holds another's files, or is about to be emptied.
        token = ""
    return keeping.keep(content, token=token, at=at, by=signed_in(request))


def again(
    form: PictureFileForm, picture: Picture, request: HttpRequest, **arguments: Any
) -> PictureFileForm:
    """Return the form as it was sent, with the file that was kept."""
    data = request.POST.copy()
    data["kept"] = picture.token
    found = type(form)(data, kept=picture, today=form.today, **arguments)
    found.is_valid()
    return found


def finish(
    form: PictureFileForm, picture: Picture, request: HttpRequest, *, at: datetime.datetime
) -> Picture:
    """Write what the form says of the picture, and who agreed. Valid forms only."""
    data = form.cleaned_data
    fields = {
        "description": data["alt"].strip(),
        "credit": data["credit"].strip(),
        "shows_people": data["shows_people"],
    }
    picture = keeping.change(picture_id=picture.pk, fields=fields, at=at, by=signed_in(request))
    if data["shows_people"] and form.names:
        consents.record(
            picture_id=picture.pk,
            people=form.names,
            how=data["how"] or ConsentHow.SPOKEN,
            given_on=form.today,
            expires_on=data["expires_on"],
            at=at,
            by=signed_in(request),
        )
    return picture
