"""What meets a visitor at the sign-up page: the form, a word before it, or why there is none."""

import datetime as dt
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _

from members.accounts.models import User
from projects.bypuls.models import Admission, Event, Invitation, SeatHold
from projects.bypuls.signups import seats
from projects.bypuls.signups.invitations import may_sign_up
from projects.bypuls.signups.signup import closed_reason
from vekst import formats

Visitor = User | AnonymousUser


@dataclass(frozen=True)
class Entrance:
    """
    A heading and a text in a coloured box, and whether there is a form below them.

    `takes_holds` says that seats are free and can be kept while the form is filled in. `wants_login`
    says that a known visitor would perhaps be let in.
    """

    title: str = ""
    text: str = ""
    color: str = "info"
    is_shut: bool = False
    wants_login: bool = False
    wants_queue: bool = False
    takes_holds: bool = False


def entrance_to(
    event: Event,
    *,
    at: dt.datetime,
    user: Visitor,
    invitation: Invitation | None = None,
    hold: SeatHold | None = None,
) -> Entrance:
    """
    Return what this visitor meets at `at`; `hold` is their own, whose seats nobody takes.

    What is free may be gone when the form is sent.
    """
    reason = closed_reason(event, at)
    if reason:
        return Entrance(reason, _opens_text(event, at), is_shut=True)
    if event.admission in (Admission.INVITED, Admission.FORUM):
        reason = may_sign_up(event, invitation=invitation, user=user, at=at)
        if reason:
            return _not_for_all(event, user)
    if not event.is_date_set:
        return Entrance(
            _("Datoen er ikke bestemt ennå"),
            _("Meld interesse, så spør vi deg når den er satt. Du binder deg ikke til noe."),
        )
    shortage = None if hold else _room(event, at)
    return shortage or _members_first(event, at, invitation)


def _opens_text(event: Event, at: dt.datetime) -> str:
    opens = event.signup_opens_at
    if opens is not None and at < opens and event.takes_signups and event.is_taking_place:
        return _("Den åpner %(moment)s.") % {"moment": formats.moment_text(opens)}
    return ""


def _not_for_all(event: Event, user: Visitor) -> Entrance:
    if event.admission == Admission.INVITED:
        return Entrance(
            _("Bare for inviterte"),
            _("Er du invitert, bruker du lenken i invitasjonen du har fått på e-post."),
            is_shut=True,
        )
    forum = {"forum": event.forum}
    if user.is_authenticated:
        return Entrance(
            _("Bare for %(forum)s") % forum,
            _("Du har ikke plass i forumet. Er du vara eller ny, så spør sekretæren."),
            is_shut=True,
        )
    return Entrance(
        _("Bare for %(forum)s") % forum,
        _("Har du plass i forumet, logger du inn for å melde deg på."),
        is_shut=True,
        wants_login=True,
    )


def _room(event: Event, at: dt.datetime) -> Entrance | None:
    """Return what to say when no seat can be had just now; None when one can."""
    free = seats.free_seats(event, at=at)
    if (free is None or free) and not seats.stands_behind(event, free):
        return None
    queue = seats.queue_room(event)
    retry_at = _retry_at(event, at) if free == 0 and not event.waiting_taken else None
    if retry_at is not None:
        again = _("Prøv igjen %(time)s.") % {"time": formats.time_text(retry_at)}
        or_queue = _("Vil du ikke vente, kan du stille deg på ventelisten nå.")
        return Entrance(
            _("De siste plassene holdes av akkurat nå"),
            " ".join(
                [
                    _("Noen andre fyller ut skjemaet. Blir de ikke ferdige, blir plassene ledige."),
                    again,
                    *([or_queue] if queue else []),
                ]
            ),
            color="warning",
            wants_queue=queue > 0,
        )
    if queue:
        return Entrance(
            _("Det er fullt, men du kan stå på venteliste"),
            _("Blir det ledig, får du et tilbud på e-post, med en frist for å svare."),
            color="warning",
            wants_queue=True,
        )
    return Entrance(
        _("Det er fullt, og ventelisten er full")
        if event.waiting_list_capacity
        else _("Det er fullt"),
        _("Noen melder seg ofte av de siste dagene. Se innom igjen."),
        color="warning",
        is_shut=True,
    )


def _retry_at(event: Event, at: dt.datetime) -> dt.datetime | None:
    """Return when the first of the holds that keep the last seats ends."""
    if not event.seats_left:
        return None
    holds = SeatHold.objects.running(at).filter(event=event).order_by("expires_at", "pk")
    return holds.values_list("expires_at", flat=True).first()


def _members_first(event: Event, at: dt.datetime, invitation: Invitation | None) -> Entrance:
    takes_holds = event.capacity is not None
    if invitation is not None:
        return Entrance(takes_holds=takes_holds)
    if event.admission == Admission.MEMBERS:
        return Entrance(
            _("For ansatte i medlemsbedrifter"),
            _("Skriv hvilken medlemsbedrift du jobber i."),
            takes_holds=takes_holds,
        )
    until = event.members_first_until
    if until is not None and at < until and event.admission == Admission.OPEN:
        return Entrance(
            _("Medlemmer først"),
            _(
                "Fram til %(moment)s er plassene for ansatte i medlemsbedrifter. "
                "Er det plasser igjen da, kan alle melde seg på."
            )
            % {"moment": formats.moment_text(until)},
            takes_holds=takes_holds,
        )
    return Entrance(takes_holds=takes_holds)
