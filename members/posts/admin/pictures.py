"""The pictures of the editors: found again, cut, given consent, and taken away."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin, StackedInline
from unfold.decorators import action, display

from members.accounts.access import signed_in
from members.posts.admin import taking_in
from members.posts.admin.picture_forms import PictureFileForm
from members.posts.models import Picture, PictureConsent
from members.posts.pictures import consents, keeping, uses
from members.posts.pictures.sizes import MOST_ATTEMPTS


class CropForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Picture
        fields = ("description", "credit", "shows_people", *keeping.CROP_FIELDS)

    def clean_description(self) -> str:
        description = str(self.cleaned_data["description"]).strip()
        if not description:
            raise forms.ValidationError(_("Skriv hva bildet viser."))
        return description


class ConsentInline(StackedInline):
    model = PictureConsent
    extra = 0
    ordering = ["given_on", "pk"]
    fields = [("person", "email"), ("how", "purpose"), ("given_on", "expires_on")]
    verbose_name_plural = gettext_lazy("Samtykker: alle som kan kjennes igjen")


class ConsentFilter(admin.SimpleListFilter):
    title = gettext_lazy("samtykke")
    parameter_name = "samtykke"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("mangler", gettext_lazy("mangler eller er utløpt")),
            ("trukket", gettext_lazy("trukket")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "mangler":
            return queryset.without_consent()
        if self.value() == "trukket":
            return queryset.filter(withdrawn_at__isnull=False)
        return queryset


class UseFilter(admin.SimpleListFilter):
    title = gettext_lazy("bruk")
    parameter_name = "bruk"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("nei", gettext_lazy("ikke i noen post"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(photos=None) if self.value() == "nei" else queryset


def consent_text(picture: Picture) -> str:
    """Return how it stands with the consent, in words."""
    if picture.withdrawn_at is not None:
        return _("Trukket, filene er slettet")
    if not picture.shows_people:
        return _("Ingen kan kjennes igjen")
    if picture.consent_expired_at is not None:
        return _("Utløpt: vises ikke")
    return _("Mangler: vises ikke") if picture.consent_at is None else _("Gitt")


def work_text(picture: Picture) -> str:
    """Return how far the sizes have come, in words."""
    if picture.withdrawn_at is not None:
        return "–"
    if picture.is_made:
        return _("Alle størrelser er klare")
    if picture.attempts >= MOST_ATTEMPTS:
        return _(
            "Størrelsene kunne ikke lages. Leserne får én JPEG. Prøv igjen, eller last opp på nytt."
        )
    return _("Størrelsene lages nå. Til de er klare, får leserne én JPEG.")


@admin.register(Picture)
class PictureAdmin(ModelAdmin):
    form = CropForm
    list_display = ["thumbnail", "description", "credit", "consent", "used", "uploaded_at"]
    list_display_links = ["description"]
    list_filter = [ConsentFilter, UseFilter, "shows_people"]
    search_fields = ["description", "credit", "photos__caption", "consents__person"]
    search_help_text = gettext_lazy(
        "Beskrivelse, fotograf, bildetekst eller hvem som har samtykket"
    )
    ordering = ["-uploaded_at", "-pk"]
    inlines = [ConsentInline]
    readonly_fields = ["shown", "work", "consent", "where_used", "uploaded_at", "uploaded_by"]
    fieldsets = [
        (None, {"fields": ["shown", "work", "description", "credit"]}),
        (
            gettext_lazy("Utsnitt og fokus"),
            {
                "fields": [
                    ("focus_x", "focus_y"),
                    ("cut_left", "cut_right"),
                    ("cut_top", "cut_bottom"),
                ],
                "description": gettext_lazy(
                    "Fokus er det som alltid skal synes når bildet får en annen form: 0 er helt til "
                    "venstre eller øverst, 100 helt til høyre eller nederst. Klikk i bildet, eller skriv tall."
                ),
            },
        ),
        (
            gettext_lazy("Samtykke og bruk"),
            {"fields": ["shows_people", "consent", "where_used", "uploaded_at", "uploaded_by"]},
        ),
    ]
    actions_detail = ["withdraw_page", "make_again"]

    class Media:
        css = {"all": ["css/editing.css", "css/pictures.css", "css/picture-desk.css"]}
        js = ["js/pictures.js"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Picture]:
        found: Any = super().get_queryset(request)
        return found.for_list()  # type: ignore[no-any-return]

    def get_readonly_fields(self, request: HttpRequest, obj: Picture | None = None) -> list[str]:
        if obj is None or obj.withdrawn_at is None:
            return self.readonly_fields
        return [*self.readonly_fields, *CropForm.Meta.fields]

    def get_inlines(self, request: HttpRequest, obj: Picture | None) -> list[Any]:
        return [] if obj is not None and obj.withdrawn_at is not None else self.inlines

    @display(description=gettext_lazy("bilde"))
    def thumbnail(self, obj: Picture) -> str:
        if obj.withdrawn_at is not None:
            return "–"
        return format_html(
            '<img class="picture-thumb {}" src="{}" width="96" height="64" alt="">',
            obj.focus_classes,
            obj.url,
        )

    @display(description=gettext_lazy("samtykke"))
    def consent(self, obj: Picture) -> str:
        return consent_text(obj)

    @display(description=gettext_lazy("poster"), ordering="times_used")
    def used(self, obj: Picture) -> int:
        return int(getattr(obj, "times_used", 0))

    @display(description=gettext_lazy("slik vises det"))
    def shown(self, obj: Picture) -> str:
        return render_to_string("posts/admin/_picture_shown.html", {"picture": obj})

    @display(description=gettext_lazy("størrelser"))
    def work(self, obj: Picture) -> str:
        return work_text(obj)

    @display(description=gettext_lazy("brukt i"))
    def where_used(self, obj: Picture) -> str:
        return render_to_string("posts/admin/_picture_uses.html", {"uses": uses.uses_of(obj)})

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        if obj is None:
            return partial(PictureFileForm, today=timezone.localdate())
        return super().get_form(request, obj, **kwargs)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        now, make_form = timezone.now(), self.get_form(request)
        if request.method != "POST":
            return self._add_page(request, make_form())
        if taking_in.is_in_already(request):
            return redirect("admin:posts_picture_changelist")
        kept = taking_in.kept_picture(request)
        form = make_form(request.POST, request.FILES, kept=kept)
        is_valid = form.is_valid()
        try:
            with transaction.atomic():
                picture = taking_in.keep_file(form, request, at=now)
                if not is_valid or picture is None:
                    if picture is not None and "file" not in form.errors:
                        form = taking_in.again(form, picture, request)
                    return self._add_page(request, form)
                picture = taking_in.finish(form, picture, request, at=now)
        except IntegrityError:
            # The same form at the same moment: the other one was first.
            if not taking_in.is_in_already(request):
                raise
            return redirect("admin:posts_picture_changelist")
        messages.success(request, _("Bildet er lagret."))
        return redirect("admin:posts_picture_change", picture.pk)

    def save_model(self, request: HttpRequest, obj: Picture, form: Any, change: bool) -> None:
        fields = {name: form.cleaned_data[name] for name in form.cleaned_data}
        try:
            keeping.change(
                picture_id=obj.pk, fields=fields, at=timezone.now(), by=signed_in(request)
            )
        except consents.GoneError as error:
            messages.error(request, str(error))

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        now, by = timezone.now(), signed_in(request)
        for row in formset.save(commit=False):
            if row._state.adding:
                row.recorded_at, row.recorded_by = now, by
            row.save()
        for row in formset.deleted_objects:
            row.delete()
        consents.settle(picture_id=form.instance.pk, at=now, by=by)

    def delete_model(self, request: HttpRequest, obj: Picture) -> None:
        keeping.delete(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Picture]) -> None:
        for picture in queryset:
            keeping.delete(picture)

    @action(description=gettext_lazy("Trekk bildet …"), url_path="trekk", permissions=["withdraw"])
    def withdraw_page(self, request: HttpRequest, object_id: int) -> HttpResponse:
        picture = get_object_or_404(Picture, pk=object_id)
        if request.method == "POST":
            if not request.POST.get("sure"):
                return self._withdraw(request, picture, _("Kryss av for at du er sikker."))
            consents.withdraw(picture_id=picture.pk, at=timezone.now(), by=signed_in(request))
            messages.success(request, _("Bildet er trukket. Ingen sider viser det lenger."))
            return redirect("admin:posts_picture_change", picture.pk)
        return self._withdraw(request, picture, "")

    @action(
        description=gettext_lazy("Lag størrelsene på nytt"),
        url_path="lag",
        permissions=["withdraw"],
    )
    def make_again(self, request: HttpRequest, object_id: int) -> HttpResponse:
        picture = get_object_or_404(Picture, pk=object_id)
        if request.method == "POST":
            try:
                keeping.make_again(picture_id=picture.pk, at=timezone.now())
            except consents.GoneError as error:
                messages.error(request, str(error))
            return redirect("admin:posts_picture_change", picture.pk)
        context = {"picture": picture, "title": _("Lag størrelsene på nytt")}
        return self._page(request, "posts/admin/picture_make.html", context)

    def has_withdraw_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("posts.change_picture")

    def _withdraw(self, request: HttpRequest, picture: Picture, problem: str) -> HttpResponse:
        context = {
            "picture": picture,
            "uses": uses.uses_of(picture),
            "problem": problem,
            "title": _("Trekk bildet"),
        }
        return self._page(request, "posts/admin/picture_withdraw.html", context)

    def _add_page(self, request: HttpRequest, form: PictureFileForm) -> HttpResponse:
        context = {"form": form, "title": _("Nytt bilde"), "back": self._list_url()}
        return self._page(request, "posts/admin/picture_add.html", context)

    def _list_url(self) -> str:
        return reverse("admin:posts_picture_changelist")

    def _page(self, request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
        shared = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, name, shared)
