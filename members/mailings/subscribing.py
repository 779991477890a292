"""Sign up, confirm, choose, pause and leave: a person's own will about the newsletter."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from members.mailings import welcome
from members.mailings.ledger import MailKind, enqueue
from members.mailings.models import (
    Audience,
    Consent,
    Delivery,
    DeliveryState,
    Frequency,
    Subscriber,
    SubscriptionRequest,
    Topic,
    WelcomeJourney,
)
from members.mailings.returns import recording

# Raised when the words change; what each person saw stands in their consent.
CONSENT_VERSION = "2026-11-25"
# Somebody else's address typed in again and again gives one mail in this time.
MAIL_PAUSE = datetime.timedelta(minutes=10)
# An unconfirmed sign-up is forgotten after this.
CONFIRM_WITHIN = datetime.timedelta(days=7)
# The columns that a person sets.
CHOICES = ["language", "audiences", "frequency", "gathered_until_at", "paused_until"]
# What a person gets because they asked for it, and no longer when they say so.
OWN_WILL = (MailKind.NEWSLETTER, MailKind.DIGEST, MailKind.WELCOME)
# What the ledger says of a message that was stopped by it.
_LEFT = "Mottakeren har meldt seg av."


class AlreadyConfirmedError(Exception):
    """The link in the mail has been used."""


class LinkTooOldError(Exception):
    """The link in the mail is older than a week."""


def consent_text(topics: Iterable[str], audiences: Iterable[str] = ()) -> str:
    """Return the words that a person agrees to, in the page's language."""
    names = ", ".join(str(Topic(topic).label) for topic in topics)
    text = _(
        "Ja takk, send meg e-post om: %(topics)s. "
        "Jeg kan når som helst melde meg av eller ta pause med lenken i hver e-post."
    ) % {"topics": names}
    chosen = list(audiences)
    if chosen:
        of_me = ", ".join(str(Audience(audience).label) for audience in chosen)
        more = _("Jeg har selv valgt å få e-post som er laget for: %(audiences)s.")
        text += f" {more % {'audiences': of_me}}"
    if Audience.NEWCOMERS in chosen:
        text += " " + _("Som ny får jeg også noen få e-poster om å finne seg til rette.")
    return text


@transaction.atomic
def request_subscription(
    *,
    email: str,
    topics: Iterable[str],
    language: str,
    audiences: Iterable[str] = (),
    frequency: str = Frequency.EACH,
    source: str,
    at: datetime.datetime,
) -> SubscriptionRequest | None:
    """
    Remember that somebody asked, and mail the link that confirms it.

    What they chose is theirs only when the link is used. Known and unknown addresses are treated alike, so
    the form tells nobody who subscribes. Returns None when the same address asked for the same a moment ago.
    """
    address = email.strip().lower()
    choices: dict[str, Any] = {
        "topics": sorted(set(topics)),
        "audiences": sorted(set(audiences)),
        "frequency": frequency,
        "language": language,
    }
    recent = SubscriptionRequest.objects.filter(email=address, requested_at__gt=at - MAIL_PAUSE)
    if recent.filter(**choices, confirmed_at=None).exists() or recent.count() >= 3:
        return None
    with translation.override(language):
        request = SubscriptionRequest.objects.create(
            email=address,
            **choices,
            consent_text=consent_text(choices["topics"], choices["audiences"]),
            consent_version=CONSENT_VERSION,
            source=source[:200],
            requested_at=at,
        )
        _mail(
            "confirm",
            MailKind.SUBSCRIPTION_CONFIRM,
            occasion=f"request-{request.pk}",
            recipient=address,
            url=_absolute("mailings:confirm", request.token),
            asked=request,
            at=at,
        )
    return request


@transaction.atomic
def confirm(*, request: SubscriptionRequest, at: datetime.datetime) -> Subscriber:
    """
    Turn the request into consents and choices. Raises AlreadyConfirmedError and LinkTooOldError.

    A topic that the person already gets keeps its first consent. What somebody has said of themselves
    before stays; how often and in which language is as they said last. An address that was left alone since
    mail came back, or for a complaint, is written to again.
    """
    request = SubscriptionRequest.objects.select_for_update().get(pk=request.pk)
    if request.confirmed_at is not None:
        raise AlreadyConfirmedError
    if at - request.requested_at > CONFIRM_WITHIN:
        raise LinkTooOldError
    subscriber = _subscriber(request, at=at)
    _give(
        subscriber,
        request.topics,
        text=request.consent_text,
        version=request.consent_version,
        source=request.source,
        at=at,
    )
    request.confirmed_at = at
    request.save(update_fields=["confirmed_at"])
    recording.lift_for_owner(email=request.email, asked_at=request.requested_at, at=at)
    return subscriber


