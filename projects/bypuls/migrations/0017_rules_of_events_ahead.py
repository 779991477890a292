"""
Give the events that lie ahead the usual rules, so that the reminders they had go on.

The reminder that is written already is marked as sent. See also `signups/reminders.py`, which states the
rules of events to come.
"""

import datetime as dt

from django.db import migrations
from django.utils import timezone

DAY = 24 * 60
TEN, NINE = dt.time(10), dt.time(9)
RULES = (
    ("remind", "attending", "start", -DAY, TEN),
    ("survey", "attending", "end", DAY, NINE),
    ("report", "organiser", "end", DAY, TEN),
    ("report", "organiser", "end", 3 * DAY, TEN),
    ("report", "organiser", "end", 7 * DAY, TEN),
)


def _due(anchor, minutes, clock):
    day = (timezone.localtime(anchor).replace(tzinfo=None) + dt.timedelta(minutes=minutes)).date()
    return timezone.make_aware(dt.datetime.combine(day, clock))


def give_rules(apps, schema_editor):
    Event = apps.get_model("bypuls", "Event")
    Rule = apps.get_model("bypuls", "ReminderRule")
    now = timezone.now()
    events = Event.objects.filter(takes_signups=True, ends_at__gt=now, reminder_rules=None)
    rows = []
    for event in events.only("starts_at", "ends_at", "reminded_for").order_by("pk").iterator(500):
        for purpose, audience, anchor, minutes, clock in RULES:
            due_at = _due(event.starts_at if anchor == "start" else event.ends_at, minutes, clock)
            is_done = purpose == "remind" and event.reminded_for == event.starts_at
            rows.append(
                Rule(
                    event_id=event.pk,
                    purpose=purpose,
                    audience=audience,
                    anchor=anchor,
                    offset_minutes=minutes,
                    local_time=clock,
                    due_at=due_at,
                    state="done" if is_done else "scheduled",
                    settled_at=now if is_done else None,
                )
            )
    Rule.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("bypuls", "0016_afterwards_and_answers")]

    operations = [migrations.RunPython(give_rules, migrations.RunPython.noop)]
