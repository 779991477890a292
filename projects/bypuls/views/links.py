"""Pages for links in mails that lead nowhere any more, each saying why and what to do."""

from typing import TypeGuard

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from projects.bypuls.models import Event, SignUp
from projects.bypuls.signups.mails import SIGNUP_LINK
from vekst.links import BadLinkError, read_token

NOT_FOUND, GONE = 404, 410


def link_problem(
    request: HttpRequest, title: str, text: str, *, status: int, event: Event | None = None
) -> HttpResponse:
    """Say why the link leads nowhere. `event` is one that everybody may see, to go on to."""
    context = {
        "title": title,
        "text": text,
        "event": event,
        "list_url": reverse("bypuls:event_list"),
    }
    return render(request, "bypuls/link_problem.html", context, status=status)


def broken_link(request: HttpRequest) -> HttpResponse:
    """Answer a link that is none of ours: cut by a mail program, or made up."""
    return link_problem(
        request,
        _("Lenken virker ikke"),
        _(
            "Noen e-postprogrammer deler lange lenker i to. Kopier hele lenken fra e-posten og prøv igjen. "
            "Har du mistet den, så meld deg på en gang til med samme adresse. "
            "Da sender vi deg en ny lenke, og påmeldingen din står som før."
        ),
        status=NOT_FOUND,
    )


def public_part(event: Event) -> Event | None:
    """Return the event when strangers may see it; a page for a broken link names no other."""
    return Event.objects.public(timezone.now()).filter(pk=event.pk).first()


def signup_of(token: str) -> SignUp | None:
    """Return the sign-up that a mailed link is about, with its event, or None. One query."""
    try:
        pk = read_token(SIGNUP_LINK, token)
    except BadLinkError:
        return None
    signups = SignUp.objects.select_related("event__venue", "company", "series_signup")
    return signups.filter(pk=pk).first()


def is_live(signup: SignUp | None) -> TypeGuard[SignUp]:
    """Tell whether there is still somebody behind the sign-up."""
    return signup is not None and signup.anonymised_at is None


def no_signup(request: HttpRequest, signup: SignUp | None) -> HttpResponse:
    """Answer a link to a sign-up that is not there, or whose names are deleted."""
    if signup is None:
        return broken_link(request)
    return deleted_signup(request, event=public_part(signup.event))


def deleted_signup(request: HttpRequest, *, event: Event | None = None) -> HttpResponse:
    """Answer a link to a sign-up of which only the figures are left."""
    return link_problem(
        request,
        _("Påmeldingen er slettet"),
        _("Vi sletter navn og adresser 30 dager etter arrangementet. Det er ingenting her lenger."),
        status=GONE,
        event=event,
    )
