"""Sign up, confirm, choose, pause and leave: a person's own will about the newsletter."""

import datetime
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from members.mailings.ledger import MailKind, enqueue
from members.mailings.models import (
    Consent,
    Delivery,
    DeliveryState,
    Subscriber,
    SubscriptionRequest,
    Topic,
)

# Raised when the words change; what each person saw stands in their consent.
CONSENT_VERSION = "2026-11"
# Somebody else's address typed in again and again gives one mail in this time.
MAIL_PAUSE = datetime.timedelta(minutes=10)
# An unconfirmed sign-up is forgotten after this.
CONFIRM_WITHIN = datetime.timedelta(days=7)


class AlreadyConfirmedError(Exception):
    """The link in the mail has been used."""


class LinkTooOldError(Exception):
    """The link in the mail is older than a week."""


def consent_text(topics: Iterable[str]) -> str:
    """Return the words that a person agrees to, in the page's language."""
    names = ", ".join(str(Topic(topic).label) for topic in topics)
    return _(
        "Ja takk, send meg e-post om: %(topics)s. "
        "Jeg kan når som helst melde meg av eller ta pause med lenken i hver e-post."
    ) % {"topics": names}


@transaction.atomic
def request_subscription(
    *, email: str, topics: Iterable[str], language: str, source: str, at: datetime.datetime
) -> SubscriptionRequest | None:
    """
    Remember that somebody asked, and mail the link that confirms it.

    Known and unknown addresses are treated alike, so the form tells nobody who subscribes. Returns None
    when the same address asked for the same a moment ago.
    """
    address = email.strip().lower()
    chosen = sorted(set(topics))
    recent = SubscriptionRequest.objects.filter(email=address, requested_at__gt=at - MAIL_PAUSE)
    if recent.filter(topics=chosen, confirmed_at=None).exists() or recent.count() >= 3:
        return None
    with translation.override(language):
        request = SubscriptionRequest.objects.create(
            email=address,
            topics=chosen,
            language=language,
            consent_text=consent_text(chosen),
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
            topics=[str(Topic(topic).label) for topic in chosen],
            at=at,
        )
    return request


@transaction.atomic
def confirm(*, request: SubscriptionRequest, at: datetime.datetime) -> Subscriber:
    """
    Turn the request into consents. Raises AlreadyConfirmedError and LinkTooOldError.

    A topic that the person already gets keeps its first consent.
    """
    request = SubscriptionRequest.objects.select_for_update().get(pk=request.pk)
    if request.confirmed_at is not None:
        raise AlreadyConfirmedError
    if at - request.requested_at > CONFIRM_WITHIN:
        raise LinkTooOldError
    subscriber = _subscriber(request.email, request.language, at=at)
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
    return subscriber


def topics_in_force(email: str) -> list[str]:
    """Return what the address gets now, in the order of the topics."""
    consents = Consent.objects.in_force().filter(subscriber__email=email)
    chosen = set(consents.values_list("topic", flat=True))
    return [topic for topic in Topic.values if topic in chosen]


def _subscriber(email: str, language: str, *, at: datetime.datetime) -> Subscriber:
    subscriber, _created = Subscriber.objects.get_or_create(
        email=email,
        defaults={"language": language, "created_at": at, "confirmed_at": at},
    )
    return subscriber


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
            topics=[],
            at=at,
        )
    return True


@transaction.atomic
def choose(
    *,
    subscriber: Subscriber,
    topics: Iterable[str],
    language: str,
    paused_until: datetime.date | None,
    source: str,
    at: datetime.datetime,
) -> None:
    """Let the person's choices be exactly these: new topics begin, missing ones end, both in the history."""
    wanted = set(topics)
    subscriber = Subscriber.objects.select_for_update().get(pk=subscriber.pk)
    subscriber.language, subscriber.paused_until = language, paused_until
    subscriber.save(update_fields=["language", "paused_until"])
    current = set(subscriber.consents.in_force().values_list("topic", flat=True))
    for topic in sorted(current - wanted):
        withdraw(subscriber=subscriber, topic=topic, source=source, at=at)
    new = sorted(wanted - current)
    if new:
        text = consent_text(new)
        _give(subscriber, new, text=text, version=CONSENT_VERSION, source=source, at=at)


@transaction.atomic
def withdraw(
    *, subscriber: Subscriber, topic: str | None = None, source: str, at: datetime.datetime
) -> int:
    """
    Stop one topic, or all without `topic`, at once: also newsletters that wait in the ledger.

    A second time changes nothing. Returns the number of consents that ended.
    """
    active = subscriber.consents.in_force()
    if topic is not None:
        active = active.filter(topic=topic)
    ended = active.update(withdrawn_at=at, withdrawn_source=source[:200])
    if not subscriber.consents.in_force().exists():
        Subscriber.objects.filter(pk=subscriber.pk, unsubscribed_at=None).update(unsubscribed_at=at)
    waiting = Delivery.objects.filter(
        kind=MailKind.NEWSLETTER, recipient=subscriber.email, state=DeliveryState.QUEUED
    )
    if topic is not None:
        waiting = waiting.filter(body__newsletter__topic=topic)
    waiting.update(
        state=DeliveryState.CANCELLED, finished_at=at, error="Mottakeren har meldt seg av."
    )
    return ended


def _mail(
    name: str,
    kind: MailKind,
    *,
    occasion: str,
    recipient: str,
    url: str,
    topics: list[str],
    at: datetime.datetime,
) -> None:
    context = {
        "url": url,
        "topics": topics,
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
