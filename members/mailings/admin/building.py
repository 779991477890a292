"""The page on which an editor builds a newsletter: its parts at one side, the mail at the other."""

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from members.accounts.access import signed_in
from members.mailings.models import BlockKind, Newsletter, NewsletterBlock
from members.mailings.newsletter_blocks import ordering

_EVENTS, _TEXT = {"days_ahead"}, {"text"}


class PartForm(forms.ModelForm):  # type: ignore[type-arg]
    """What can be set for a part of its kind."""

    class Meta:
        model = NewsletterBlock
        fields = ["title", "text", "days_ahead", "most"]

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        kind = self.instance.kind
        unused = set()
        if kind != BlockKind.TEXT:
            unused |= _TEXT
        if kind != BlockKind.EVENTS:
            unused |= _EVENTS
        if kind in (BlockKind.TEXT, BlockKind.POST, BlockKind.INDICATOR):
            unused |= {"most"}
        for name in unused:
            del self.fields[name]


def part_forms(newsletter: Newsletter, request: HttpRequest) -> list[PartForm]:
    """Return a form for each part; the one that was saved holds what was typed."""
    saved = request.POST.get("save")
    return [
        PartForm(
            request.POST if saved == str(part.pk) else None,
            instance=part,
            prefix=f"del-{part.pk}",
        )
        for part in newsletter.parts.order_by("position", "pk")
    ]


@transaction.atomic
def act(request: HttpRequest, newsletter: Newsletter, part_forms: list[PartForm]) -> bool:
    """Do what the pressed button says. Returns False when something typed is wrong."""
    try:
        ordering.note_change(newsletter=newsletter, at=timezone.now(), by=signed_in(request))
        if request.POST.get("add") in BlockKind.values:
            ordering.add(newsletter=newsletter, kind=request.POST["add"])
        elif (pk := request.POST.get("up", "")).isdecimal():
            ordering.move(newsletter=newsletter, pk=int(pk), step=-1)
        elif (pk := request.POST.get("down", "")).isdecimal():
            ordering.move(newsletter=newsletter, pk=int(pk), step=1)
        elif (pk := request.POST.get("drop", "")).isdecimal():
            ordering.drop(newsletter=newsletter, pk=int(pk))
        else:
            return _save(newsletter, part_forms)
    except ordering.NotEditableError:
        messages.error(request, _("Ta brevet tilbake til kladd før du endrer det."))
    return True


def _save(newsletter: Newsletter, part_forms: list[PartForm]) -> bool:
    for form in part_forms:
        if form.is_bound:
            if not form.is_valid():
                transaction.set_rollback(True)
                return False
            ordering.save(newsletter=newsletter, part=form.instance)
    return True
