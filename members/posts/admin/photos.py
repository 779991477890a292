"""The pictures of a post: put in, told of, moved and taken out again."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from members.posts import checks
from members.posts.admin import taking_in
from members.posts.admin.editing_forms import as_number
from members.posts.admin.pages import PostPages
from members.posts.admin.picture_forms import PhotoForm, PictureFileForm, PictureInPostForm
from members.posts.models import Photo, Picture, Post, PostItem

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
                photo = _put_in(post, picture, data["item"])
                photo.caption = data["caption"].strip()
                photo.save(update_fields=["caption"])
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
            photo = _put_in(post, chosen, item)
            return redirect("admin:posts_post_edit_photo", post.pk, photo.pk)
        words = request.GET.get("q", "").strip()
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
        found = get_object_or_404(Photo, post=post, pk=photo)
        is_sent = request.method == "POST"
        form = PhotoForm(request.POST if is_sent else None, instance=found)
        if is_sent and form.is_valid():
            saved = form.save()
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
        with transaction.atomic():
            Post.objects.select_for_update(of=("self",)).get(pk=post.pk)
            moved = get_object_or_404(Photo, post=post, pk=photo)
            row = list(
                Photo.objects.filter(post=post, item=moved.item_id).order_by("position", "pk")
            )
            at = row.index(moved)
            to = at - 1 if "up" in request.POST else at + 1
            if 0 <= to < len(row):
                row[at], row[to] = row[to], row[at]
            for position, each in enumerate(row):
                each.position = position
            Photo.objects.bulk_update(row, ["position"])
        return self.back(post, "flyttet-bilde", moved.item_id)

    def drop_photo_view(self, request: HttpRequest, pk: int, photo: int) -> HttpResponse:
        """Take the picture out of this post. It stays among the pictures."""
        post = self.editable(request, pk)
        found = Photo.objects.filter(post=post, pk=photo).first()
        if found is None:
            return self.back(post, "bilde-ut", None)
        found.delete()
        return self.back(post, "bilde-ut", found.item_id)

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


def _put_in(post: Post, picture: Picture, item: PostItem | None) -> Photo:
    """Put the picture last among those of the piece, told of as it was told of first."""
    there = Photo.objects.filter(post=post, item=item)
    last = there.aggregate(last=Max("position"))["last"]
    return Photo.objects.create(
        post=post,
        item=item,
        picture=picture,
        position=0 if last is None else last + 1,
        alt=picture.description or str(picture),
        credit=picture.credit,
    )
