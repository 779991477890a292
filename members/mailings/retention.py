"""How long the portal remembers who asked for mail and what they were sent."""

import datetime
from typing import Any

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from members.accounts.retention import RetentionRule
from members.mailings import pacing
from members.mailings.models import (
    Bounce,
    Consent,
    Delivery,
    DeliveryState,
    DigestEdition,
    MailBody,
    MailLookup,
    Subscriber,
    SubscriberExport,
    SubscriberImport,
    SubscriptionRequest,
    Suppression,
)
from members.mailings.subscribing import CONFIRM_WITHIN

CONTENT_KEPT = datetime.timedelta(days=90)
LEDGER_KEPT = datetime.timedelta(days=400)
CONSENTS_KEPT = datetime.timedelta(days=2 * 365)
CONFIRMED_REQUESTS_KEPT = datetime.timedelta(days=30)
LISTS_KEPT = datetime.timedelta(days=2)
TRANSFERS_KEPT = datetime.timedelta(days=2 * 365)
LIFTED_SUPPRESSIONS_KEPT = datetime.timedelta(days=365)
UNUSED_SUPPRESSIONS_KEPT = datetime.timedelta(days=2 * 365)
LOOKUPS_KEPT = datetime.timedelta(days=365)

_OPEN = [DeliveryState.QUEUED, DeliveryState.SENDING]
# The address that stands for everyone who was forgotten; the row's number keeps it unique.
FORGOTTEN = "@slettet.invalid"


def forget_requests(at: datetime.datetime, dry_run: bool) -> int:
    """Delete sign-ups that nobody confirmed in a week, and confirmed ones when the consent holds it all."""
    old = SubscriptionRequest.objects.filter(
        Q(confirmed_at=None, requested_at__lt=at - CONFIRM_WITHIN)
        | Q(confirmed_at__lt=at - CONFIRMED_REQUESTS_KEPT)
    )
    return _delete(old, dry_run)


def forget_subscribers(at: datetime.datetime, dry_run: bool) -> int:
    """Delete people who left everything long ago, with the history of their consents."""
    in_force = Consent.objects.in_force().filter(subscriber=OuterRef("pk"))
    old = Subscriber.objects.filter(~Exists(in_force), unsubscribed_at__lt=at - CONSENTS_KEPT)
    return _delete(old, dry_run)


def empty_bodies(at: datetime.datetime, dry_run: bool) -> int:
    """Empty what messages to single persons said. A newsletter is no secret and stays in the archive."""
    waiting = Delivery.objects.filter(body=OuterRef("pk"), state__in=_OPEN)
    old = MailBody.objects.filter(
        ~Exists(waiting), created_at__lt=at - CONTENT_KEPT, newsletter=None
    ).exclude(text="")
    if dry_run:
        return old.count()
    return old.update(text="", html="", attachments=[], headers={})


def forget_recipients(at: datetime.datetime, dry_run: bool) -> int:
    """
    Take the person out of old ledger rows; that something was sent, and when, stays.

    What a message to single persons was called goes too: it may hold a name, such as a mentor's.
    """
    old = Delivery.objects.filter(created_at__lt=at - LEDGER_KEPT).exclude(
        Q(state__in=_OPEN) | Q(recipient__endswith=FORGOTTEN)
    )
    if dry_run:
        return old.count()
    waiting = Delivery.objects.filter(body=OuterRef("pk"), state__in=_OPEN)
    titles = MailBody.objects.filter(created_at__lt=at - LEDGER_KEPT, newsletter=None)
    titles.filter(~Exists(waiting)).exclude(title="").update(title="")
    return old.update(
        recipient=Concat(Cast(F("pk"), CharField()), Value(FORGOTTEN)),
        merge={},
        headers={},
        error="",
    )


def forget_suppressions(at: datetime.datetime, dry_run: bool) -> int:
    """Delete suppressions that were lifted long ago."""
    return _delete(Suppression.objects.filter(lifted_at__lt=at - LIFTED_SUPPRESSIONS_KEPT), dry_run)


def empty_lists(at: datetime.datetime, dry_run: bool) -> int:
    """Empty lists of people that were read and never taken in."""
    old = SubscriberImport.objects.filter(applied_at=None, uploaded_at__lt=at - LISTS_KEPT).exclude(
        lines=[], bad_lines=[]
    )
    if dry_run:
        return old.count()
    return old.update(lines=[], bad_lines=[])


def forget_transfers(at: datetime.datetime, dry_run: bool) -> int:
    """Delete who took lists in and out long ago."""
    limit = at - TRANSFERS_KEPT
    count = _delete(SubscriberExport.objects.filter(at__lt=limit), dry_run)
    return count + _delete(SubscriberImport.objects.filter(uploaded_at__lt=limit), dry_run)


