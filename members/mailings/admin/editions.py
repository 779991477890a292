"""The page on which an editor sees the editions of a letter and makes one in another language."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from members.accounts.access import signed_in
from members.mailings import editions, recipients
from members.mailings.models import MailLanguage, Newsletter


def make(request: HttpRequest, newsletter: Newsletter) -> HttpResponse:
    """Make the edition that the pressed button names, and go to it."""
    language = request.POST.get("language", "")
    try:
        edition = editions.make_edition(
            newsletter=newsletter,
            language=MailLanguage(language).value,
            at=timezone.now(),
            by=signed_in(request),
        )
    except (ValueError, editions.EditionExistsError):
        messages.error(request, _("Det går ikke: Brevet har alt en utgave på dette språket."))
        return redirect(request.path)
    messages.success(
        request, _("Utgaven er laget. Oversett den, og planlegg den før brevet går ut.")
    )
    return redirect("admin:mailings_newsletter_change", edition.pk)


def context(newsletter: Newsletter) -> dict[str, Any]:
    """Return the letter with its editions, how many get each, and the languages that lack one."""
    now = timezone.now()
    family = [newsletter, *recipients.other_editions(newsletter).order_by("pk")]
    there = {recipients.written_in(one) for one in family if one.state != "cancelled"}
    return {
        "newsletter": newsletter,
        "family": [
            {
                "newsletter": one,
                "language": MailLanguage(recipients.written_in(one)).label,
                "readers": recipients.count(one, at=now),
            }
            for one in sorted(family, key=lambda one: one.pk)
        ],
        "missing": [choice for choice in MailLanguage.choices if choice[0] not in there],
        "title": _("Utgaver på andre språk"),
    }
