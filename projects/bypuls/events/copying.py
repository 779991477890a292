"""One event made after another: the next one of the same kind, or the next date of a series."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from members.accounts.models import User
from projects.bypuls.events.moderation import make_slug
from projects.bypuls.events.recurrence import end_after, length_of, local_naive, moment
from projects.bypuls.models import (
    Event,
    EventOrganiser,
    Publication,
    Question,
    ReminderRule,
    ReminderState,
)

# What the next one has in common with this one. A test holds every column against the two lists.
COPIED = (
    *("title", "title_nb", "title_en", "summary", "summary_nb", "summary_en"),
    *("description", "description_nb", "description_en"),
    *("venue", "place", "organiser", "company", "project", "topic", "audience", "language"),
    *("is_free", "price", "website", "contact_email", "is_example"),
    *("picture", "picture_width", "picture_height", "picture_alt"),
    *("takes_signups", "capacity", "waiting_list_capacity", "max_group_size", "queue_policy"),
    *("admission", "forum", "is_unlisted", "max_per_company", "asks_company", "asks_diet"),
    *("attendee_list",),
)
# Moved along with the start, by the clock on the wall.
SHIFTED = ("signup_opens_at", "signup_closes_at", "members_first_until")


def shifted(at: dt.datetime, old: dt.datetime, new: dt.datetime) -> dt.datetime:
    """Return the moment that lies as far from `new` as `at` from `old`, by the clock on the wall."""
    wall = local_naive(new) + (local_naive(at) - local_naive(old))
    return moment(wall.date(), wall.time())


def after_pattern(event: Event, *, starts_at: dt.datetime, at: dt.datetime) -> Event:
    """Return an event like this one at another time, not saved. It is a draft and holds no people."""
    new = Event(**{name: getattr(event, name) for name in COPIED})
    new.starts_at = starts_at
    new.ends_at = end_after(starts_at, length_of(event.starts_at, event.ends_at))
    for name in SHIFTED:
        value = getattr(event, name)
        if value is not None:
            setattr(new, name, shifted(value, event.starts_at, starts_at))
    if new.signup_closes_at is not None:
        new.signup_closes_at = min(new.signup_closes_at, new.ends_at)
    new.created_at = new.changed_at = at
    new.is_signup_over = new.takes_signups and new.closes_at <= at
    return new


def copy_what_belongs_to(
    event: Event, new: Event, *, by: User | None = None, at: dt.datetime
) -> None:
    """Give the new event the questions, the reminders and the organisers of the other."""
    Question.objects.bulk_create(
        _again(question, event=new) for question in event.questions.order_by("position", "pk")
    )
    EventOrganiser.objects.bulk_create(
        _again(person, event=new, added_by=by, added_at=at)
        for person in event.organisers.order_by("pk")
    )
    ReminderRule.objects.bulk_create(
        _again(
            rule,
            event=new,
            due_at=shifted(rule.due_at, event.starts_at, new.starts_at),
            state=ReminderState.SCHEDULED,
            settled_at=None,
        )
        for rule in event.reminder_rules.of_organiser().order_by("pk")
    )


def _again(row: Any, **changed: Any) -> Any:
    values = {
        field.name: getattr(row, field.name)
        for field in row._meta.concrete_fields
        if not field.primary_key
    }
    return type(row)(**values | changed)


@transaction.atomic
def copy_event(event_id: int, *, starts_at: dt.datetime, by: User | None, at: dt.datetime) -> Event:
    """Make a draft like this event at another time, with its questions, reminders and organisers."""
    event = Event.objects.get(pk=event_id)
    new = after_pattern(event, starts_at=starts_at, at=at)
    new.slug = make_slug(event.title, starts_at)
    new.publication = Publication.DRAFT
    new.save(force_insert=True)
    copy_what_belongs_to(event, new, by=by, at=at)
    return new


def guess_next(event: Event, *, at: dt.datetime) -> dt.datetime:
    """
    Return when the next one is likely to be: same weekday and time, as long after as last time.

    The last time is the latest earlier event of the same title; without one, four weeks are guessed. Never
    in the past, and never at the time of another of the same title. Two queries.
    """
    same = Event.objects.filter(title=event.title).exclude(pk=event.pk)
    before = same.filter(starts_at__lt=event.starts_at).order_by("-starts_at").first()
    weeks = 4
    if before is not None:
        days = (timezone.localdate(event.starts_at) - timezone.localdate(before.starts_at)).days
        weeks = max(round(days / 7), 1)
    taken = set(same.filter(starts_at__gt=event.starts_at).values_list("starts_at", flat=True))
    wall = local_naive(event.starts_at)
    while True:
        wall += dt.timedelta(weeks=weeks)
        found = moment(wall.date(), wall.time())
        if found > at and found not in taken:
            return found