def topics_in_force(email: str) -> list[str]:
    """Return what the address gets now, in the order of the topics."""
    consents = Consent.objects.in_force().filter(subscriber__email=email)
    chosen = set(consents.values_list("topic", flat=True))
    return [topic for topic in Topic.values if topic in chosen]


def _subscriber(request: SubscriptionRequest, *, at: datetime.datetime) -> Subscriber:
    subscriber, created = Subscriber.objects.select_for_update().get_or_create(
        email=request.email,
        defaults={
            "language": request.language,
            "audiences": request.audiences,
            "frequency": request.frequency,
            "gathered_until_at": None if request.frequency == Frequency.EACH else at,
            "created_at": at,
            "confirmed_at": at,
        },
    )
    before = [] if created else subscriber.audiences
    if not created:
        subscriber.language = request.language
        _set_frequency(subscriber, request.frequency, at=at)
        subscriber.audiences = sorted({*subscriber.audiences, *request.audiences})
        subscriber.save(update_fields=CHOICES)
    welcome.follow_choice(subscriber, before=before, source=request.source, at=at)
    return subscriber


def _set_frequency(subscriber: Subscriber, frequency: str, *, at: datetime.datetime) -> None:
    """
    Let letters be gathered from now on, or come by themselves again.

    Those that were held back for somebody who goes over to single letters come in a last gathered mail:
    `gathered_until_at` stays until then.
    """
    if frequency != Frequency.EACH and subscriber.gathered_until_at is None:
        subscriber.gathered_until_at = at
    subscriber.frequency = frequency


def _give(
    subscriber: Subscriber,
    topics: Iterable[str],
    *,
    text: str,
    version: str,
    source: str,
    at: datetime.datetime,
) -> None:
    rows = [
        Consent(
            subscriber=subscriber,
            topic=topic,
            text=text,
            version=version,
            source=source[:200],
            given_at=at,
        )
        for topic in topics
    ]
    # Unique while in force: a parallel click on the same link gives one consent.
    Consent.objects.bulk_create(rows, ignore_conflicts=True)
    if rows and subscriber.unsubscribed_at:
        subscriber.unsubscribed_at = None
        subscriber.save(update_fields=["unsubscribed_at"])


@transaction.atomic
def request_preferences_link(*, email: str, at: datetime.datetime) -> bool:
    """Mail the link to the preferences, when the address is a subscriber's. The page says the same always."""
    subscriber = Subscriber.objects.filter(email=email.strip().lower()).first()
    if subscriber is None:
        return False
    recently = Delivery.objects.filter(
        kind=MailKind.SUBSCRIPTION_PREFERENCES,
        recipient=subscriber.email,
        created_at__gt=at - MAIL_PAUSE,
    )
    if recently.exists():
        return False
    with translation.override(subscriber.language):
        _mail(
            "preferences",
            MailKind.SUBSCRIPTION_PREFERENCES,
            occasion=f"subscriber-{subscriber.pk}-{at:%Y%m%d%H%M%S}",
            recipient=subscriber.email,
            url=_absolute("mailings:preferences", subscriber.token),
            at=at,
        )
    return True


@transaction.atomic
def choose(
    *,
    subscriber: Subscriber,
    topics: Iterable[str],
    audiences: Iterable[str],
    frequency: str,
    language: str,
    paused_until: datetime.date | None,
    source: str,
    at: datetime.datetime,
) -> None:
    """
    Let the person's choices be exactly these: new topics begin, missing ones end, both in the history.

    A pause that begins also stops what waits to be sent.
    """
    wanted = set(topics)
    subscriber = Subscriber.objects.select_for_update().get(pk=subscriber.pk)
    had_pause = subscriber.paused_until and subscriber.paused_until >= timezone.localdate(at)
    if paused_until and not had_pause:
        # A newsletter that is being written just now holds these until its rows are there to be stopped.
        list(subscriber.consents.in_force().select_for_update())
        _stop(_own(subscriber), at=at, reason="Mottakeren tok pause.")
    subscriber.language, subscriber.paused_until = language, paused_until
    before, subscriber.audiences = subscriber.audiences, sorted(set(audiences))
    _set_frequency(subscriber, frequency, at=at)
    subscriber.save(update_fields=CHOICES)
    welcome.follow_choice(subscriber, before=before, source=source, at=at)
    if Audience.NEWCOMERS not in subscriber.audiences:
        _stop_welcome(subscriber, at=at)
    current = set(subscriber.consents.in_force().values_list("topic", flat=True))
    for topic in sorted(current - wanted):
        withdraw(subscriber=subscriber, topic=topic, source=source, at=at)
    new = sorted(wanted - current)
    if new:
        text = consent_text(new, subscriber.audiences)
        _give(subscriber, new, text=text, version=CONSENT_VERSION, source=source, at=at)


