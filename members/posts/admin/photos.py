"""The pictures of a post: put in, told of, moved and taken out again."""

from typing import Any

from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from members.accounts.access import signed_in
from members.posts import checks
from members.posts.admin import taking_in
from members.posts.admin.editing_forms import as_number
from members.posts.admin.pages import PostPages
from members.posts.admin.picture_forms import PhotoForm, PictureFileForm, PictureInPostForm
from members.posts.editing import photos
from members.posts.models import Photo, Picture, Post

OFFERED = 12


class PhotoPages(PostPages):
    """What an editor does with the pictures of a post."""

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                f"<int:pk>/rediger/bilde/{address}",
                self.admin_site.admin_view(view),
                name=f"posts_post_{name}",
            )
            for address, name, view in (
                ("", "add_photo", self.add_photo_view),
                ("velg/", "choose_photo", self.choose_photo_view),
                ("<int:photo>/", "edit_photo", self.photo_view),
                ("<int:photo>/flytt/", "move_photo", require_POST(self.move_photo_view)),
                ("<int:photo>/fjern/", "drop_photo", require_POST(self.drop_photo_view)),
            )
        ]
        found: list[URLPattern] = [*own, *super().get_urls()]
        return found

    def add_photo_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        post, now = self.editable(request, pk), timezone.now()
        today = timezone.localdate(now)
        form: PictureFileForm
        if request.method != "POST":
            initial = {"item": as_number(request.GET.get("bit"))}
            form = PictureInPostForm(post=post, today=today, initial=initial)
            return self._add_page(request, post, form)
        if taking_in.is_in_already(request):
            return self.back(post, "bilde-inn", as_number(request.POST.get("item")))
        kept = taking_in.kept_picture(request)
        form = PictureInPostForm(request.POST, request.FILES, post=post, kept=kept, today=today)
        is_valid = form.is_valid()
        try:
            with transaction.atomic():
                picture = taking_in.keep_file(form, request, at=now)
                if not is_valid or picture is None:
                    if picture is not None and "file" not in form.errors:
                        form = taking_in.again(form, picture, request, post=post)
                    return self._add_page(request, post, form)
                data = form.cleaned_data
                picture = taking_in.finish(form, picture, request, at=now)
                photo = photos.put_in(
                    post=post,
                    picture=picture,
                    item=data["item"],
                    caption=data["caption"].strip(),
                    at=now,
                    by=signed_in(request),
                )
        except IntegrityError:
            # The same form at the same moment: the other one was first.
            if not taking_in.is_in_already(request):
                raise
            return self.back(post, "bilde-inn", as_number(request.POST.get("item")))
        return self.back(post, "bilde-inn", photo.item_id)

    def choose_photo_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Use a picture that is here already."""
        post = self.editable(request, pk)
        item = post.items.filter(pk=as_number(request.GET.get("bit")) or 0).first()
        if request.method == "POST":
            chosen = get_object_or_404(
                Picture.objects.kept(), pk=as_number(request.POST.get("picture")) or 0
            )
            photo = photos.put_in(
                post=post, picture=chosen, item=item, at=timezone.now(), by=signed_in(request)
            )
            return redirect("admin:posts_post_edit_photo", post.pk, photo.pk)
        # No text of ours holds a NUL, and the database takes none.
        words = request.GET.get("q", "").replace("\x00", "").strip()
        found = Picture.objects.kept().exclude(description="")
        for word in words.split():
            found = found.filter(description__icontains=word)
        context = {
            "post": post,
            "item": item,
            "q": words,
            "pictures": found.order_by("-uploaded_at", "-pk")[:OFFERED],
            "title": _("Velg et bilde som er her"),
        }
        return self.page(request, "posts/admin/photo_choose.html", context)

    def photo_view(self, request: HttpRequest, pk: int, photo: int) -> HttpResponse:
        post = self.editable(request, pk)
        found = Photo.objects.filter(post=post, pk=photo).first()
        if found is None:
            # Somebody took it out since the page was read.
            return self.back(post, "bilde-borte", None)
        is_sent = request.method == "POST"
        form = PhotoForm(request.POST if is_sent else None, instance=found)
        if is_sent and form.is_valid():
            now, by = timezone.now(), signed_in(request)
            try:
                saved = photos.change(post=post, photo_id=photo, fields=form.told(), at=now, by=by)
            except Photo.DoesNotExist:
                return self.back(post, "bilde-borte", None)
            return self.back(post, "lagret", saved.item_id)
        before = Photo.objects.get(pk=found.pk)
        problems = [p for p in checks.check_post(post) if p.photo_id == found.pk]
        context = {
            "post": post,
            "photo": before,
            "form": form,
            "problems": problems,
            "title": _("Bilde i posten"),
        }
        return self.page(request, "posts/admin/photo_edit.html", context)

    def move_photo_view(self, request: HttpRequest, pk: int, photo: int) -> HttpResponse:
        """Swap places with the picture before or after it in the same piece."""
        post = self.editable(request, pk)
        step = -1 if "up" in request.POST else 1
        try:
            moved = photos.move(
                post=post, photo_id=photo, step=step, at=timezone.now(), by=signed_in(request)
            )
        except Photo.DoesNotExist as error:
            raise Http404 from error
        return self.back(post, "flyttet-bilde", moved.item_id)

    def drop_photo_view(self, request: HttpRequest, pk: int, photo: int) -> HttpResponse:
        """Take the picture out of this post. It stays among the pictures."""
        post = self.editable(request, pk)
        found = photos.drop(post=post, photo_id=photo, at=timezone.now(), by=signed_in(request))
        return self.back(post, "bilde-ut", found.item_id if found else None)

    def _add_page(self, request: HttpRequest, post: Post, form: PictureFileForm) -> HttpResponse:
        item = as_number(request.GET.get("bit"))
        context: dict[str, Any] = {
            "post": post,
            "form": form,
            "choose_url": reverse("admin:posts_post_choose_photo", args=[post.pk])
            + (f"?bit={item}" if item else ""),
            "title": _("Nytt bilde i posten"),
        }
        return self.page(request, "posts/admin/photo_add.html", context)
