from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe
from django_ratelimit.core import is_ratelimited

from members.mailings import archive as archives
from members.mailings import subscribing
from members.mailings.forms import AddressForm, PreferencesForm, SignUpForm
from members.mailings.models import (
    Audience,
    Consent,
    Newsletter,
    Subscriber,
    SubscriptionRequest,
    Topic,
    WelcomeJourney,
)
from members.mailings.newsletter_content import from_json
from members.mailings.newsletter_pictures import without_gone
from vekst.http import HtmxHttpRequest
from vekst.paging import keyset_page


def _crumbs(*names: tuple[str, str]) -> list[tuple[str, str]]:
    top = (_("Nyhetsbrev"), reverse("mailings:sign_up"))
    return [top, *((label, reverse(name)) for label, name in names)]


def _page_url(chosen: dict[str, str], name: str, cursor: str | None) -> str:
    return f"?{urlencode({**chosen, name: cursor})}" if cursor else ""


def _asks_too_often(request: HtmxHttpRequest) -> bool:
    """Each post sends a mail to an address that anyone may type."""
    return request.method == "POST" and bool(
        is_ratelimited(request, group="nyhetsbrev", key="ip", rate="30/h", increment=True)
    )


def _unknown_link(request: HtmxHttpRequest) -> HttpResponse:
    """Say what to do with a link that was cut off in a mail, or whose person we have forgotten."""
    return render(request, "mailings/unknown_link.html", {"crumbs": _crumbs()}, status=404)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HtmxHttpRequest) -> HttpResponse:
    if _asks_too_often(request):
        return render(request, "429.html", status=429)
    form = SignUpForm(request.POST or None, initial={"language": get_language()})
    if form.is_valid():
        subscribing.request_subscription(
            **form.cleaned_data,
            source=request.path,
            at=timezone.now(),
        )
        return redirect("mailings:check_inbox")
    return render(request, "mailings/sign_up.html", {"form": form, "crumbs": _crumbs()})


@login_not_required
@require_safe
def check_inbox(request: HtmxHttpRequest) -> HttpResponse:
    return render(request, "mailings/check_inbox.html")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HtmxHttpRequest, token: str) -> HttpResponse:
    asked = SubscriptionRequest.objects.filter(token=token).first()
    if asked is None:
        return _unknown_link(request)
    subscriber = None
    is_too_old, is_used = False, asked.confirmed_at is not None
    if request.method == "POST":
        try:
            subscriber = subscribing.confirm(request=asked, at=timezone.now())
        except subscribing.AlreadyConfirmedError:
            is_used = True
        except subscribing.LinkTooOldError:
            is_too_old = True
    topics = subscribing.topics_in_force(asked.email) if is_used else asked.topics
    context = {
        "asked": asked,
        "topics": [Topic(topic).label for topic in topics],
        "audiences": [str(Audience(one).label) for one in asked.audiences],
        "subscriber": subscriber,
        "is_used": is_used,
        "is_too_old": is_too_old,
    }
    return render(request, "mailings/confirm.html", context)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def preferences_link(request: HtmxHttpRequest) -> HttpResponse:
    if _asks_too_often(request):
        return render(request, "429.html", status=429)
    form = AddressForm(request.POST or None)
    if form.is_valid():
        subscribing.request_preferences_link(email=form.cleaned_data["email"], at=timezone.now())
        return redirect("mailings:check_inbox")
    crumbs = _crumbs((_("Innstillinger"), "mailings:preferences_link"))
    return render(request, "mailings/preferences_link.html", {"form": form, "crumbs": crumbs})


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HtmxHttpRequest, token: str) -> HttpResponse:
    subscriber = Subscriber.objects.filter(token=token).first()
    if subscriber is None:
        return _unknown_link(request)
    now = timezone.now()
    today = timezone.localdate(now)
    if request.method == "POST" and "leave_all" in request.POST:
        subscribing.withdraw(subscriber=subscriber, source=reverse("mailings:sign_up"), at=now)
        return redirect(request.path + "?lagret=av")
    initial = {
        "topics": list(subscriber.consents.in_force().values_list("topic", flat=True)),
        "audiences": subscriber.audiences,
        "frequency": subscriber.frequency,
        "language": subscriber.language,
    }
    is_paused = subscriber.paused_until is not None and subscriber.paused_until >= today
    form = PreferencesForm(
        request.POST or None,
        initial=initial,
        paused_until=subscriber.paused_until if is_paused else None,
    )
    if form.is_valid():
        subscribing.choose(
            subscriber=subscriber,
            topics=form.cleaned_data["topics"],
            audiences=form.cleaned_data["audiences"],
            frequency=form.cleaned_data["frequency"],
            language=form.cleaned_data["language"],
            paused_until=form.paused_until(today=today),
            source=reverse("mailings:preferences_link"),
            at=now,
        )
        return redirect(request.path + "?lagret=ja")
    context = {
        "form": form,
        "subscriber": subscriber,
        "is_paused": is_paused,
        "has_topics": bool(initial["topics"]),
        "saved": request.GET.get("lagret", ""),
    }
    return render(request, "mailings/preferences.html", context)


