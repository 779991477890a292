"""Read by another, sent with time to regret, and never after its time."""

import datetime
import threading

import pytest
import time_machine
from celery import current_app
from django.db import connection, transaction

from members.accounts.models import Role, User
from members.mailings import newsletter_moves, newsletters, sending, tasks
from members.mailings.models import (
    Delivery,
    MailKind,
    MailRules,
    Newsletter,
    NewsletterState,
)
from members.mailings.newsletter_approval import ChangedError, NotApprovedError, OwnWorkError
from members.mailings.newsletter_blocks import ordering
from tests.members.accounts.factories import UserFactory
from tests.members.mailings.factories import NOW, ConsentFactory, NewsletterFactory
from tests.members.mailings.smtp_sink import Sink

pytestmark = pytest.mark.django_db

MINUTE = datetime.timedelta(minutes=1)
HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def four_eyes(db: None) -> MailRules:
    return MailRules.objects.create(pk=1, four_eyes=True)


@pytest.fixture
def colleague(db: None) -> User:
    return UserFactory.create(email="kollega@example.no", role=Role.EDITOR)


def state(newsletter: Newsletter) -> str:
    newsletter.refresh_from_db()
    return newsletter.state


def test_another_approves_and_then_it_is_sent(
    sink: Sink, four_eyes: MailRules, editor: User, colleague: User
):
    ConsentFactory.create()
    newsletter = NewsletterFactory.create(created_by=editor)
    with pytest.raises(NotApprovedError):
        newsletters.send_soon(newsletter=newsletter, at=NOW, by=editor)
    with pytest.raises(NotApprovedError):
        newsletters.schedule(newsletter=newsletter, for_time=NOW + HOUR, at=NOW, by=editor)

    newsletters.submit(newsletter=newsletter, at=NOW, by=editor, note="Se på datoene")
    with pytest.raises(OwnWorkError):
        newsletters.approve(newsletter=newsletter, seen_at=None, at=NOW, by=editor)
    newsletters.approve(newsletter=newsletter, seen_at=None, at=NOW, by=colleague)
    newsletters.send_soon(newsletter=newsletter, at=NOW, by=editor)
    newsletters.start_due(at=NOW + HOUR)

    assert state(newsletter) == NewsletterState.SENDING
    assert newsletter.approved_by == colleague
    notice = Delivery.objects.get(kind=MailKind.NEWSLETTER_NOTICE)
    assert notice.recipient == colleague.email
    assert "Se på datoene" in notice.body.text


def test_whoever_changed_it_last_is_no_other(four_eyes: MailRules, editor: User, colleague: User):
    newsletter = NewsletterFactory.create(created_by=editor)
    ordering.note_change(newsletter=newsletter, at=NOW, by=colleague)

    for person in (editor, colleague):
        with pytest.raises(OwnWorkError):
            newsletters.approve(newsletter=newsletter, seen_at=NOW, at=NOW, by=person)


def test_without_the_rule_one_person_may_do_it_all(editor: User):
    newsletter = NewsletterFactory.create(created_by=editor)

    newsletters.approve(newsletter=newsletter, seen_at=None, at=NOW, by=editor)

    assert state(newsletter) == NewsletterState.APPROVED


def test_what_was_changed_meanwhile_is_read_again(editor: User, colleague: User):
    newsletter = NewsletterFactory.create(created_by=editor)
    newsletters.submit(newsletter=newsletter, at=NOW, by=editor)
    ordering.note_change(newsletter=newsletter, at=NOW + MINUTE, by=editor)

    with pytest.raises(ChangedError):
        newsletters.approve(newsletter=newsletter, seen_at=None, at=NOW + HOUR, by=colleague)

    assert state(newsletter) == NewsletterState.REVIEW


def test_back_to_draft_the_approval_is_gone(four_eyes: MailRules, editor: User, colleague: User):
    newsletter = NewsletterFactory.create(created_by=editor)
    newsletters.approve(newsletter=newsletter, seen_at=None, at=NOW, by=colleague)
    with pytest.raises(ordering.NotEditableError):
        ordering.add(newsletter=newsletter, kind="text")

    newsletters.back_to_draft(newsletter=newsletter, at=NOW, by=editor, note="Ny dato")

    newsletter.refresh_from_db()
    assert newsletter.approved_at is None
    with pytest.raises(NotApprovedError):
        newsletters.start(newsletter=newsletter, at=NOW, by=editor)


def test_a_rule_that_comes_later_stops_what_nobody_has_approved(editor: User):
    newsletter = NewsletterFactory.create(created_by=editor)
    newsletters.schedule(newsletter=newsletter, for_time=NOW + HOUR, at=NOW, by=editor)
    MailRules.objects.create(pk=1, four_eyes=True)

    newsletters.start_due(at=NOW + HOUR)

    assert state(newsletter) == NewsletterState.MISSED
    assert newsletter.moves.get(to_state="missed").note == "Nyhetsbrevet er ikke godkjent."


def test_a_rule_that_comes_later_does_not_take_the_makers_own_approval(
    editor: User, colleague: User
):
    newsletter = NewsletterFactory.create(created_by=editor)
    newsletters.approve(newsletter=newsletter, seen_at=None, at=NOW, by=editor)
    newsletters.schedule(newsletter=newsletter, for_time=NOW + HOUR, at=NOW, by=editor)
    other = NewsletterFactory.create(created_by=editor)
    newsletters.approve(newsletter=other, seen_at=None, at=NOW, by=colleague)
    newsletters.schedule(newsletter=other, for_time=NOW + HOUR, at=NOW, by=editor)
    MailRules.objects.create(pk=1, four_eyes=True)

    assert newsletters.start_due(at=NOW + HOUR) == 1

    assert state(newsletter) == NewsletterState.MISSED
    # It has no readers.
    assert state(other) == NewsletterState.SENT


