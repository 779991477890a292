"""
Remind by rules: who is told what, when, and what becomes of a rule whose time has passed.

A rule is driven by its row: a run that is cut off at any moment begins anew, and the ledger passes over
those it has written to. What comes too late is written as well and ends as missed in the ledger, so that
nobody is skipped unseen and nothing stale is sent.
"""

import datetime as dt
import logging
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Q

from members.mailings.ledger import MailKind
from members.mailings.models.delivery import (
    Delivery,
    DeliveryQuerySet,
    DeliveryState,
    MailBody,
)
from projects.bypuls.models import (
    Event,
    EventStatus,
    MessageAudience,
    Publication,
    ReminderAnchor,
    ReminderPurpose,
    ReminderRule,
    ReminderState,
    SignUp,
    SignUpState,
)
from projects.bypuls.signups import confirming, reminder_mails, seats
from projects.bypuls.signups.reminder_rules import DAY, due_at, schedule

logger = logging.getLogger(__name__)

# Reminders written in one transaction, under the lock on the event.
AT_A_TIME = 250
# How late each kind may be, as long as it does not come too near the start.
PATIENCE = {
    ReminderPurpose.REMIND: dt.timedelta(hours=48),
    ReminderPurpose.CONFIRM: dt.timedelta(hours=24),
    ReminderPurpose.REPORT: dt.timedelta(hours=24),
    ReminderPurpose.SURVEY: dt.timedelta(hours=48),
}
LAST_CALL = dt.timedelta(minutes=30)
# What is later than this is not even written into the ledger as missed; the rule alone says so.
LOOK_BACK = dt.timedelta(days=7)

_Rule = tuple[ReminderPurpose, MessageAudience, ReminderAnchor, int, dt.time]
DEFAULTS: Sequence[_Rule] = (
    (
        ReminderPurpose.REMIND,
        MessageAudience.ATTENDING,
        ReminderAnchor.START,
        -DAY,
        reminder_mails.TEN,
    ),
    (ReminderPurpose.SURVEY, MessageAudience.ATTENDING, ReminderAnchor.END, DAY, dt.time(9)),
    *(
        (
            ReminderPurpose.REPORT,
            MessageAudience.ORGANISER,
            ReminderAnchor.END,
            days * DAY,
            reminder_mails.TEN,
        )
        for days in (1, 3, 7)
    ),
)


# --- When -------------------------------------------------------------------------------------
def stale_at(rule: ReminderRule, event: Event) -> dt.datetime:
    """Return from when on the mail of this rule helps nobody any more."""
    latest = rule.due_at + PATIENCE[ReminderPurpose(rule.purpose)]
    if rule.due_at < event.starts_at:
        margin = min(LAST_CALL, (event.starts_at - rule.due_at) / 2)
        return min(latest, event.starts_at - margin)
    return latest


def plan(event: Event, *, at: dt.datetime) -> None:
    """
    Work out anew when the rules of an event are due. The caller holds the lock on the event.

    A rule that is due at another time than before starts over. One that would have been due by now is
    missed: whoever was told of the new time needs no reminder of it. A confirmation of the old time says
    nothing about the new one.
    """
    changed = []
    for rule in ReminderRule.objects.filter(event=event).order_by("pk"):
        due = due_at(rule, event)
        if due != rule.due_at:
            rule.due_at = due
            schedule(rule, at)
            changed.append(rule)
    ReminderRule.objects.bulk_update(changed, ["due_at", "state", "settled_at"])
    if any(rule.purpose == ReminderPurpose.CONFIRM for rule in changed):
        confirming.forget_answers(event)


def add_default_rules(event: Event, *, at: dt.datetime) -> list[ReminderRule]:
    """Give an event that takes sign-ups the usual rules, unless it has rules already; return the new ones."""
    there = ReminderRule.objects.of_organiser().filter(event=event)
    if not event.takes_signups or there.exists():
        return []
    rules = []
    for purpose, audience, anchor, offset, clock in DEFAULTS:
        rule = ReminderRule(
            event=event,
            purpose=purpose,
            audience=audience,
            anchor=anchor,
            offset_minutes=offset,
            local_time=clock,
        )
        rule.due_at = due_at(rule, event)
        schedule(rule, at)
        rules.append(rule)
    return ReminderRule.objects.bulk_create(rules, ignore_conflicts=True)


