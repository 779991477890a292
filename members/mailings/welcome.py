"""
The welcome series: a few mails to those who have said that they are new in Kongsberg.

A job looks every few minutes for who is due. Each mail goes to a person once, which the ledger holds; at
most one every second day, also after a pause; and none that is many days late.
"""

import datetime
from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone, translation

from members.mailings.ledger import MailKind
from members.mailings.models import (
    Audience,
    Consent,
    Delivery,
    NewsletterBlock,
    Subscriber,
    WelcomeJourney,
    WelcomeMail,
)
from members.mailings.newsletter_blocks.kinds import block_of
from members.mailings.newsletter_content import (
    UNSUBSCRIBE,
    Block,
    Item,
    Rendered,
)
from members.mailings.newsletter_mail import list_headers, own_link, render_mail
from members.mailings.shared_text import Reader, write_text, write_to

LEAVE = "mailings:unsubscribe_welcome"
# What is later than this is no longer a welcome.
MAX_LATENESS = datetime.timedelta(days=5)
APART = datetime.timedelta(days=2)
# The longest pause, and some more: whoever began earlier is due to nothing, however long they paused.
LONGEST_PAUSE = datetime.timedelta(days=100)
STALE_AFTER = datetime.timedelta(days=3)
BATCH = 500
MOST, DAYS_AHEAD = 4, 14


def follow_choice(
    subscriber: Subscriber, *, before: Sequence[str], source: str, at: datetime.datetime
) -> None:
    """Begin the series for somebody who now says that they are new, or stop it when they take it back."""
    was_new, is_new = (Audience.NEWCOMERS in chosen for chosen in (before, subscriber.audiences))
    if is_new and not was_new:
        WelcomeJourney.objects.get_or_create(
            subscriber=subscriber, defaults={"source": source[:200], "started_at": at}
        )
        WelcomeJourney.objects.filter(subscriber=subscriber).update(stopped_at=None)
    elif was_new and not is_new:
        stop(WelcomeJourney.objects.filter(subscriber=subscriber), at=at)


def stop(journeys: QuerySet[WelcomeJourney], *, at: datetime.datetime) -> int:
    """End the series for these. A second time changes nothing."""
    return journeys.filter(stopped_at=None).update(stopped_at=at)


@transaction.atomic
def activate(mail: WelcomeMail, *, at: datetime.datetime) -> None:
    """Let the mail go to those who begin from now on. One that is in use stays as it is."""
    WelcomeMail.objects.filter(pk=mail.pk, active_since_at=None).update(active_since_at=at)


@transaction.atomic
def deactivate(mail: WelcomeMail) -> None:
    """Send the mail to nobody more."""
    WelcomeMail.objects.filter(pk=mail.pk).update(active_since_at=None)


def write_due(*, at: datetime.datetime) -> int:
    """Write every mail of the series that is due to somebody, and return how many. Safe to run twice."""
    written = 0
    for mail in WelcomeMail.objects.order_by("days_after"):
        if mail.active_since_at is None:
            continue
        bodies: dict[str, int] = {}
        while number := _write_batch(mail, bodies, since=mail.active_since_at, at=at):
            written += number
    return written


def render(mail: WelcomeMail, *, language: str, at: datetime.datetime) -> Rendered:
    """Return the mail as it is just now, in English when it has been written in English."""
    language = language if mail.title_en else settings.LANGUAGE_CODE
    is_english = language == "en"
    with translation.override(language):
        live = [
            block_of(NewsletterBlock(kind=kind, most=MOST, days_ahead=DAYS_AHEAD), at=at)
            for kind in mail.parts
        ]
    text = Block("", [Item("", html=mail.text_en if is_english else mail.text)])
    return render_mail(
        "welcome_body",
        title=mail.title_en if is_english else mail.title,
        blocks=[text, *live],
        language=language,
        context={"unsubscribe_url": own_link(LEAVE, UNSUBSCRIBE, language=language)},
        headers=list_headers("velkommen", leave=LEAVE),
    )


@transaction.atomic
def _write_batch(
    mail: WelcomeMail, bodies: dict[str, int], *, since: datetime.datetime, at: datetime.datetime
) -> int:
    due = list(_due(mail, since=since, at=at)[:BATCH])
    if not due:
        return 0
    for language in {journey.subscriber.language for journey in due} - bodies.keys():
        bodies[language] = write_text(render(mail, language=language, at=at), at=at)
    readers = [
        Reader(journey.subscriber_id, bodies[journey.subscriber.language], journey.token)
        for journey in due
    ]
    return write_to(
        readers,
        kind=MailKind.WELCOME,
        occasion=mail.occasion,
        at=at,
        stale_at=at + STALE_AFTER,
    )


def _due(
    mail: WelcomeMail, *, since: datetime.datetime, at: datetime.datetime
) -> QuerySet[WelcomeJourney]:
    """Return those to whom the mail is due, locked, without those that another run has in hand."""
    today = timezone.localdate(at)
    due_since = at - datetime.timedelta(days=mail.days_after)
    sent = Delivery.objects.filter(
        kind=MailKind.WELCOME, recipient=OuterRef("subscriber__email")
    ).order_by()
    gets_mail = Consent.objects.in_force().filter(subscriber=OuterRef("subscriber"))
    return (
        WelcomeJourney.objects.select_for_update(skip_locked=True)
        .select_related("subscriber")
        .filter(
            Exists(gets_mail),
            ~Exists(sent.filter(Q(subject=mail.occasion) | Q(created_at__gt=at - APART))),
            Q(subscriber__paused_until__isnull=True) | Q(subscriber__paused_until__lt=today),
            Q(started_at__gt=due_since - MAX_LATENESS)
            | Q(subscriber__paused_until__gte=today - MAX_LATENESS),
            started_at__gte=max(since, due_since - LONGEST_PAUSE),
            started_at__lte=due_since,
            stopped_at=None,
        )
        .order_by("pk")
    )