# Mail programs post `List-Unsubscribe=One-Click` here by themselves, without cookies (RFC 8058): the
# secret in the address is the permission. Link scanners only GET, and a GET changes nothing.
@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HtmxHttpRequest, token: str) -> HttpResponse:
    consent = Consent.objects.select_related("subscriber").filter(token=token).first()
    if consent is None:
        return _unknown_link(request)
    if request.method == "POST":
        subscribing.withdraw(
            subscriber=consent.subscriber,
            topic=consent.topic,
            source="List-Unsubscribe" if "List-Unsubscribe" in request.POST else "meld-av",
            at=timezone.now(),
        )
    gets_topic = consent.subscriber.consents.in_force().filter(topic=consent.topic).exists()
    return render(
        request, "mailings/unsubscribe.html", {"consent": consent, "gets_topic": gets_topic}
    )


@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe_all(request: HtmxHttpRequest, token: str) -> HttpResponse:
    subscriber = Subscriber.objects.filter(token=token).first()
    if subscriber is None:
        return _unknown_link(request)
    if request.method == "POST":
        subscribing.withdraw(
            subscriber=subscriber,
            source="List-Unsubscribe" if "List-Unsubscribe" in request.POST else "meld-av",
            at=timezone.now(),
        )
    gets_something = subscriber.consents.in_force().exists()
    context = {"subscriber": subscriber, "gets_something": gets_something}
    return render(request, "mailings/unsubscribe_all.html", context)


@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe_welcome(request: HtmxHttpRequest, token: str) -> HttpResponse:
    journey = WelcomeJourney.objects.select_related("subscriber").filter(token=token).first()
    if journey is None:
        return _unknown_link(request)
    if request.method == "POST":
        subscribing.leave_welcome(journey=journey, at=timezone.now())
    goes_on = WelcomeJourney.objects.filter(pk=journey.pk, stopped_at=None).exists()
    context = {"subscriber": journey.subscriber, "goes_on": goes_on}
    return render(request, "mailings/unsubscribe_welcome.html", context)


@login_not_required
@require_safe
def archive(request: HtmxHttpRequest) -> HttpResponse:
    choice = archives.read_choice(request.GET.get("ar", ""), request.GET.get("tema", ""))
    page = keyset_page(archives.letters(choice), ["-sent_at", "-id"], request.GET, size=24)
    context = {
        "page": page,
        "choice": choice,
        "chosen_topic": Topic(choice.topic).label if choice.topic else "",
        "years": archives.year_ways(choice),
        "topics": archives.topic_ways(choice),
        "every_year": archives.Choice(topic=choice.topic).url,
        "every_topic": archives.Choice(year=choice.year).url,
        "prev_url": _page_url(choice.query, "for", page.previous_cursor),
        "next_url": _page_url(choice.query, "etter", page.next_cursor),
        "crumbs": _crumbs((_("Arkiv"), "mailings:archive")),
    }
    return render(request, "mailings/archive.html", context)


@login_not_required
@require_safe
def archived(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    newsletter = get_object_or_404(Newsletter.objects.readable(), pk=pk)
    language = newsletter.content_language
    foreign = "" if language == get_language() else language
    newer, older = archives.around(newsletter)
    context = {
        "newsletter": newsletter,
        "newer": newer,
        "older": older,
        "blocks": without_gone(from_json(newsletter.blocks)),
        "content_language": language,
        "crumbs": [
            *_crumbs((_("Arkiv"), "mailings:archive")),
            (newsletter.title, request.path, foreign),
        ],
    }
    return render(request, "mailings/archived.html", context)
