"""The cards below a piece: searched for, added, ordered, taken away."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from members.accounts.access import signed_in
from members.posts import cards
from members.posts.admin.editing_forms import as_number
from members.posts.admin.pages import PostPages
from members.posts.models import CardKind, Post, PostCard, PostItem


class CardSearchForm(forms.Form):
    slag = forms.ChoiceField(
        label=gettext_lazy("Hva slags kort"), choices=CardKind, widget=UnfoldAdminSelectWidget
    )
    q = forms.CharField(
        label=gettext_lazy("Ord i tittelen"),
        required=False,
        max_length=100,
        widget=UnfoldAdminTextInputWidget({"type": "search"}),
        help_text=gettext_lazy("Tomt viser de nyeste, eller de som kommer først."),
    )


class CardPages(PostPages):
    """The page where cards are found, and the buttons on the cards of a piece."""

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                f"<int:pk>/rediger/<int:item>/kort/{address}",
                self.admin_site.admin_view(view),
                name=f"posts_post_{name}",
            )
            for address, name, view in (
                ("", "cards", self.cards_view),
                ("<int:card>/flytt/", "move_card", require_POST(self.move_card_view)),
                ("<int:card>/fjern/", "remove_card", require_POST(self.remove_card_view)),
            )
        ]
        found: list[URLPattern] = [*own, *super().get_urls()]
        return found

    def cards_view(self, request: HttpRequest, pk: int, item: int) -> HttpResponse:
        """Show what fits the search; a press on one of them puts it below the piece."""
        post = self.editable(request, pk)
        piece = get_object_or_404(PostItem, post=post, pk=item)
        problem = ""
        if request.method == "POST":
            key = as_number(request.POST.get("key"))
            try:
                cards.add(
                    item=piece,
                    kind=request.POST.get("slag", ""),
                    key=key or 0,
                    at=timezone.now(),
                    by=signed_in(request),
                )
            except cards.UnknownThingError as error:
                problem = str(error)
            else:
                return self._to_piece(post, piece, "kort-lagt-til")
        asked = {"slag": CardKind.EVENT.value} | request.GET.dict()
        form = CardSearchForm(asked)
        found, there = [], set()
        if form.is_valid():
            words = form.cleaned_data
            found = cards.search(words["slag"], words["q"], at=timezone.now())
            there = set(piece.cards.filter(kind=words["slag"]).values_list("key", flat=True))
        context = {
            "post": post,
            "piece": piece,
            "form": form,
            "found": found,
            "there": there,
            "problem": problem,
            "title": _("Legg til kort"),
        }
        return self.page(request, "posts/admin/cards.html", context)

    def move_card_view(self, request: HttpRequest, pk: int, item: int, card: int) -> HttpResponse:
        post, found = self._card(request, pk, item, card)
        position = as_number(request.POST.get("position"))
        if position is not None:
            cards.move(card=found, position=position, at=timezone.now(), by=signed_in(request))
        return self._to_piece(post, found.item, "kort-flyttet")

    def remove_card_view(self, request: HttpRequest, pk: int, item: int, card: int) -> HttpResponse:
        post = self.editable(request, pk)
        piece = get_object_or_404(PostItem, post=post, pk=item)
        # One that is gone already is no fault: somebody pressed twice.
        for found in PostCard.objects.filter(item=piece, pk=card).select_related("item__post"):
            cards.remove(card=found, at=timezone.now(), by=signed_in(request))
        return self._to_piece(post, piece, "kort-fjernet")

    def _card(self, request: HttpRequest, pk: int, item: int, card: int) -> tuple[Post, PostCard]:
        post = self.editable(request, pk)
        rows = PostCard.objects.select_related("item__post")
        return post, get_object_or_404(rows, item__post=post, item=item, pk=card)

    def _to_piece(self, post: Post, piece: PostItem, what: str) -> HttpResponse:
        """Go back to the cards of the piece, which its anchor shows."""
        address = reverse("admin:posts_post_edit", args=[post.pk])
        words = urlencode([("gjort", what), ("bit", str(piece.pk))])
        return redirect(f"{address}?{words}#kort-{piece.pk}")
