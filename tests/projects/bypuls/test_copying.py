import datetime as dt

import pytest
from django.utils import timezone

from projects.bypuls.events.copying import COPIED, SHIFTED, copy_event, guess_next
from projects.bypuls.models import (
    Event,
    EventOrganiser,
    MessageAudience,
    Question,
    ReminderAnchor,
    ReminderPurpose,
    ReminderRule,
)
from projects.bypuls.signups.signup import Party, sign_up
from tests.projects.bypuls.factories import NOW, OSLO, EventFactory

pytestmark = pytest.mark.django_db
# What the next one does not have in common with this one: its name and time, its people, its fate.
OWN = {
    *("id", "slug", "uid", "sequence", "starts_at", "ends_at", "is_date_set", "date_note"),
    *("series", "recurrence_start", "is_detached", "possible_duplicate_of", "replaced_by"),
    *("is_signup_over", "seats_taken", "waiting_taken", "queue_counter", "attendance"),
    "is_attendance_counted",
    *("publication", "published_at", "status", "status_reason", "previous_starts_at"),
    *("previous_place", "changed_at", "announced_at", "created_at"),
    *("submitter_name", "submitter_email", "submitted_at", "moderation_note", "answer_due_at"),
    # Follows the project, by a trigger.
    "main_project",
}


def test_every_column_is_either_copied_or_the_events_own():
    columns = {field.name for field in Event._meta.concrete_fields if not field.generated}

    assert columns - OWN - {*COPIED, *SHIFTED} == set()


def test_the_copy_is_a_draft_with_questions_reminders_and_organisers_but_no_people(
    programme_officer,
):
    start = dt.datetime(2026, 12, 1, 8, 0, tzinfo=OSLO)
    event = EventFactory.create(
        title="Frokostmøte",
        title_en="Breakfast",
        slug="frokostmote",
        starts_at=start,
        signup_closes_at=start - dt.timedelta(hours=20),
        status="cancelled",
        status_reason="Snø",
        sequence=4,
    )
    Event.objects.filter(pk=event.pk).update(status="planned")
    Question.objects.create(event=event, text="Buss?", kind="yes-no", purpose="Bussen")
    EventOrganiser.objects.create(event=event, email="kari@example.no", added_at=NOW)
    ReminderRule.objects.create(
        event=event,
        purpose=ReminderPurpose.REMIND,
        audience=MessageAudience.ATTENDING,
        anchor=ReminderAnchor.START,
        due_at=start - dt.timedelta(days=1),
    )
    sign_up(event.pk, Party(name="a", email="a@example.no"), at=NOW)

    # Over the change to summer time.
    new = copy_event(
        event.pk,
        starts_at=dt.datetime(2027, 4, 6, 8, 0, tzinfo=OSLO),
        by=programme_officer,
        at=NOW,
    )

    assert (new.title, new.title_en, new.slug) == (
        "Frokostmøte",
        "Breakfast",
        "frokostmote-2027-04-06",
    )
    assert (new.publication, new.status, new.sequence, new.seats_taken) == (
        "draft",
        "planned",
        0,
        0,
    )
    assert new.uid != event.uid
    assert new.signup_closes_at == dt.datetime(2027, 4, 5, 12, 0, tzinfo=OSLO)
    assert new.ends_at - new.starts_at == event.ends_at - event.starts_at
    assert [question.text for question in new.questions.all()] == ["Buss?"]
    assert new.organisers.get().added_by == programme_officer
    assert new.reminder_rules.get().due_at == dt.datetime(2027, 4, 5, 8, 0, tzinfo=OSLO)
    assert not new.signups.exists()


def test_the_next_one_is_guessed_as_long_after_as_last_time():
    for day in (dt.datetime(2026, 9, 1, 8, tzinfo=OSLO), dt.datetime(2026, 10, 13, 8, tzinfo=OSLO)):
        event = EventFactory.create(title="Frokostmøte", starts_at=day)

    guess = guess_next(event, at=dt.datetime(2026, 10, 14, tzinfo=OSLO))

    # Six weeks on, at eight by the clock although winter has come.
    assert timezone.localtime(guess) == dt.datetime(2026, 11, 24, 8, tzinfo=OSLO)
    assert timezone.localtime(guess_next(event, at=dt.datetime(2026, 12, 1, tzinfo=OSLO))) == (
        dt.datetime(2027, 1, 5, 8, tzinfo=OSLO)
    )


def test_without_an_earlier_one_four_weeks_are_guessed_and_what_is_taken_passed_over():
    event = EventFactory.create(title="Quiz", starts_at=NOW)
    EventFactory.create(title="Quiz", starts_at=NOW + dt.timedelta(weeks=4))

    assert guess_next(event, at=NOW) == NOW + dt.timedelta(weeks=8)