def drop_written(event: Event, *, at: dt.datetime) -> None:
    """
    Let mails of the present time that wait in the ledger end as missed; call it before a change.

    Nobody loses a seat either for not answering a question about what is changed.
    """
    _waiting(_occasions(event)).update(stale_at=at)
    asked = SignUp.objects.filter(event=event, asked_at__isnull=False)
    asked.exclude(answer_due_at=None).update(answer_due_at=None)


def take_back_written(event: Event, *, at: dt.datetime) -> None:
    """
    Let the rules write anew what nobody has tried to send; call it before a change that keeps the start.

    Whoever has had the mail gets no other. The caller holds the lock on the event.
    """
    occasions = _occasions(event)
    rows = _waiting(occasions).filter(attempts=0).select_for_update().order_by("pk")
    found = list(rows.values_list("pk", "subject", "body_id"))
    Delivery.objects.filter(pk__in=[pk for pk, _subject, _body in found]).delete()
    MailBody.objects.filter(pk__in=[body for _pk, _subject, body in found]).delete()
    taken = [occasions[subject] for _pk, subject, _body in found]
    again = {rule.pk for rules, _signup in taken for rule in rules}
    ReminderRule.objects.filter(pk__in=again).update(state=ReminderState.SCHEDULED, settled_at=None)
    SignUp.objects.filter(pk__in={pk for _rules, pk in taken if pk is not None}).update(
        asked_at=None, answer_due_at=None
    )
    drop_written(event, at=at)


def _occasions(event: Event) -> dict[str, tuple[list[ReminderRule], int | None]]:
    """Return what the mails of the present time are called, with the rules and the party they are of."""
    found: dict[str, tuple[list[ReminderRule], int | None]] = {}
    asked = SignUp.objects.filter(event=event, asked_at__isnull=False)
    rules = list(ReminderRule.objects.filter(event=event).order_by("pk"))
    for rule in rules:
        found.setdefault(reminder_mails.occasion(event, rule), ([], None))[0].append(rule)
    confirms = [rule for rule in rules if rule.purpose == ReminderPurpose.CONFIRM]
    for pk in asked.values_list("pk", flat=True) if confirms else []:
        for rule in confirms:
            found.setdefault(reminder_mails.asked_occasion(pk, rule), ([], pk))[0].append(rule)
    return found


def _waiting(occasions: Iterable[str]) -> DeliveryQuerySet:
    return Delivery.objects.filter(
        kind__in=[MailKind.EVENT_REMINDER, MailKind.SIGNUP_ASKED, MailKind.ORGANISER_NOTICE],
        subject__in=list(occasions),
        state=DeliveryState.QUEUED,
    )


def write_again(event: Event, signup: SignUp, *, at: dt.datetime) -> None:
    """
    Write the reminders of this party anew that were taken back and would not have been sent yet.

    Written late in the evening, a reminder waits for the morning; whoever wanted none for a while gets it
    with the others. The caller holds the lock on the event.
    """
    done = ReminderRule.objects.filter(
        event=event, purpose=ReminderPurpose.REMIND, state=ReminderState.DONE, due_at__lte=at
    ).exclude(audience=MessageAudience.ORGANISER)
    for rule in done.order_by("pk"):
        written_at = rule.settled_at or at
        waits = reminder_mails.sent_at(event, written_at) > at
        if not waits or not _applies(rule, event):
            continue
        batch = list(SignUp.objects.filter(people_of(rule, event), pk=signup.pk))
        if batch:
            _forget_taken_back(reminder_mails.occasion(event, rule), signup)
            _write(rule, event, batch, at=at, stale=stale_at(rule, event))


def _forget_taken_back(occasion: str, signup: SignUp) -> None:
    """Make room for a mail that nobody has tried to send. One that was sent stays, and is not sent again."""
    rows = Delivery.objects.filter(
        kind=MailKind.EVENT_REMINDER,
        subject=occasion,
        recipient=signup.email,
        state__in=[DeliveryState.QUEUED, DeliveryState.MISSED],
        attempts=0,
    )
    found = list(rows.select_for_update().values_list("pk", "body_id"))
    Delivery.objects.filter(pk__in=[pk for pk, _body in found]).delete()
    MailBody.objects.filter(pk__in=[body for _pk, body in found]).delete()


