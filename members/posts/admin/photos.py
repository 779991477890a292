"""The pictures of a post, below its pieces."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Field
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy
from unfold.admin import StackedInline
from unfold.widgets import UnfoldBooleanWidget

from members.accounts.access import signed_in
from members.posts import publishing
from members.posts.models import Photo, PostItem
from vekst.history_admin import HistoryAdmin
from vekst.uploads import clean_picture


class PhotoForm(forms.ModelForm):  # type: ignore[type-arg]
    """A picture, re-encoded when it comes in; the tick says that those in it have agreed."""

    consent_confirmed = forms.BooleanField(
        label=gettext_lazy("De på bildet har samtykket"),
        required=False,
        widget=UnfoldBooleanWidget,
        help_text=gettext_lazy("Navnet ditt og tidspunktet lagres sammen med bildet."),
    )

    class Meta:
        model = Photo
        fields = [
            "image",
            "alt",
            "caption",
            "credit",
            "item",
            "shows_people",
            "consent_confirmed",
            "position",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["consent_confirmed"].initial = self.instance.consent_confirmed_at is not None

    def clean_image(self) -> Any:
        image = self.cleaned_data["image"]
        return clean_picture(image) if isinstance(image, UploadedFile) else image


class PhotoInline(StackedInline):
    model = Photo
    form = PhotoForm
    ordering_field = "position"
    hide_ordering_field = True
    ordering = ["position", "pk"]
    extra = 0

    def formfield_for_foreignkey(
        self, db_field: "Field[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name == "item":
            match = request.resolver_match
            post_id = match.kwargs.get("object_id") if match else None
            kwargs["queryset"] = PostItem.objects.filter(post=post_id).order_by("position", "pk")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class PhotosOfPost(HistoryAdmin):
    """Notes who confirms the consent of those in a picture."""

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        if formset.model is Photo:
            for photo_form in formset.initial_forms + formset.extra_forms:
                if photo_form.cleaned_data.get("consent_confirmed") and photo_form.instance.pk:
                    publishing.confirm_consent(
                        photo=photo_form.instance, at=timezone.now(), by=signed_in(request)
                    )
