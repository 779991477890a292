"""The small forms of the editing page, one for each part of a post."""

import uuid
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.html import linebreaks
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from members.companies.models import Company, Forum
from members.posts.editing.pieces import HEAD_FIELDS, PIECE_FIELDS, Seen
from members.posts.models import PUBLIC_STATES, Post, PostItem


class PartForm(forms.ModelForm):  # type: ignore[type-arg]
    """A part of a post, with what was seen when the form was opened. It checks; it saves nothing."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    was_public = forms.BooleanField(required=False, widget=forms.HiddenInput)

    @property
    def seen(self) -> Seen:
        """What the form was opened on. Valid forms only."""
        return Seen(
            version=self.cleaned_data["version"], was_public=self.cleaned_data["was_public"]
        )

    def raw(self) -> dict[str, str]:
        """What was typed, as typed, but for what the database does not take."""
        names = self.Meta.fields  # type: ignore[attr-defined]
        return {name: str(self.data.get(name, "")).replace("\x00", "") for name in names}


class HeadForm(PartForm):
    class Meta:
        model = Post
        fields = ("title", "intro")
        widgets = {
            "title": UnfoldAdminTextInputWidget({"autofocus": True}),
            "intro": UnfoldAdminTextareaWidget({"rows": 4}),
        }

    def words(self) -> dict[str, Any]:
        """What the fields say, cleaned."""
        return {name: getattr(self.instance, name) for name in HEAD_FIELDS}

    def _get_validation_exclusions(self) -> set[str]:
        # Year and week belong to another form.
        return {field.name for field in Post._meta.fields} - set(HEAD_FIELDS)


class PieceForm(PartForm):
    form_token = forms.UUIDField(required=False, widget=forms.HiddenInput)
    position = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    class Meta:
        model = PostItem
        fields = (
            "heading",
            "body",
            "weekday",
            "topic",
            "forum",
            "company",
            "link_label",
            "link_path",
        )
        widgets = {
            "heading": UnfoldAdminTextInputWidget({"autofocus": True}),
            "weekday": UnfoldAdminSelectWidget,
            "topic": UnfoldAdminSelectWidget,
            "forum": UnfoldAdminSelectWidget,
            "company": UnfoldAdminSelectWidget,
            "link_label": UnfoldAdminTextInputWidget,
            "link_path": UnfoldAdminTextInputWidget,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (("forum", Forum), ("company", Company)):
            field = self.fields[name]
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = rows._default_manager.order_by("name", "pk")

    def clean_body(self) -> str:
        """Without JavaScript the field takes plain words too: blank lines part paragraphs."""
        body = str(self.cleaned_data["body"])
        return body if "<" in body else linebreaks(body, autoescape=True)

    def words(self) -> dict[str, Any]:
        """What the fields say, cleaned."""
        return {name: getattr(self.instance, name) for name in PIECE_FIELDS}


class CommentForm(forms.Form):
    text = forms.CharField(
        label=_("Kommentar"),
        max_length=2000,
        widget=UnfoldAdminTextareaWidget({"rows": 2}),
        error_messages={"required": _("Skriv en kommentar.")},
    )
    form_token = forms.UUIDField(required=False, widget=forms.HiddenInput)
    item = forms.IntegerField(required=False, widget=forms.HiddenInput)
    answers = forms.IntegerField(required=False, widget=forms.HiddenInput)


class VersionForm(forms.Form):
    name = forms.CharField(
        label=_("Navn på versjonen"),
        max_length=100,
        help_text=_("For eksempel «Før gjennomlesing»."),
        widget=UnfoldAdminTextInputWidget,
        error_messages={"required": _("Gi versjonen et navn.")},
    )


def hidden(part: Post | PostItem | None, post: Post, position: int | None = None) -> dict[str, Any]:
    """Return what a form that is opened now remembers."""
    return {
        "version": part.version if part is not None else 0,
        "was_public": post.state in PUBLIC_STATES,
        "form_token": uuid.uuid4(),
        "position": position,
    }


def seen_again(data: QueryDict, **now: object) -> QueryDict:
    """Return what was sent with what the editor has been shown since, so that sending it again says so."""
    data = data.copy()
    for name, value in now.items():
        data[name] = str(value)
    return data


def saw_public(data: QueryDict) -> bool:
    """Tell whether readers had the post when the page with the pressed button was opened."""
    return data.get("was_public") == "True"


def as_number(value: str | None) -> int | None:
    """Return a number that was sent, or None when it is none."""
    return int(value) if value and value.isdecimal() and len(value) < 10 else None
