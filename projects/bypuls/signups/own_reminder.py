"""When one party wants to be reminded: with everybody, at a time of its own, or not at all."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from projects.bypuls.models import Event, OwnReminder, SignUp
from projects.bypuls.signups import reminders, seats, unsent
from projects.bypuls.signups.errors import SignUpError
from projects.bypuls.signups.reminder_rules import TIMES, have_rule, rule_for
from vekst import formats

NEVER = "never"


@dataclass(frozen=True)
class Choice:
    """One answer to when one wants to be reminded; `due_at` where it is known."""

    value: str
    label: str
    due_at: dt.datetime | None = None

    def __str__(self) -> str:
        return f"{self.label}: {formats.moment_text(self.due_at)}" if self.due_at else self.label


def choices(event: Event, *, chosen: str, at: dt.datetime) -> list[Choice]:
    """Return what may be chosen at `at`; a time that has passed only when it is what they chose."""
    times = [Choice(choice, str(choice.label), rule_for(event, choice).due_at) for choice in TIMES]
    return [
        Choice(OwnReminder.USUAL, str(OwnReminder.USUAL.label)),
        *(one for one in times if one.value == chosen or (one.due_at and one.due_at > at)),
        Choice(NEVER, _("Ingen påminnelse")),
    ]


def choices_for_all_dates() -> list[Choice]:
    """Return what may be chosen for a whole series, whose dates have each their time."""
    return [
        *(Choice(choice, str(choice.label)) for choice in (OwnReminder.USUAL, *TIMES)),
        Choice(NEVER, _("Ingen påminnelse")),
    ]


@transaction.atomic
def choose(signup_id: int, choice: str, *, at: dt.datetime) -> None:
    """
    Remind this party at the time it has chosen, as everybody else, or not at all.

    What waits for the morning by the former choice is taken back. Raises SignUpError for a time that has
    passed, and for what is no choice.
    """
    # Reminders are written under this lock.
    event, signup = seats.lock_both(signup_id)
    if choice not in (NEVER, *OwnReminder.values):
        raise SignUpError(_("Velg når du vil ha påminnelse."))
    own = signup.own_reminder if choice == NEVER else choice
    if own != signup.own_reminder and own and rule_for(event, OwnReminder(own)).due_at <= at:
        raise SignUpError(_("Det tidspunktet er alt forbi. Velg et annet."))
    _write(event, signup, own, wanted=choice != NEVER, at=at)


@transaction.atomic
def set_wanted(signup_id: int, *, wanted: bool, at: dt.datetime) -> None:
    """Turn the reminders of one sign-up on or off, at the time chosen before."""
    event, signup = seats.lock_both(signup_id)
    _write(event, signup, signup.own_reminder, wanted=wanted, at=at)


def _write(event: Event, signup: SignUp, own: str, *, wanted: bool, at: dt.datetime) -> None:
    is_other = own != signup.own_reminder
    signup.wants_reminder, signup.own_reminder = wanted, own
    signup.save(update_fields=["wants_reminder", "own_reminder"])
    if is_other or not wanted:
        unsent.take_back_reminders(signup, event_id=event.pk, at=at)
    if wanted:
        have_rule(event, signup, at=at)
        reminders.write_again(event, signup, at=at)
