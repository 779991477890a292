import uuid

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from members.posts import reviewing
from members.posts.editing.pieces import words_mark
from members.posts.models import Post, PostItem, ReviewLink
from members.posts.reading import with_cards, with_photos
from vekst.links import BadLinkError

NOT_FOUND, GONE = 404, 410
THANKS = {
    "kommentar": gettext_lazy("Takk! Redaksjonen har fått kommentaren din."),
    "godkjent": gettext_lazy("Takk! Redaksjonen vet at posten er god fra din side."),
}


class ReviewCommentForm(forms.Form):
    item = forms.ModelChoiceField(
        label=gettext_lazy("Hva gjelder det?"),
        queryset=PostItem.objects.none(),
        required=False,
        empty_label=gettext_lazy("Hele posten"),
        error_messages={"invalid_choice": gettext_lazy("Velg en av delene i denne posten.")},
    )
    text = forms.CharField(
        label=gettext_lazy("Kommentaren din"),
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"required": gettext_lazy("Skriv en kommentar.")},
    )
    form_token = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, *args: object, post: Post, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["item"]
        if isinstance(field, forms.ModelChoiceField):
            # Those of this post alone: the link opens no other.
            field.queryset = post.items.order_by("position", "pk")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, token: str) -> HttpResponse:
    """Show the draft to the holder of a link, and take what they think of it."""
    now = timezone.now()
    try:
        link = reviewing.opened(token, at=now)
    except BadLinkError:
        text = _("Lenken er ikke hel, eller den er ikke fra oss. Bruk den i e-posten du fikk.")
        return _private(_closed(request, text, status=NOT_FOUND))
    except reviewing.ClosedLinkError as error:
        return _private(_closed(request, str(error), status=GONE))
    form = ReviewCommentForm(request.POST if "comment" in request.POST else None, post=link.post)
    problem = ""
    if request.method == "POST":
        try:
            done = _act(request, link, form)
        except reviewing.ReviewError as error:
            problem, done = str(error), ""
        if done:
            return _private(redirect(f"{request.path}?takk={done}"))
    return _private(_page(request, link, form, problem))


def _act(request: HttpRequest, link: ReviewLink, form: ReviewCommentForm) -> str:
    """Do what the pressed button says, and name it. Nothing when the form is to be shown again."""
    if "approve" in request.POST:
        reviewing.approve(link=link, at=timezone.now(), seen=request.POST.get("seen", ""))
        return "godkjent"
    if not form.is_valid():
        return ""
    reviewing.comment(link=link, at=timezone.now(), **form.cleaned_data)
    return "kommentar"


def _page(
    request: HttpRequest, link: ReviewLink, form: ReviewCommentForm, problem: str
) -> HttpResponse:
    post = Post.objects.whole().get(pk=link.post_id)
    comments = link.comments.select_related("item").order_by("written_at", "pk")
    context = {
        # A picture that nobody has agreed to is shown to no outsider.
        "story": with_cards(with_photos([post], is_early=True), at=timezone.now())[0],
        "newer": None,
        "older": None,
        "is_preview": False,
        "article": "",
        "crumbs": [(_("Uka oppsummert"), reverse("posts:post_list")), (_("Gjennomlesing"), "")],
        "link": link,
        "form": form,
        "seen": words_mark(post),
        "problem": problem,
        "comments": list(comments),
        "is_approved": link.approved_at is not None and not reviewing.changed_since(link),
        "thanks": THANKS.get(request.GET.get("takk", ""), ""),
    }
    return render(request, "posts/review.html", context)


def _closed(request: HttpRequest, text: str, *, status: int) -> HttpResponse:
    crumbs = [(_("Uka oppsummert"), reverse("posts:post_list")), (_("Gjennomlesing"), "")]
    context = {"text": text, "crumbs": crumbs}
    return render(request, "posts/review_closed.html", context, status=status)


def _private(response: HttpResponse) -> HttpResponse:
    """The address is the key: no search engine may list it, and no other site that is linked to may learn it."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    # Not "no-referrer": with that a browser sends its forms as from nowhere, and they are refused as forged.
    response["Referrer-Policy"] = "same-origin"
    return response