def forget_editions(at: datetime.datetime, dry_run: bool) -> int:
    """Empty what gathered mail held, when nobody can be written to from it any more. It names no reader."""
    old = DigestEdition.objects.filter(finished_at__lt=at - CONTENT_KEPT).exclude(content={})
    return old.count() if dry_run else old.update(content={})


def forget_unused_suppressions(at: datetime.datetime, dry_run: bool) -> int:
    """Delete suppressions in force of addresses that nobody subscribes with or writes to any more."""
    readers = Subscriber.objects.filter(email=OuterRef("email"))
    written = Delivery.objects.filter(recipient=OuterRef("email"))
    old = Suppression.objects.filter(
        ~Exists(readers),
        ~Exists(written),
        lifted_at=None,
        since_at__lt=at - UNUSED_SUPPRESSIONS_KEPT,
    )
    return _delete(old, dry_run)


def forget_bounces(at: datetime.datetime, dry_run: bool) -> int:
    """Delete what came back when its ledger row loses its person. The row's own state stays."""
    return _delete(Bounce.objects.filter(delivery__created_at__lt=at - LEDGER_KEPT), dry_run)


def forget_lookups(at: datetime.datetime, dry_run: bool) -> int:
    """Delete the notes of who looked up what somebody was sent."""
    return _delete(MailLookup.objects.filter(at__lt=at - LOOKUPS_KEPT), dry_run)


def _delete(old: QuerySet[Any], dry_run: bool) -> int:
    count = old.count()
    if not dry_run:
        old.delete()
    return count


RULES: list[RetentionRule] = [
    RetentionRule(
        data=_("Påmeldinger til nyhetsbrev som ikke er bekreftet"),
        basis=_("Uten bekreftelse vet vi ikke at adressen er deres egen"),
        kept_for=_("7 dager; bekreftede 30 dager"),
        apply=forget_requests,
    ),
    RetentionRule(
        data=_("Abonnenter som har meldt seg av alt, med samtykkene deres"),
        basis=_("Dokumentasjon på samtykket (GDPR artikkel 7)"),
        kept_for=_("2 år etter avmelding"),
        apply=forget_subscribers,
    ),
    RetentionRule(
        data=_("Lister med abonnenter som er lest inn og ikke tatt i bruk"),
        basis=_("Samtykket som følger listen"),
        kept_for=_("2 dager"),
        apply=empty_lists,
    ),
    RetentionRule(
        data=_("Hvem som leste inn eller tok ut lister med abonnenter"),
        basis=_("Berettiget interesse (GDPR artikkel 6 nr. 1 f)"),
        kept_for=_("2 år"),
        apply=forget_transfers,
    ),
    RetentionRule(
        data=_("Innholdet i samlede e-poster"),
        basis=_("Hjelp til den som spør hva de har fått"),
        kept_for=_("90 dager"),
        apply=forget_editions,
    ),
    RetentionRule(
        data=_("Innholdet i meldinger til enkeltpersoner"),
        basis=_("Hjelp til den som spør hva de har fått"),
        kept_for=_("90 dager"),
        apply=empty_bodies,
    ),
    RetentionRule(
        data=_("Mottakere i utsendelsesloggen"),
        basis=_("Bevis for at hver fikk meldingen én gang"),
        kept_for=_("400 dager, deretter uten person"),
        apply=forget_recipients,
    ),
    RetentionRule(
        data=_("Opphevede sperrer av adresser"),
        basis=_("Forklare hvorfor en adresse var sperret"),
        kept_for=_("1 år etter at sperren ble opphevet"),
        apply=forget_suppressions,
    ),
    RetentionRule(
        data=_("Sperrer som gjelder adresser ingen bruker lenger"),
        basis=_("Ikke skrive til adresser som ikke finnes, eller til dem som har klaget"),
        kept_for=_("Så lenge adressen er i bruk her, og 2 år etter at den ble sperret"),
        apply=forget_unused_suppressions,
    ),
    RetentionRule(
        data=_("Returer og klager på e-post"),
        basis=_("Forklare hva det ble av en melding, og slutte å skrive til den som klager"),
        kept_for=_("400 dager, som utsendelsen de gjelder"),
        apply=forget_bounces,
    ),
    RetentionRule(
        data=_("Hvem av de ansatte som har slått opp hva en person har fått"),
        basis=_("Kontroll med innsyn i andres opplysninger (GDPR artikkel 32)"),
        kept_for=_("1 år"),
        apply=forget_lookups,
    ),
    RetentionRule(
        data=_("Domener som det ble sendt e-post til"),
        basis=_("Holde farten til hver e-posttjener"),
        kept_for=_("1 dag"),
        apply=pacing.forget_idle,
    ),
]
