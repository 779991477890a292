"""Who runs an event: colleagues are added, removed and take over, and the log tells who did what."""

import datetime as dt

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from members.accounts.invited import invited_account
from members.accounts.models import User
from members.mailings.ledger import MailKind, enqueue
from projects.bypuls.models import Event, EventLogEntry, EventOrganiser, LogKind


class OrganiserError(Exception):
    """That person cannot be added or removed; the message can be shown."""


def log(
    event_id: int, kind: LogKind, *, by: User | None, at: dt.datetime, detail: str = ""
) -> EventLogEntry:
    """Note what somebody did with the event. Belongs in the transaction that does it."""
    return EventLogEntry.objects.create(
        event_id=event_id, kind=kind, detail=detail[:300], by=by, at=at
    )


def _clean(email: str) -> str:
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise OrganiserError(_("Skriv en gyldig e-postadresse.")) from error
    return address


@transaction.atomic
def add_organiser(
    event_id: int, *, email: str, name: str = "", by: User | None, at: dt.datetime
) -> EventOrganiser:
    """
    Let one more person run the event, and tell them by mail how.

    The account is made when there is none, without a password: a code by mail signs in. Raises
    OrganiserError when the address is no address or runs the event already.
    """
    event = Event.objects.select_for_update().get(pk=event_id)
    organiser = _let_in(event, email=email, name=name, by=by, at=at)
    if organiser is None:
        raise OrganiserError(_("Denne adressen er alt arrangør."))
    log(event.pk, LogKind.ORGANISER_ADDED, by=by, at=at, detail=organiser.email)
    _write(event, organiser, by=by, at=at)
    return organiser


def _let_in(
    event: Event, *, email: str, name: str, by: User | None, at: dt.datetime
) -> EventOrganiser | None:
    """Make the row and the account that may be missing. None when the address runs the event already."""
    address = _clean(email)
    invited_account(address)
    organiser, is_new = EventOrganiser.objects.get_or_create(
        event=event,
        email=address,
        defaults={"name": name.strip()[:120], "added_by": by, "added_at": at},
    )
    return organiser if is_new else None


def _write(event: Event, organiser: EventOrganiser, *, by: User | None, at: dt.datetime) -> None:
    context = {
        "event": event,
        "organiser": organiser,
        "by": by,
        "url": settings.SITE_URL + reverse("bypuls:organiser_event", args=[event.slug]),
        "programme": settings.PROGRAMME_NAME,
    }
    enqueue(
        kind=MailKind.ORGANISER_NOTICE,
        # Removed and added again is a new occasion.
        subject=f"organiser-{organiser.pk}",
        recipient=organiser.email,
        title=render_to_string("bypuls/mail/organiser_added_subject.txt", context),
        text=render_to_string("bypuls/mail/organiser_added_body.txt", context).strip() + "\n",
        mandatory=True,
        at=at,
    )


@transaction.atomic
def remove_organiser(event_id: int, organiser_id: int, *, by: User | None, at: dt.datetime) -> None:
    """
    Take the event from one of several organisers. One who is gone already changes nothing.

    Raises OrganiserError for the last one: an event must not be left without anybody who answers for it.
    """
    event = Event.objects.select_for_update().get(pk=event_id)
    organiser = EventOrganiser.objects.filter(event=event, pk=organiser_id).first()
    if organiser is None:
        return
    if not EventOrganiser.objects.filter(event=event).exclude(pk=organiser.pk).exists():
        raise OrganiserError(
            _(
                "Arrangementet må ha minst én arrangør. Legg til en kollega først, eller overlat det."
            )
        )
    organiser.delete()
    log(event.pk, LogKind.ORGANISER_REMOVED, by=by, at=at, detail=organiser.email)


@transaction.atomic
def hand_over(
    event_id: int, *, email: str, name: str = "", by: User, at: dt.datetime
) -> EventOrganiser:
    """
    Let a colleague run the event instead of `by`, in one step. Raises OrganiserError.

    Whoever runs it by another right (the company's leader, the office) keeps that right.
    """
    event = Event.objects.select_for_update().get(pk=event_id)
    if _clean(email) == by.email.lower():
        raise OrganiserError(_("Du er alt arrangør. Skriv adressen til en kollega."))
    fresh = _let_in(event, email=email, name=name, by=by, at=at)
    organiser = fresh or EventOrganiser.objects.get(event=event, email=_clean(email))
    EventOrganiser.objects.filter(event=event, email=by.email.lower()).delete()
    log(event.pk, LogKind.HANDED_OVER, by=by, at=at, detail=organiser.email)
    if fresh:
        _write(event, organiser, by=by, at=at)
    return organiser


def has_other_organisers(event: Event) -> bool:
    """Tell whether others than whoever sent the event in run it now."""
    organisers = EventOrganiser.objects.filter(event=event).values_list("email", flat=True)
    emails = set(organisers)
    return bool(emails) and event.submitter_email.lower() not in emails


def make_submitter_organiser(event: Event, *, at: dt.datetime) -> None:
    """
    Let whoever sent the event in run it. The mail about the publication tells them so.

    Not when others run it, or somebody has been taken off it: who was replaced does not come back by a
    new publication.
    """
    left = EventLogEntry.objects.filter(
        event=event, kind__in=[LogKind.ORGANISER_REMOVED, LogKind.HANDED_OVER]
    )
    if event.submitter_email and not has_other_organisers(event) and not left.exists():
        _let_in(event, email=event.submitter_email, name=event.submitter_name, by=None, at=at)