def test_sent_by_hand_it_waits_for_the_minutes_to_regret(sink: Sink, editor: User):
    MailRules.objects.create(pk=1, undo_minutes=5)
    ConsentFactory.create_batch(2)
    newsletter = NewsletterFactory.create()

    newsletters.send_soon(newsletter=newsletter, at=NOW, by=editor)
    newsletters.start_due(at=NOW + 4 * MINUTE)
    assert state(newsletter) == NewsletterState.SCHEDULED
    newsletters.take_off_schedule(newsletter=newsletter, at=NOW + 4 * MINUTE, by=editor)
    newsletters.start_due(at=NOW + 10 * MINUTE)
    assert state(newsletter) == NewsletterState.DRAFT
    assert not Delivery.objects.exists()

    newsletters.send_soon(newsletter=newsletter, at=NOW + HOUR, by=editor)
    newsletters.start_due(at=NOW + HOUR + 5 * MINUTE)
    assert sending.send_due(clock=lambda: NOW + HOUR + 5 * MINUTE).sent == 2
    with pytest.raises(newsletter_moves.IllegalMoveError):
        newsletters.take_off_schedule(newsletter=newsletter, at=NOW + 2 * HOUR, by=editor)


def test_regretted_it_is_still_approved(editor: User, colleague: User):
    MailRules.objects.create(pk=1, undo_minutes=5)
    newsletter = NewsletterFactory.create(created_by=editor)
    newsletters.approve(newsletter=newsletter, seen_at=None, at=NOW, by=colleague)
    newsletters.send_soon(newsletter=newsletter, at=NOW, by=editor)

    newsletters.take_off_schedule(newsletter=newsletter, at=NOW, by=editor)

    assert state(newsletter) == NewsletterState.APPROVED
    assert newsletter.scheduled_at is None


def test_without_minutes_it_goes_at_once(editor: User):
    MailRules.objects.create(pk=1, undo_minutes=0)
    newsletter = NewsletterFactory.create()

    newsletters.send_soon(newsletter=newsletter, at=NOW, by=editor)

    assert state(newsletter) == NewsletterState.SENDING


# Each commit sends at once here, by the clock on the wall: it must show the time of the newsletter.
@time_machine.travel(NOW + 5 * MINUTE, tick=False)
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("minutes", [0, 5], ids=["at-once", "with-regret"])
def test_started_twice_at_the_same_moment_it_is_sent_once(sink: Sink, editor: User, minutes: int):
    assert tasks.send_due_mail.name in current_app.tasks
    MailRules.objects.create(pk=1, undo_minutes=minutes)
    ConsentFactory.create_batch(3)
    newsletter = NewsletterFactory.create()
    refused: list[Exception] = []
    gate = threading.Barrier(4)

    def work() -> None:
        gate.wait()
        try:
            newsletters.send_soon(newsletter=newsletter, at=NOW, by=editor)
        except newsletter_moves.IllegalMoveError as error:
            refused.append(error)
        newsletters.start_due(at=NOW + 5 * MINUTE)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sending.send_due(clock=lambda: NOW + 5 * MINUTE)

    assert len(refused) == 3
    assert len(sink.received) == 3
    assert newsletter.moves.filter(to_state="sending").count() == 1


@pytest.mark.parametrize(
    ("send_before", "late", "expected"),
    [
        (None, 11 * HOUR, NewsletterState.SENDING),
        (None, 13 * HOUR, NewsletterState.MISSED),
        (NOW + HOUR, 59 * MINUTE, NewsletterState.SENDING),
        (NOW + HOUR, 61 * MINUTE, NewsletterState.MISSED),
        (NOW + 2 * DAY, 30 * HOUR, NewsletterState.SENDING),
    ],
    ids=["usual", "usual-late", "in-time", "late", "longer"],
)
def test_it_starts_no_later_than_it_may(
    editor: User, send_before: datetime.datetime | None, late: datetime.timedelta, expected: str
):
    ConsentFactory.create()
    newsletter = NewsletterFactory.create(created_by=editor)
    newsletters.schedule(
        newsletter=newsletter, for_time=NOW, send_before=send_before, at=NOW - HOUR, by=editor
    )

    newsletters.start_due(at=NOW + late)
    newsletters.start_due(at=NOW + late)

    assert state(newsletter) == expected
    told = Delivery.objects.filter(kind=MailKind.NEWSLETTER_NOTICE)
    assert [row.recipient for row in told] == [editor.email] * (expected == "missed")


def test_nobody_gets_it_after_its_time(sink: Sink, editor: User):
    ConsentFactory.create()
    newsletter = NewsletterFactory.create()
    newsletters.schedule(
        newsletter=newsletter, for_time=NOW, send_before=NOW + HOUR, at=NOW, by=editor
    )
    newsletters.start_due(at=NOW)

    assert sending.send_due(clock=lambda: NOW + 2 * HOUR).missed == 1

    assert not sink.received


def test_the_database_knows_when_it_was_approved():
    newsletter = NewsletterFactory.create()

    with pytest.raises(Exception, match="approved_has_time"), transaction.atomic():
        Newsletter.objects.filter(pk=newsletter.pk).update(state="approved")