# --- Whom -------------------------------------------------------------------------------------
def people_of(rule: ReminderRule, event: Event) -> Q:
    """Return the condition that picks the sign-ups a rule is for, those without an address left out."""
    due, yes = rule.due_at, Q(wants_reminder=True)
    here = Q(event=event, is_walk_in=False) & ~Q(email="")
    # Those who came after the due time have just had a receipt instead.
    told_before = Q(promoted_at=None, created_at__lt=due) | Q(promoted_at__lt=due)
    seat = Q(state=SignUpState.ATTENDING)
    if rule.purpose == ReminderPurpose.CONFIRM:
        # Also those who want no reminders: they could lose the seat.
        unasked = Q(asked_at=None) | Q(asked_at__lt=due)
        return here & seat & told_before & unasked & Q(confirmed_at=None)
    if rule.purpose == ReminderPurpose.SURVEY:
        came = SignUp.objects.filter(event=event, is_walk_in=False, checked_in_at__isnull=False)
        return here & seat & yes & (Q(checked_in_at__isnull=False) if came.exists() else Q())
    if rule.audience == MessageAudience.QUEUE:
        return here & yes & Q(state=SignUpState.WAITING, created_at__lt=due)
    # Whoever has chosen a time of their own is reminded then, and not when the others are.
    return here & seat & yes & told_before & Q(own_reminder=rule.for_choice)


# --- Driving ----------------------------------------------------------------------------------
def write_due(*, at: dt.datetime) -> int:
    """Write the mails of all rules that are due. Returns the number of rules that were settled."""
    due = ReminderRule.objects.due(at).order_by("due_at", "pk").values_list("pk", flat=True)
    return sum(_drive(pk, at=at) for pk in list(due))


def _drive(rule_id: int, *, at: dt.datetime) -> bool:
    after: int | None = 0
    try:
        while after is not None:
            after = _write_some(rule_id, after=after, at=at)
    except Exception:
        # One rule that fails stops no other; it is tried again with the next beat.
        logger.exception("reminder rule %s failed after sign-up %s", rule_id, after)
        return False
    return not ReminderRule.objects.due(at).filter(pk=rule_id).exists()


@transaction.atomic
def _write_some(rule_id: int, *, after: int, at: dt.datetime) -> int | None:
    """
    Write the next few mails of a rule, so that nobody who wants a seat waits long for the lock.

    Returns the key of the last sign-up of the batch; None when the rule is settled.
    """
    event_id = ReminderRule.objects.filter(pk=rule_id).values_list("event_id", flat=True).first()
    if event_id is None:
        return None
    event = seats.lock(event_id)
    rule = ReminderRule.objects.due(at).filter(pk=rule_id).first()
    # Another worker, or whoever moved the event, may have come first.
    if rule is None:
        return None
    if due_at(rule, event) != rule.due_at:
        plan(event, at=at)
        return None
    stale = stale_at(rule, event)
    if not _applies(rule, event) or at - rule.due_at > LOOK_BACK:
        _settle(rule, ReminderState.MISSED, at)
        return None
    is_late = at >= stale
    if rule.audience == MessageAudience.ORGANISER:
        reminder_mails.write_to_organisers(event, rule, at=at, stale_at=stale)
    else:
        batch = _next_batch(rule, event, after)
        if batch:
            _write(rule, event, batch, at=at, stale=stale)
            return batch[-1].pk
    _settle(rule, ReminderState.MISSED if is_late else ReminderState.DONE, at)
    return None


def _next_batch(rule: ReminderRule, event: Event, after: int) -> list[SignUp]:
    people = SignUp.objects.filter(people_of(rule, event), pk__gt=after)
    return list(people.order_by("pk")[:AT_A_TIME])


def _write(
    rule: ReminderRule, event: Event, batch: list[SignUp], *, at: dt.datetime, stale: dt.datetime
) -> None:
    if rule.purpose == ReminderPurpose.SURVEY:
        reminder_mails.write_surveys(event, batch, at=at, stale_at=stale)
    elif rule.purpose == ReminderPurpose.CONFIRM:
        confirming.ask(event, rule, batch, at=at, stale_at=stale)
    else:
        reminder_mails.write_reminders(event, rule, batch, at=at, stale_at=stale)


def _applies(rule: ReminderRule, event: Event) -> bool:
    if event.publication != Publication.PUBLISHED or not event.is_date_set:
        return False
    return event.status not in (EventStatus.CANCELLED, EventStatus.POSTPONED)


def _settle(rule: ReminderRule, state: ReminderState, at: dt.datetime) -> None:
    rule.state, rule.settled_at = state, at
    rule.save(update_fields=["state", "settled_at"])
