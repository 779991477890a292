"""Move a party from one date of a series to another: the same row, the same link, the same ticket."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from members.mailings.ledger import MailKind
from projects.bypuls.calendar.calendar_file import CANCEL, REQUEST, attachment
from projects.bypuls.models import (
    TAKING_PLACE,
    Admission,
    Event,
    Invitation,
    Publication,
    Question,
    SignUp,
    SignUpState,
)
from projects.bypuls.signups import mails, queue, seats, unsent
from projects.bypuls.signups.errors import (
    ClosedError,
    CompanyLimitError,
    FullError,
    NotAdmittedError,
    SignUpError,
)
from projects.bypuls.signups.invitations import may_sign_up
from projects.bypuls.signups.limits import company_problem
from projects.bypuls.signups.reminder_rules import have_rule
from projects.bypuls.signups.ticket import ticket_code, ticket_file

MOVABLE = (SignUpState.ATTENDING, SignUpState.WAITING, SignUpState.OFFERED)
# A longer list is no help to choose from.
MOST_DATES = 50


def other_dates(signup: SignUp, *, at: dt.datetime) -> list[Event]:
    """Return the dates of the series to which this party may ask to move, first come first, with `venue`."""
    event = signup.event
    if event.series_id is None or signup.state not in MOVABLE or at >= event.starts_at:
        return []
    dates = Event.objects.filter(
        series=event.series_id,
        starts_at__gt=at,
        is_date_set=True,
        takes_signups=True,
        publication=Publication.PUBLISHED,
        status__in=TAKING_PLACE,
    )
    if not event.is_unlisted:
        # What is for a closed circle is not shown to those outside it.
        dates = dates.filter(is_unlisted=False)
    dates = dates.exclude(pk=event.pk).exclude(
        pk__in=SignUp.objects.active().filter(email=signup.email).values("event_id")
    )
    found = dates.select_related("venue").order_by("starts_at", "pk")[:MOST_DATES]
    return [date for date in found if not seats.closed_reason(date, at)]


@transaction.atomic
def move_to_date(signup_id: int, event_id: int, *, at: dt.datetime) -> SignUp:
    """
    Move the party to another date of the same series, and offer what it leaves to those who wait.

    Whoever has a seat, or is offered one, moves only to a seat; whoever waits may also wait there.
    When it cannot be done, everything is as before. Raises ClosedError, CompanyLimitError, FullError,
    HeldError, NotAdmittedError or SignUpError.
    """
    old, new, signup = _lock_all(signup_id, event_id)
    if old.pk == new.pk:
        return signup
    _check(old, new, signup, at)
    state = _place(old, new, signup, at)
    had_seat = signup.state == SignUpState.ATTENDING
    seats.add(old, *(-people for people in seats.weight(signup)))
    _rewrite(new, signup, state, at)
    unsent.take_back_all(signup, event_id=old.pk, at=at)
    seats.add(new, *seats.weight(signup))
    _carry_answers(new, signup)
    have_rule(new, signup, at=at)
    _write_receipt(old, new, signup, had_seat=had_seat, at=at)
    queue.offer_seats(old, at=at)
    queue.offer_seats(new, at=at)
    return signup


def _lock_all(signup_id: int, event_id: int) -> tuple[Event, Event, SignUp]:
    """Lock both events in order of the key, so that two who change places do not wait for each other."""
    old_id = SignUp.objects.values_list("event_id", flat=True).get(pk=signup_id)
    wanted = Event.objects.filter(pk__in={old_id, event_id}).order_by("pk")
    events = {event.pk: event for event in wanted.select_for_update()}
    if event_id not in events:
        raise SignUpError(_("Den datoen finnes ikke."))
    signup = SignUp.objects.get(pk=signup_id)
    if signup.event_id != old_id:
        raise SignUpError(_("Påmeldingen ble endret i en annen fane. Se over, og prøv igjen."))
    return events[old_id], events[event_id], signup


def _check(old: Event, new: Event, signup: SignUp, at: dt.datetime) -> None:
    if old.series_id is None or old.series_id != new.series_id:
        raise SignUpError(_("Du kan bare flytte påmeldingen til en annen dato i samme serie."))
    if signup.state not in MOVABLE:
        raise SignUpError(_("Påmeldingen er avmeldt."))
    if at >= old.starts_at:
        raise ClosedError(_("Arrangementet har begynt, så påmeldingen kan ikke flyttes."))
    reason = seats.closed_reason(new, at)
    if reason:
        raise ClosedError(reason)
    seats.check_size(new, signup.size)
    if SignUp.objects.active().filter(event=new, email=signup.email).exists():
        raise SignUpError(_("Du er alt påmeldt den datoen."))
    reason = _admission_problem(old, new, signup, at)
    if reason:
        raise NotAdmittedError(reason)
    reason = company_problem(new, signup.company_id, signup.size)
    if reason:
        raise CompanyLimitError(reason)


def _admission_problem(old: Event, new: Event, signup: SignUp, at: dt.datetime) -> str:
    """Say why the new date is not for them. Who was let in to one date of a forum is let in to the others."""
    is_forum = new.admission == old.admission == Admission.FORUM
    if is_forum and new.forum_id == old.forum_id:
        return ""
    invited = Invitation.objects.filter(event=new, email=signup.email, withdrawn_at=None).first()
    if new.is_unlisted and not old.is_unlisted and invited is None:
        return _("Den datoen finnes ikke.")
    return may_sign_up(new, invitation=invited, company=signup.company_id, at=at)


def _place(old: Event, new: Event, signup: SignUp, at: dt.datetime) -> SignUpState:
    state = seats.place_for(new, signup.size, at=at)
    if state is None:
        raise seats.refusal(new, signup.size, at=at)
    if state == SignUpState.WAITING and signup.state != SignUpState.WAITING:
        raise FullError(_("Det er fullt den datoen. Du beholder plassen du har."))
    return state


def _rewrite(new: Event, signup: SignUp, state: SignUpState, at: dt.datetime) -> None:
    """Put the row on its new date, as if it had signed up there now."""
    waits = state == SignUpState.WAITING
    values: dict[str, object] = {
        "event": new,
        "state": state,
        "queue_number": seats.next_number(new) if waits else None,
        # Who has a seat has just been told, and needs no reminder that was due before.
        "promoted_at": None if waits else at,
        "split_from": None,
        "refuses_split": False,
        "offered_size": None,
        "offered_at": None,
        "offer_expires_at": None,
        "asked_at": None,
        "answer_due_at": None,
        "confirmed_at": None,
    }
    for name, value in values.items():
        setattr(signup, name, value)
    signup.save(update_fields=list(values))


def _carry_answers(new: Event, signup: SignUp) -> None:
    """Keep the answers to questions that the new date asks too."""
    same = dict(Question.objects.filter(event=new).values_list("text", "pk"))
    for answer in signup.answers.select_related("question").order_by("pk"):
        question_id = same.get(answer.question.text)
        if question_id is None:
            answer.delete()
        else:
            answer.question_id = question_id
            answer.save(update_fields=["question"])


def _write_receipt(
    old: Event, new: Event, signup: SignUp, *, had_seat: bool, at: dt.datetime
) -> None:
    """One mail: the new date, and what takes the old one out of the calendar."""
    has_seat = signup.state == SignUpState.ATTENDING
    files = [ticket_file(signup)] if has_seat else []
    if had_seat:
        files.append(attachment(old, signup, method=CANCEL) | {"name": "gammel-dato.ics"})
    mails.write(
        new,
        signup,
        "moved_date",
        kind=MailKind.SIGNUP_RECEIPT,
        occasion=f"signup-{signup.pk}-moved-{at.timestamp():.6f}",
        at=at,
        method=REQUEST if has_seat else "",
        files=files,
        old=old,
        had_seat=had_seat,
        number=0 if has_seat else queue.queue_number(signup),
        code=ticket_code(signup),
    )