@transaction.atomic
def withdraw(
    *, subscriber: Subscriber, topic: str | None = None, source: str, at: datetime.datetime
) -> int:
    """
    Stop one topic, or all without `topic`, at once: also newsletters that wait in the ledger.

    A second time changes nothing. Returns the number of consents that ended.
    """
    # What is being written to this person just now is there, or knows of it, when the lock is ours.
    Subscriber.objects.select_for_update().get(pk=subscriber.pk)
    active = subscriber.consents.in_force()
    if topic is not None:
        active = active.filter(topic=topic)
    ended = active.update(withdrawn_at=at, withdrawn_source=source[:200])
    unwanted = _own(subscriber)
    if subscriber.consents.in_force().exists():
        unwanted = unwanted.filter(kind=MailKind.NEWSLETTER)
    else:
        Subscriber.objects.filter(pk=subscriber.pk, unsubscribed_at=None).update(unsubscribed_at=at)
        welcome.stop(WelcomeJourney.objects.filter(subscriber=subscriber), at=at)
    if topic is not None:
        unwanted = unwanted.exclude(Q(kind=MailKind.NEWSLETTER) & ~Q(body__newsletter__topic=topic))
    _stop(unwanted, at=at, reason=_LEFT)
    return ended


@transaction.atomic
def leave_welcome(*, journey: WelcomeJourney, at: datetime.datetime) -> int:
    """End the welcome series, also what of it waits to be sent. The topics go on. Returns 0 the second time."""
    journey = (
        WelcomeJourney.objects.select_for_update().select_related("subscriber").get(pk=journey.pk)
    )
    ended = welcome.stop(WelcomeJourney.objects.filter(pk=journey.pk), at=at)
    _stop_welcome(journey.subscriber, at=at)
    return ended


def _own(subscriber: Subscriber) -> QuerySet[Delivery]:
    return Delivery.objects.filter(kind__in=OWN_WILL, recipient=subscriber.email)


def _stop_welcome(subscriber: Subscriber, *, at: datetime.datetime) -> None:
    _stop(_own(subscriber).filter(kind=MailKind.WELCOME), at=at, reason=_LEFT)


def _stop(unwanted: QuerySet[Delivery], *, at: datetime.datetime, reason: str) -> None:
    """
    Stop what waits to be sent.

    What a worker has in its hands, or was refused, may come back to the queue: it is too late for that now.
    """
    may_come_back = [DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.FAILED]
    unwanted.filter(state__in=may_come_back).update(stale_at=at)
    unwanted.filter(state=DeliveryState.QUEUED).update(
        state=DeliveryState.CANCELLED, finished_at=at, error=reason
    )


def _mail(
    name: str,
    kind: MailKind,
    *,
    occasion: str,
    recipient: str,
    url: str,
    asked: SubscriptionRequest | None = None,
    at: datetime.datetime,
) -> None:
    context = {
        "url": url,
        "topics": [Topic(topic).label for topic in asked.topics] if asked else [],
        "audiences": [str(Audience(one).label) for one in asked.audiences] if asked else [],
        "frequency": asked.get_frequency_display() if asked else "",
        "programme_name": settings.PROGRAMME_NAME,
        "business_association": settings.BUSINESS_ASSOCIATION,
        "contact_email": settings.CONTACT_EMAIL,
    }
    enqueue(
        kind=kind,
        subject=occasion,
        recipient=recipient,
        title=render_to_string(f"mailings/mail/{name}_subject.txt", context).strip(),
        text=render_to_string(f"mailings/mail/{name}_body.txt", context),
        from_email=settings.EDITORS_FROM_EMAIL,
        at=at,
        # The person asked for it this very moment: a server that once refused deserves a try.
        mandatory=True,
    )


def _absolute(name: str, token: str) -> str:
    return settings.SITE_URL + reverse(name, args=[token])
