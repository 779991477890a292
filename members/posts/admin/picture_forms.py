"""The forms of a picture: how it comes in, and how it is told of in a post."""

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from members.posts.editing.photos import TOLD_FIELDS
from members.posts.models import ConsentHow, Photo, Picture, Post, PostItem
from members.posts.models.picture import new_token
from vekst.uploads import clean_picture


class PictureFileForm(forms.Form):
    """
    A new picture, with what everybody needs to know of it.

    A file that came in well while something else was wrong is kept: `kept` names it the next time.
    """

    file = forms.FileField(
        label=_("Bildefil"),
        required=False,
        help_text=_("JPEG, PNG eller WebP, høyst 15 MB. Posisjon og kameraopplysninger fjernes."),
        widget=UnfoldAdminFileFieldWidget({"accept": "image/jpeg,image/png,image/webp"}),
    )
    kept = forms.CharField(required=False, widget=forms.HiddenInput)
    # Becomes the picture's own: the same form sent twice is one picture.
    token = forms.RegexField(
        r"^[0-9a-f]{32}$", initial=new_token, required=False, widget=forms.HiddenInput
    )
    alt = forms.CharField(
        label=_("Hva bildet viser"),
        max_length=250,
        help_text=_("For den som ikke ser det. Begynn rett på: «Folk rundt et bord i Krona»."),
        widget=UnfoldAdminTextInputWidget,
        error_messages={"required": _("Skriv hva bildet viser.")},
    )
    credit = forms.CharField(
        label=_("Foto"), max_length=100, required=False, widget=UnfoldAdminTextInputWidget
    )
    shows_people = forms.BooleanField(
        label=_("Viser personer som kan kjennes igjen"),
        required=False,
        initial=True,
        widget=UnfoldBooleanWidget,
    )
    people = forms.CharField(
        label=_("Hvem har sagt ja til å vises"),
        required=False,
        max_length=3000,
        help_text=_("Alle som kan kjennes igjen, én på hver linje. Uten dette vises ikke bildet."),
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
    )
    how = forms.ChoiceField(
        label=_("Hvordan de sa ja"),
        choices=ConsentHow.choices,
        initial=ConsentHow.SPOKEN,
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    expires_on = forms.DateField(
        label=_("Samtykket gjelder til og med"),
        required=False,
        help_text=_("Tomt: til det trekkes."),
        widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, kept: Picture | None = None, today: datetime.date, **kw: Any):
        super().__init__(*args, **kw)
        self.kept_picture = kept
        self.today = today
        if kept is not None:
            self.fields["file"].label = _("En annen bildefil")

    def clean_file(self) -> "ContentFile[bytes] | None":
        file = self.cleaned_data.get("file")
        if isinstance(file, UploadedFile):
            return clean_picture(file)
        if self.kept_picture is None:
            raise ValidationError(_("Velg et bilde."))
        return None

    def clean_expires_on(self) -> datetime.date | None:
        expires_on: datetime.date | None = self.cleaned_data["expires_on"]
        if expires_on is not None and expires_on < self.today:
            raise ValidationError(_("Datoen er passert."))
        return expires_on

    @property
    def names(self) -> list[str]:
        """Who agreed. Valid forms only."""
        return [line.strip() for line in self.cleaned_data["people"].splitlines() if line.strip()]


class PictureInPostForm(PictureFileForm):
    """A new picture with its place in a post."""

    caption = forms.CharField(
        label=_("Bildetekst"), max_length=300, required=False, widget=UnfoldAdminTextInputWidget
    )
    item = forms.ModelChoiceField(
        label=_("Hører til"),
        queryset=PostItem.objects.none(),
        required=False,
        empty_label=_("Øverst i posten"),
        widget=UnfoldAdminSelectWidget,
    )
    field_order = ["file", "kept", "alt", "caption", "credit", "item"]

    def __init__(self, *args: Any, post: Post, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_pieces(self.fields["item"], post)


class PhotoForm(forms.ModelForm):  # type: ignore[type-arg]
    """How a picture is told of in one post, and where in it that is."""

    class Meta:
        model = Photo
        fields = ("alt", "caption", "credit", "item")
        widgets = {
            "alt": UnfoldAdminTextInputWidget({"autofocus": True}),
            "caption": UnfoldAdminTextInputWidget,
            "credit": UnfoldAdminTextInputWidget,
            "item": UnfoldAdminSelectWidget,
        }
        error_messages = {"alt": {"required": _("Skriv hva bildet viser.")}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_pieces(self.fields["item"], self.instance.post)

    def told(self) -> dict[str, Any]:
        """What `photos.change` writes. Valid forms only."""
        data = self.cleaned_data
        words = {name: data[name].strip() for name in TOLD_FIELDS}
        return {**words, "item_id": data["item"].pk if data["item"] else None}


def _offer_pieces(field: forms.Field, post: Post) -> None:
    if isinstance(field, forms.ModelChoiceField):
        field.queryset = PostItem.objects.filter(post=post).order_by("position", "pk")
        field.empty_label = str(_("Øverst i posten"))
