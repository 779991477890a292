"""What people who signed up are told by mail, in the language they signed up in."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from members.mailings.ledger import Attachment, MailKind, Message, enqueue_many
from projects.bypuls.calendar.calendar_file import CANCEL, REQUEST, attachment
from projects.bypuls.models import Event, SignUp, SignUpState
from projects.bypuls.signups.ticket import ticket_code, ticket_file
from vekst.links import make_token

SIGNUP_LINK = "bypuls.signup"


def my_signup_url(signup: SignUp) -> str:
    """Return the address at which the holder sees, changes and cancels this sign-up."""
    path = reverse("bypuls:my_signup", args=[make_token(SIGNUP_LINK, signup.pk)])
    return settings.SITE_URL + path


def compose(
    event: Event,
    signup: SignUp,
    template: str,
    more: Mapping[str, object],
    *,
    kind: MailKind,
    occasion: str,
    method: str = "",
    files: Sequence[Attachment] = (),
    reply_to: str = "",
    headers: Mapping[str, str] | None = None,
    mandatory: bool = True,
    not_before: dt.datetime | None = None,
    stale_at: dt.datetime | None = None,
) -> Message:
    """
    Return a message to one party, from the templates `<template>_subject.txt` and `_body.txt`.

    With a `method` the calendar file of the event goes along. Writing it is for the caller, many at a
    time when there are many.
    """
    with translation.override(signup.language):
        context = {
            **more,
            "event": event,
            "signup": signup,
            "event_url": settings.SITE_URL + event.get_absolute_url(),
            "my_url": my_signup_url(signup),
            "programme": settings.PROGRAMME_NAME,
        }
        title = render_to_string(f"bypuls/mail/{template}_subject.txt", context)
        text = render_to_string(f"bypuls/mail/{template}_body.txt", context)
        calendar = [attachment(event, signup, method=method)] if method else []
    return Message(
        kind=kind,
        subject=occasion,
        recipient=signup.email,
        title=title,
        text=text.strip() + "\n",
        attachments=[*calendar, *files],
        headers={**(headers or {}), **({"Reply-To": reply_to} if reply_to else {})},
        mandatory=mandatory,
        not_before=not_before,
        stale_at=stale_at,
    )


def write(
    event: Event,
    signup: SignUp,
    template: str,
    *,
    kind: MailKind,
    occasion: str,
    at: dt.datetime,
    method: str = "",
    files: Sequence[Attachment] = (),
    **context: object,
) -> None:
    """Write one message to one party into the ledger. Who came in from the street has no address."""
    if signup.email:
        message = compose(
            event,
            signup,
            template,
            context,
            kind=kind,
            occasion=occasion,
            method=method,
            files=files,
        )
        enqueue_many([message], at=at)


def _seat(signup: SignUp) -> dict[str, Any]:
    """Return what goes along to somebody who has a seat: the ticket, as a picture and as letters."""
    return {"files": [ticket_file(signup)], "method": REQUEST, "code": ticket_code(signup)}


def write_receipt(
    event: Event, signup: SignUp, *, number: int, at: dt.datetime, occasion: str = ""
) -> None:
    """
    Tell that one has a seat, which number one is in the queue, or that one's interest is noted.

    Once for each `occasion`; without one, once for the sign-up.
    """
    templates = {SignUpState.ATTENDING: "receipt", SignUpState.INTERESTED: "interest"}
    write(
        event,
        signup,
        templates.get(SignUpState(signup.state), "waiting"),
        kind=MailKind.SIGNUP_RECEIPT,
        occasion=occasion or f"signup-{signup.pk}",
        at=at,
        number=number,
        **(_seat(signup) if signup.state == SignUpState.ATTENDING else {}),
    )


def compose_receipt(event: Event, signup: SignUp) -> Message:
    """Return what `write_receipt` tells somebody with a seat, also before the row of `signup` is written."""
    seat = _seat(signup)
    return compose(
        event,
        signup,
        "receipt",
        {"number": 0, "code": seat["code"]},
        kind=MailKind.SIGNUP_RECEIPT,
        occasion=f"signup-{signup.pk}",
        method=seat["method"],
        files=seat["files"],
    )


def write_already_signed_up(event: Event, signup: SignUp, *, number: int, at: dt.datetime) -> None:
    """Remind someone who signs up again that they are signed up. At most once an hour."""
    write(
        event,
        signup,
        "already",
        kind=MailKind.SIGNUP_RECEIPT,
        occasion=f"signup-{signup.pk}-again-{at.astimezone(dt.UTC):%Y%m%d%H}",
        at=at,
        number=number,
    )


def write_size_changed(event: Event, signup: SignUp, *, at: dt.datetime) -> None:
    """Confirm a party's new size."""
    write(
        event,
        signup,
        "size",
        kind=MailKind.SIGNUP_RECEIPT,
        occasion=f"signup-{signup.pk}-size-{at.timestamp():.6f}",
        at=at,
    )


def write_promoted(
    event: Event, signup: SignUp, *, rest_url: str = "", number: int = 0, at: dt.datetime
) -> None:
    """
    Tell somebody from the queue that they have a seat now.

    `rest_url` and `number` are of the rest of a party that split, which still waits.
    """
    write(
        event,
        signup,
        "promoted",
        kind=MailKind.SIGNUP_PROMOTED,
        occasion=f"signup-{signup.pk}",
        at=at,
        rest_url=rest_url,
        number=number,
        **_seat(signup),
    )


def write_cancelled_by_oneself(
    event: Event, signup: SignUp, *, had_seat: bool, at: dt.datetime
) -> None:
    """Confirm that one is signed off."""
    write(
        event,
        signup,
        "signed_off",
        kind=MailKind.SIGNUP_CANCELLED,
        occasion=f"signup-{signup.pk}",
        at=at,
        method=CANCEL if had_seat else "",
        had_seat=had_seat,
    )


def write_changes(
    event: Event, signups: Iterable[SignUp], template: str, *, at: dt.datetime
) -> None:
    """Tell of a new time, a postponement (`postponed`) or a cancellation (`cancelled`): once a change."""
    with_seat = REQUEST if template == "moved" else CANCEL
    messages = [
        compose(
            event,
            signup,
            template,
            {},
            kind=MailKind.EVENT_CANCELLED if template == "cancelled" else MailKind.EVENT_MOVED,
            occasion=f"event-{event.pk}-v{event.sequence}",
            method=with_seat if signup.state == SignUpState.ATTENDING else "",
            # News of something that is over helps nobody.
            stale_at=max(event.ends_at, at + dt.timedelta(days=2)),
        )
        for signup in signups
        if signup.email
    ]
    enqueue_many(messages, at=at)
