"""What a party has told of itself, changed later: names, company, answers, allergies, consent."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from projects.bypuls.models import Answer, AttendeeList, Event, Question, SignUp
from projects.bypuls.signups import seats
from projects.bypuls.signups.errors import ClosedError, CompanyLimitError, SignUpError
from projects.bypuls.signups.limits import company_problem


@dataclass(frozen=True)
class Details:
    """All that may be changed without changing who comes where. `answers` are by the key of the question."""

    name: str
    companions: str = ""
    note: str = ""
    diet: str = ""
    company_id: int | None = None
    shows_name: bool = False
    answers: Mapping[int, str] = field(default_factory=dict)


def why_fixed(event: Event, signup: SignUp, *, at: dt.datetime) -> str:
    """Say why the details cannot be changed any more; empty when they can."""
    if not signup.is_active:
        return _("Påmeldingen er avmeldt.")
    if event.is_date_set and at >= event.ends_at:
        return _("Arrangementet er over.")
    return ""


@transaction.atomic
def change_details(signup_id: int, details: Details, *, at: dt.datetime) -> SignUp:
    """
    Write what the party tells of itself now, also after sign-up has closed.

    Raises ClosedError when it is too late, CompanyLimitError when the new company has no room left.
    """
    event, signup = seats.lock_both(signup_id)
    reason = why_fixed(event, signup, at=at)
    if reason:
        raise ClosedError(reason)
    if details.company_id != signup.company_id:
        limit = company_problem(event, details.company_id, signup.size)
        if limit:
            raise CompanyLimitError(limit)
    if not details.name.strip():
        raise SignUpError(_("Skriv navnet ditt."))
    before = (signup.name, signup.shows_name, signup.company_id)
    signup.name = details.name
    signup.companions = details.companions
    signup.note = details.note
    signup.diet = details.diet if event.asks_diet else ""
    signup.company_id = details.company_id
    signup.shows_name = details.shows_name
    signup.save(update_fields=["name", "companions", "note", "diet", "company_id", "shows_name"])
    _write_answers(event, signup, details.answers)
    if before != (signup.name, signup.shows_name, signup.company_id):
        _renew_public_list(event)
    return signup


def _write_answers(event: Event, signup: SignUp, answers: Mapping[int, str]) -> None:
    asked = Question.objects.filter(event=event).order_by("pk")
    wanted = [
        Answer(signup=signup, question=question, text=answers[question.pk])
        for question in asked
        if answers.get(question.pk, "").strip()
    ]
    # Answers to questions of a date one has moved from stay: the organiser there asked for them.
    Answer.objects.filter(signup=signup, question__in=asked).delete()
    Answer.objects.bulk_create(wanted)


def _renew_public_list(event: Event) -> None:
    """
    Make the event's held page anew, so that a name that is withdrawn is gone at once.

    The page cache looks at writes to events; this one changes nothing in the row.
    """
    if event.attendee_list == AttendeeList.PUBLIC:
        Event.objects.filter(pk=event.pk).update(queue_counter=F("queue_counter"))
