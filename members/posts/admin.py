import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Field
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import StackedInline
from unfold.decorators import action
from unfold.widgets import UnfoldAdminTextInputWidget, UnfoldBooleanWidget

from members.accounts.access import signed_in
from members.mailings import newsletters
from members.posts import publishing
from members.posts.models import PUBLIC_STATES, Photo, Post, PostItem
from members.posts.newsletter import draft_mail, newsletter_from_post
from members.posts.reading import with_photos
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


class ItemInline(StackedInline):
    model = PostItem
    fields = [
        "weekday",
        "heading",
        "body",
        "link_label",
        "link_path",
        "forum",
        "company",
        "position",
    ]
    ordering_field = "position"
    hide_ordering_field = True
    ordering = ["position", "pk"]
    extra = 0


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


class PublishForm(forms.Form):
    for_time = forms.DateTimeField(
        label=gettext_lazy("Publiseres"),
        widget=UnfoldAdminTextInputWidget(attrs={"type": "datetime-local"}),
    )


@admin.register(Post)
class PostAdmin(HistoryAdmin):
    list_display = ["title", "year", "week", "state", "publish_at", "published_at", "author"]
    list_filter = ["state", "year"]
    search_fields = ["title", "intro", "items__heading"]
    list_select_related = ["author"]
    ordering = ["-year", "-week", "-pk"]
    inlines = [ItemInline, PhotoInline]
    fields = ["title", "intro", "year", "week", "state", "published_at"]
    readonly_fields = ["state", "published_at"]
    history_list_display = ["state", "history_change_reason"]
    actions_detail = ["preview", "preview_mail", "publish_page", "make_newsletter"]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        year, week, _day = timezone.localdate().isocalendar()
        return {"year": year, "week": week}

    def save_model(self, request: HttpRequest, obj: Post, form: Any, change: bool) -> None:
        if not change:
            obj.author = signed_in(request)
        super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        if formset.model is Photo:
            for photo_form in formset.initial_forms + formset.extra_forms:
                if photo_form.cleaned_data.get("consent_confirmed") and photo_form.instance.pk:
                    publishing.confirm_consent(
                        photo=photo_form.instance, at=timezone.now(), by=signed_in(request)
                    )

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        deleted, counts, needed, protected = super().get_deleted_objects(objs, request)
        # A published page does not vanish by a slip: it is withdrawn first.
        live = [str(post) for post in objs if post.state in PUBLIC_STATES]
        return deleted, counts, needed, [*protected, *live]

    def view_on_site(self, obj: Post) -> str | None:
        """The page, once there is one; before that the preview shows it."""
        return obj.get_absolute_url() if obj.state in PUBLIC_STATES else None

    @action(description=gettext_lazy("Se som side"), url_path="side", permissions=["view"])
    def preview(self, request: HttpRequest, object_id: int) -> HttpResponse:
        post = get_object_or_404(Post.objects.whole(), pk=object_id)
        crumbs = [(_("Tilbake til redigering"), reverse("admin:posts_post_change", args=[post.pk]))]
        context = {
            "story": with_photos([post], with_unready=True)[0],
            "newer": None,
            "older": None,
            "is_preview": True,
            "crumbs": crumbs,
        }
        return render(request, "posts/post_detail.html", context)

    @action(description=gettext_lazy("Se som e-post"), url_path="e-post", permissions=["view"])
    def preview_mail(self, request: HttpRequest, object_id: int) -> HttpResponse:
        post = get_object_or_404(Post, pk=object_id)
        text, html = newsletters.preview(draft_mail(post=post, at=timezone.now()))
        if request.GET.get("del") == "html":
            response = HttpResponse(html)
            response.xframe_options_exempt = True
            return response
        context = {"post": post, "text": text, "title": _("Forhåndsvisning")}
        return self._page(request, "posts/admin/post_mail.html", context)

    @action(description=gettext_lazy("Publiser …"), url_path="publiser", permissions=["publish"])
    def publish_page(self, request: HttpRequest, object_id: int) -> HttpResponse:
        post = get_object_or_404(Post, pk=object_id)
        usual = newsletters.usual_time(at=timezone.now())
        form = PublishForm(
            request.POST if "schedule" in request.POST else None,
            initial={"for_time": f"{usual:%Y-%m-%dT%H:%M}"},
        )
        if request.method == "POST" and self._act(request, post, form):
            return redirect(request.path)
        problems = publishing.problems_of(post)
        context = {
            "post": post,
            "form": form,
            "problems": problems,
            "is_blocked": any(problem.is_blocking for problem in problems),
            "title": _("Publiser ukeposten"),
        }
        return self._page(request, "posts/admin/post_publish.html", context)

    @action(
        description=gettext_lazy("Lag nyhetsbrev …"), url_path="nyhetsbrev", permissions=["publish"]
    )
    def make_newsletter(self, request: HttpRequest, object_id: int) -> HttpResponse:
        post = get_object_or_404(Post, pk=object_id)
        if request.method == "POST":
            newsletter = newsletter_from_post(post=post, at=timezone.now(), by=signed_in(request))
            messages.success(request, _("Nyhetsbrevet er en kladd. Se over det før du sender."))
            return redirect("admin:mailings_newsletter_change", newsletter.pk)
        context = {"post": post, "title": _("Lag nyhetsbrev av posten")}
        return self._page(request, "posts/admin/post_newsletter.html", context)

    def has_publish_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("posts.change_post")

    def _act(self, request: HttpRequest, post: Post, form: PublishForm) -> bool:
        """Do what the pressed button says. Returns False when the page is to be shown again."""
        now, by = timezone.now(), signed_in(request)
        try:
            if "schedule" in request.POST:
                if not form.is_valid():
                    return False
                for_time: datetime.datetime = form.cleaned_data["for_time"]
                publishing.schedule(post=post, for_time=for_time, at=now, by=by)
                text = _("Posten er planlagt.")
            elif "publish" in request.POST:
                publishing.publish(post=post, at=now, by=by)
                text = _("Posten er publisert.")
            else:
                publishing.withdraw(post=post, by=by)
                text = _("Posten er en kladd igjen.")
        except (publishing.NotReadyError, publishing.WrongStateError) as error:
            messages.error(request, str(error))
        else:
            messages.success(request, text)
        return True

    def _page(self, request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
        shared = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, name, shared)
