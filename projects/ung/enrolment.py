"""Signing up for the mentor scheme, confirming by the mailed link, and leaving again."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Manager
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from members.mailings.ledger import MailKind, enqueue
from projects.ung import matching
from projects.ung.models import (
    Match,
    Mentee,
    Mentor,
    MentorScheme,
    ParticipantState,
    SchemeState,
)
from vekst.links import BadLinkError, make_token, read_token

_PURPOSE: dict[type[Mentor] | type[Mentee], str] = {Mentor: "ung.mentor", Mentee: "ung.mentee"}


class SchemeClosedError(Exception):
    """The scheme does not take sign-ups now; the message can be shown."""

    def __init__(self) -> None:
        super().__init__(_("Påmeldingen er stengt."))


@dataclass(frozen=True)
class Enrolment:
    """What both forms ask for."""

    name: str
    email: str
    workplace: str
    field: str
    languages: list[str]
    topics: list[str]
    consent_text: str


def _rows(kind: type[Mentor] | type[Mentee]) -> "Manager[Any]":
    return kind._default_manager


def sign_up_mentor(
    *,
    scheme: MentorScheme,
    enrolment: Enrolment,
    capacity: int,
    about: str,
    language: str,
    at: datetime.datetime,
) -> None:
    """
    Sign a mentor up and mail the link that confirms, shows and withdraws.

    A second sign-up from the same address changes nothing and mails the link again at most once a
    day; the caller cannot tell the two apart, so nobody learns who takes part. `capacity` is cut to
    what the scheme allows. Raises SchemeClosedError.
    """
    room = max(1, min(capacity, scheme.max_mentees_per_mentor))
    _sign_up(Mentor, scheme, enrolment, language, at, {"capacity": room, "about": about})


def sign_up_mentee(
    *,
    scheme: MentorScheme,
    enrolment: Enrolment,
    wishes: str,
    language: str,
    at: datetime.datetime,
) -> None:
    """Sign a mentee up, with the same mail and the same silence as for mentors. Raises SchemeClosedError."""
    _sign_up(Mentee, scheme, enrolment, language, at, {"wishes": wishes})


@transaction.atomic
def _sign_up(
    kind: type[Mentor] | type[Mentee],
    scheme: MentorScheme,
    enrolment: Enrolment,
    language: str,
    at: datetime.datetime,
    own: dict[str, Any],
) -> None:
    state = MentorScheme.objects.select_for_update(no_key=True).values_list("state", flat=True)
    if state.get(pk=scheme.pk) != SchemeState.OPEN:
        raise SchemeClosedError
    email = enrolment.email.strip().lower()
    # Two posts at once: the unique constraint lets one through, and both find it here.
    _rows(kind).bulk_create(
        [
            kind(
                scheme=scheme,
                name=enrolment.name,
                email=email,
                workplace=enrolment.workplace,
                field=enrolment.field,
                languages=enrolment.languages,
                topics=enrolment.topics,
                consent_text=enrolment.consent_text,
                language=language,
                created_at=at,
                **own,
            )
        ],
        ignore_conflicts=True,
    )
    person: Mentor | Mentee = (
        _rows(kind)
        .filter(scheme=scheme, email=email)
        .exclude(state=ParticipantState.WITHDRAWN)
        .get()
    )
    _mail_receipt(person, at=at)


def own_url(person: Mentor | Mentee) -> str:
    """Return the whole address of the person's own page, which the mail carries."""
    token = make_token(_PURPOSE[type(person)], person.pk)
    with translation.override(person.language):
        return settings.SITE_URL + reverse("ung:own_enrolment", kwargs={"token": token})


def _mail_receipt(person: Mentor | Mentee, *, at: datetime.datetime) -> None:
    role = "mentor" if isinstance(person, Mentor) else "mentee"
    context = {
        "name": person.name,
        "scheme": person.scheme,
        "is_mentor": role == "mentor",
        "is_confirmed": person.state == ParticipantState.ACTIVE,
        "own_url": own_url(person),
        "days": UNCONFIRMED_DAYS,
        "programme": settings.PROGRAMME_NAME,
    }
    with translation.override(person.language):
        enqueue(
            kind=MailKind.MENTOR_RECEIPT,
            subject=f"{role}-{person.pk}-{at:%Y%m%d}",
            recipient=person.email,
            title=render_to_string("ung/mail/receipt_subject.txt", context).strip(),
            text=render_to_string("ung/mail/receipt_body.txt", context),
            mandatory=True,
            at=at,
        )


# An address that nobody confirmed is deleted after this long; the mail says so.
UNCONFIRMED_DAYS = 14


def find_by_token(token: str) -> Mentor | Mentee:
    """Return the person a mailed link belongs to. Raises BadLinkError, also when the person is deleted."""
    for kind, purpose in _PURPOSE.items():
        try:
            pk = read_token(purpose, token)
        except BadLinkError:
            continue
        person: Mentor | Mentee | None = _rows(kind).select_related("scheme").filter(pk=pk).first()
        if person is not None:
            return person
    raise BadLinkError


@transaction.atomic
def confirm(person: Mentor | Mentee, *, at: datetime.datetime) -> None:
    """Let the person take part, once the address is proven. Does nothing the second time, or after leaving."""
    _rows(type(person)).filter(pk=person.pk, state=ParticipantState.UNCONFIRMED).update(
        state=ParticipantState.ACTIVE, confirmed_at=at
    )


@transaction.atomic
def withdraw(person: Mentor | Mentee, *, at: datetime.datetime) -> None:
    """Take the person out and end the pairs; the other half may then get a new one. Safe twice."""
    pairs = Match.objects.live()
    pairs = (
        pairs.filter(mentor=person) if isinstance(person, Mentor) else pairs.filter(mentee=person)
    )
    for pair in pairs.order_by("pk"):
        matching.end(pair, at=at)
    _rows(type(person)).filter(pk=person.pk).exclude(state=ParticipantState.WITHDRAWN).update(
        state=ParticipantState.WITHDRAWN, withdrawn_at=at
    )
