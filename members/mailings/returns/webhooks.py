"""
What the mail provider tells us about messages it took for us.

`django-anymail` checks who posts and reads the provider's format; what an event means for us stands
here, for each provider that we know. Each repeats our Message-ID in its own way, see `identity`.
Sources: the providers' own descriptions of their webhooks, read 2026-11.
"""

import datetime
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from anymail.exceptions import AnymailConfigurationError, AnymailWebhookValidationFailure
from anymail.signals import AnymailTrackingEvent, EventType
from anymail.webhooks.base import AnymailBaseWebhookView
from anymail.webhooks.brevo import BrevoTrackingWebhookView
from anymail.webhooks.mailgun import MailgunTrackingWebhookView
from anymail.webhooks.postal import PostalTrackingWebhookView
from anymail.webhooks.postmark import PostmarkTrackingWebhookView
from django.conf import settings
from django.http import HttpRequest

from members.mailings.models.bounce import BounceKind, BounceSource
from members.mailings.returns import recording
from members.mailings.returns.classifying import kind_of_failure
from members.mailings.returns.identity import ID_FIELD, delivery_of

# Mailgun signs the moment of posting but not what is posted, and gives up after eight hours of trying.
MAILGUN_TRIES_FOR = datetime.timedelta(hours=24)


class ForgedError(Exception):
    """Whoever posted this is not the provider."""


class UnreadableError(Exception):
    """The provider posted something that we cannot read."""


Raw = Mapping[str, Any]


@dataclass(frozen=True)
class Provider:
    """How one provider is read: the setting its key goes to, our Message-ID, and what a failure means."""

    view: type[AnymailBaseWebhookView]
    key_name: str
    message_id: Callable[[AnymailTrackingEvent, Raw], object]
    failure: Callable[[AnymailTrackingEvent, Raw], BounceKind]


def events_in(
    request: HttpRequest, name: str, *, at: datetime.datetime
) -> list[AnymailTrackingEvent]:
    """Return the events of one post. Raises ForgedError and UnreadableError."""
    provider = PROVIDERS[name]
    view = provider.view(**{provider.key_name: settings.MAIL_PROVIDER_KEY})
    try:
        view.run_validators(request)
        if name == "mailgun":
            _check_age(request, at)
        events: list[AnymailTrackingEvent] = view.parse_events(request)
    except AnymailWebhookValidationFailure as error:
        raise ForgedError(str(error)) from error
    except AnymailConfigurationError as error:
        raise UnreadableError(str(error)) from error
    except _BROKEN as error:
        raise UnreadableError(type(error).__name__) from error
    if not all(isinstance(event.esp_event, Mapping) for event in events):
        raise UnreadableError("an event is no object")
    return events


def take_in(event: AnymailTrackingEvent, name: str, *, at: datetime.datetime) -> bool:
    """
    Write down one event. Returns whether it was news about a message of ours.

    Raises UnreadableError.
    """
    provider, raw = PROVIDERS[name], event.esp_event
    try:
        kind = _kind(provider, event, raw)
        named = provider.message_id(event, raw)
        happened_at = event.timestamp if isinstance(event.timestamp, datetime.datetime) else None
    except _BROKEN as error:
        raise UnreadableError(type(error).__name__) from error
    delivery = delivery_of(str(named or ""))
    if delivery is None:
        return False
    if event.event_type == EventType.DELIVERED:
        return recording.arrived(delivery=delivery, happened_at=happened_at, at=at)
    if kind is None:
        return False
    return recording.record(
        delivery=delivery,
        kind=kind,
        source=BounceSource.PROVIDER,
        detail=str(event.mta_response or event.description or ""),
        happened_at=happened_at,
        at=at,
    )


# What a post with the right key and the wrong shape ends in.
_BROKEN = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    OverflowError,
    OSError,
    RecursionError,
)


def _kind(provider: Provider, event: AnymailTrackingEvent, raw: Raw) -> BounceKind | None:
    if event.event_type == EventType.COMPLAINED:
        # What Postmark calls so comes from a filter and not from a person.
        is_filter = raw.get("Type") == "SpamNotification"
        return BounceKind.REFUSED if is_filter else BounceKind.COMPLAINT
    if event.event_type == EventType.DEFERRED:
        return BounceKind.DELAYED
    if event.event_type in (EventType.BOUNCED, EventType.REJECTED, EventType.FAILED):
        return provider.failure(event, raw)
    return None


def _check_age(request: HttpRequest, at: datetime.datetime) -> None:
    moment = float(json.loads(request.body)["signature"]["timestamp"])
    if abs(at.timestamp() - moment) > MAILGUN_TRIES_FOR.total_seconds():
        raise ForgedError("Mailgun webhook signed too long ago")


def _mailgun_failure(event: AnymailTrackingEvent, raw: Raw) -> BounceKind:
    data = raw["event-data"]
    # It no longer tries addresses that gave it a bounce or a complaint before.
    known = {
        "suppress-bounce": BounceKind.HARD,
        "suppress-complaint": BounceKind.COMPLAINT,
        "suppress-unsubscribe": BounceKind.REFUSED,
    }
    if data.get("reason") in known:
        return known[data["reason"]]
    if event.event_type == EventType.REJECTED:
        return BounceKind.REFUSED
    status = data.get("delivery-status") or {}
    return kind_of_failure(str(status.get("enhanced-code", "")), str(event.mta_response or ""))


def _postmark_failure(event: AnymailTrackingEvent, raw: Raw) -> BounceKind:
    known = {
        "HardBounce": BounceKind.HARD,
        "BadEmailAddress": BounceKind.HARD,
        "SoftBounce": BounceKind.SOFT,
    }
    return known.get(str(raw.get("Type")), BounceKind.REFUSED)


def _brevo_failure(event: AnymailTrackingEvent, raw: Raw) -> BounceKind:
    known = {
        "hard_bounce": BounceKind.HARD,
        "invalid_email": BounceKind.HARD,
        "soft_bounce": BounceKind.SOFT,
    }
    return known.get(str(raw.get("event")), BounceKind.REFUSED)


def _postal_failure(event: AnymailTrackingEvent, raw: Raw) -> BounceKind:
    return kind_of_failure(str(event.mta_response or ""), str(event.description or ""))


def _postal_id(event: AnymailTrackingEvent, raw: Raw) -> object:
    payload = raw["payload"]
    return (payload.get("message") or payload.get("original_message") or {}).get("message_id")


PROVIDERS: dict[str, Provider] = {
    "brevo": Provider(
        BrevoTrackingWebhookView,
        "webhook_secret",
        lambda event, raw: (event.metadata or {}).get(ID_FIELD) or event.message_id,
        _brevo_failure,
    ),
    "mailgun": Provider(
        MailgunTrackingWebhookView,
        "webhook_signing_key",
        lambda event, raw: event.message_id,
        _mailgun_failure,
    ),
    "postal": Provider(PostalTrackingWebhookView, "webhook_key", _postal_id, _postal_failure),
    "postmark": Provider(
        PostmarkTrackingWebhookView,
        "webhook_secret",
        lambda event, raw: (event.metadata or {}).get(ID_FIELD),
        _postmark_failure,
    ),
}
