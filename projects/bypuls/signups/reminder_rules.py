"""When the mails of an event are due, and the rules of those who have chosen a time of their own."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from projects.bypuls.models import (
    Event,
    MessageAudience,
    OwnReminder,
    ReminderAnchor,
    ReminderPurpose,
    ReminderRule,
    ReminderState,
    SignUp,
)
from projects.bypuls.signups import reminder_mails, seats

DAY = 24 * 60
# How long before the start, and at which time of that day.
TIMES: Mapping[OwnReminder, tuple[int, dt.time | None]] = {
    OwnReminder.DAY_BEFORE: (-DAY, reminder_mails.TEN),
    OwnReminder.TWO_HOURS: (-2 * 60, None),
}


def due_at(rule: ReminderRule, event: Event) -> dt.datetime:
    """
    Return when the rule is due for the present time of its event.

    Minutes are minutes; with a `local_time` they pick the day by the clock on the wall, so that the day
    before is the day before also when summer time begins.
    """
    anchor = event.starts_at if rule.anchor == ReminderAnchor.START else event.ends_at
    offset = dt.timedelta(minutes=rule.offset_minutes)
    if rule.local_time is None:
        # Sums of local time are sums of what the clock on the wall shows.
        return anchor.astimezone(dt.UTC) + offset
    day = (timezone.localtime(anchor).replace(tzinfo=None) + offset).date()
    return timezone.make_aware(dt.datetime.combine(day, rule.local_time))


@transaction.atomic
def save_rule(rule: ReminderRule, *, at: dt.datetime) -> ReminderRule:
    """Keep a new or a changed rule, and work out when it is due. One that is due at another time starts over."""
    event = seats.lock(rule.event_id)
    due = due_at(rule, event)
    if rule._state.adding or due != rule.due_at:
        rule.due_at = due
        schedule(rule, at)
    rule.save()
    return rule


def schedule(rule: ReminderRule, at: dt.datetime) -> None:
    """Set a rule to wait for its time, or as missed when that has passed. It is not saved."""
    is_late = rule.due_at <= at
    rule.state = ReminderState.MISSED if is_late else ReminderState.SCHEDULED
    rule.settled_at = at if is_late else None


def rule_for(event: Event, choice: OwnReminder) -> ReminderRule:
    """Return the rule of those who have chosen this time, not saved."""
    offset, clock = TIMES[choice]
    rule = ReminderRule(
        event=event,
        purpose=ReminderPurpose.REMIND,
        audience=MessageAudience.ATTENDING,
        anchor=ReminderAnchor.START,
        offset_minutes=offset,
        local_time=clock,
        for_choice=choice,
    )
    rule.due_at = due_at(rule, event)
    return rule


def have_rule(event: Event, signup: SignUp, *, at: dt.datetime) -> None:
    """See to it that the event has the rule of what the party has chosen. The caller holds the lock on it."""
    if not signup.own_reminder:
        return
    there = ReminderRule.objects.filter(event=event, for_choice=signup.own_reminder)
    if not there.exists():
        save_rule(rule_for(event, OwnReminder(signup.own_reminder)), at=at)
