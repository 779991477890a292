"""A newsletter that is held, by a person or by itself, and goes on."""

import datetime
from collections.abc import Callable

import pytest

from members.accounts.models import Role, User
from members.mailings import claiming, newsletter_moves, newsletter_pausing, newsletters, sending
from members.mailings.models import (
    Delivery,
    DeliveryState,
    ErrorStreak,
    MailKind,
    MailRules,
    Newsletter,
    NewsletterState,
)
from members.mailings.models.sent_mark import SentMark
from members.mailings.newsletter_moves import STALE_AFTER
from members.mailings.streaks import Streaks
from tests.members.accounts.factories import UserFactory
from tests.members.mailings.factories import NOW, ConsentFactory, NewsletterFactory
from tests.members.mailings.smtp_sink import Sink

pytestmark = pytest.mark.django_db

MINUTE = datetime.timedelta(minutes=1)
HOUR = datetime.timedelta(hours=1)


def clock_at(at: datetime.datetime) -> Callable[[], datetime.datetime]:
    return lambda: at


def started(n: int, by: User | None = None) -> Newsletter:
    """A newsletter on its way to so many readers."""
    ConsentFactory.create_batch(n)
    newsletter = NewsletterFactory.create(created_by=by)
    return newsletters.start(newsletter=newsletter, at=NOW, by=by)


def notices() -> list[str]:
    found = Delivery.objects.filter(kind=MailKind.NEWSLETTER_NOTICE)
    return list(found.order_by("recipient").values_list("recipient", flat=True))


def test_who_holds_it_says_why_and_it_goes_on_where_it_was(sink: Sink, editor: User):
    newsletter = started(5, by=editor)
    sending.send_due(clock=lambda: NOW, size=2, seconds=0)

    newsletters.pause(newsletter=newsletter, reason="Feil dato i ingressen", at=NOW, by=editor)
    assert sending.send_due(clock=lambda: NOW + MINUTE).sent == 0
    assert newsletters.resume(newsletter=newsletter, at=NOW + HOUR, by=editor) == 0
    sending.send_due(clock=lambda: NOW + HOUR)

    assert newsletters.progress(newsletter) == {"sent": 5}
    assert len({received.recipient for received in sink.received}) == len(sink.received) == 5
    newsletter.refresh_from_db()
    assert (newsletter.state, newsletter.pause_reason) == (NewsletterState.SENDING, "")
    moves = newsletter.moves.order_by("pk").values_list("to_state", "by", "note")
    assert list(moves)[1:] == [
        ("paused", editor.pk, "Feil dato i ingressen"),
        ("sending", editor.pk, ""),
    ]
    # Whoever pauses by hand knows it.
    assert not notices()


@pytest.mark.parametrize("state", ["draft", "scheduled", "sent", "cancelled"])
def test_only_what_is_on_its_way_is_paused(state: str, editor: User):
    newsletter = NewsletterFactory.create(**({"sent": True} if state == "sent" else {}))
    Newsletter.objects.filter(pk=newsletter.pk).update(state=state, scheduled_at=NOW)

    with pytest.raises(newsletter_moves.IllegalMoveError):
        newsletters.pause(newsletter=newsletter, reason="x", at=NOW, by=editor)
    with pytest.raises(newsletter_moves.IllegalMoveError):
        newsletters.resume(newsletter=newsletter, at=NOW, by=editor)


def test_old_news_does_not_go_on(editor: User):
    newsletter = started(1)
    newsletters.pause(newsletter=newsletter, reason="Vent", at=NOW, by=editor)

    with pytest.raises(newsletter_pausing.TooOldError):
        newsletters.resume(newsletter=newsletter, at=NOW + STALE_AFTER, by=editor)

    newsletter.refresh_from_db()
    assert newsletter.state == NewsletterState.PAUSED


def test_errors_in_a_row_pause_it_and_those_responsible_are_told_once(sink: Sink, editor: User):
    MailRules.objects.create(pk=1, pause_after_errors=3)
    newsletter = started(8, by=editor)
    UserFactory.create(role=Role.EDITOR, email="annen.redaktor@example.no")
    for row in Delivery.objects.all():
        sink.at_data[row.recipient] = [f"554 5.7.1 <{row.recipient}> blocked"] * 2

    report = sending.send_due(clock=lambda: NOW)
    sending.send_due(clock=lambda: NOW + HOUR)

    newsletter.refresh_from_db()
    assert newsletter.state == NewsletterState.PAUSED
    assert newsletters.progress(newsletter) == {"failed": 3, "queued": 5}
    assert report.failed == 3
    assert "3 feil på rad" in newsletter.pause_reason
    assert "5.7.1" in newsletter.pause_reason
    assert "leser" not in newsletter.pause_reason, "the log names no reader"
    assert newsletter.moves.get(to_state="paused").by is None
    assert notices() == [editor.email]
    notice = Delivery.objects.get(kind=MailKind.NEWSLETTER_NOTICE).body
    assert f"/admin/mailings/newsletter/{newsletter.pk}/send" in notice.text
    assert newsletter.title in notice.title


def test_those_who_were_refused_then_are_tried_again_when_it_goes_on(sink: Sink, editor: User):
    MailRules.objects.create(pk=1, pause_after_errors=3)
    newsletter = started(6, by=editor)
    for row in Delivery.objects.order_by("pk")[:3]:
        sink.at_data[row.recipient] = ["554 5.7.1 blocked", "250 OK"]
    sending.send_due(clock=lambda: NOW)
    ids = set(Delivery.objects.filter(kind="newsletter").values_list("message_id", flat=True))

    assert newsletters.resume(newsletter=newsletter, at=NOW + HOUR, by=editor) == 3
    sending.send_due(clock=lambda: NOW + HOUR)

    assert newsletters.progress(newsletter) == {"sent": 6}
    news = [r for r in sink.received if r.message_id in ids]
    assert len(news) == 6
    assert newsletter.moves.filter(note="3 prøves på nytt").exists()
    assert not ErrorStreak.objects.exists()


def test_a_message_that_gets_through_ends_the_streak(sink: Sink):
    MailRules.objects.create(pk=1, pause_after_errors=3)
    newsletter = started(9)
    for index, row in enumerate(Delivery.objects.order_by("pk")):
        if index % 3 != 2:
            sink.answers[row.recipient] = ["451 4.3.0 later"]

    report = sending.send_due(clock=lambda: NOW)

    newsletter.refresh_from_db()
    assert newsletter.state == NewsletterState.SENDING
    assert (report.sent, report.retried) == (3, 6)
    assert not ErrorStreak.objects.exists()


def test_two_workers_count_together_and_one_success_of_the_other_counts_too():
    MailRules.objects.create(pk=1, pause_after_errors=3)
    newsletter = started(6)
    rows = list(Delivery.objects.order_by("pk"))
    one, other = Streaks(MailRules.objects.get()), Streaks(MailRules.objects.get())

    one.error(rows[0], "550", at=NOW)
    other.error(rows[1], "550", at=NOW + MINUTE)
    # The other worker got one through before it had heard of the errors.
    Delivery.objects.filter(pk=rows[2].pk).update(state="sent", finished_at=NOW + MINUTE)
    one.error(rows[3], "550", at=NOW + 2 * MINUTE)
    newsletter.refresh_from_db()
    assert newsletter.state == NewsletterState.SENDING

    other.error(rows[4], "550", at=NOW + 3 * MINUTE)
    one.error(rows[5], "550", at=NOW + 4 * MINUTE)
    newsletter.refresh_from_db()
    assert newsletter.state == NewsletterState.PAUSED
    one.error(rows[5], "550", at=NOW + 5 * MINUTE)
    assert len(notices()) == 1


def test_what_another_worker_has_sent_and_not_written_down_yet_counts_too():
    MailRules.objects.create(pk=1, pause_after_errors=2)
    newsletter = started(3)
    rows = list(Delivery.objects.order_by("pk"))
    streaks = Streaks(MailRules.objects.get())

    streaks.error(rows[0], "550", at=NOW)
    SentMark.objects.create(delivery=rows[1], sent_at=NOW + MINUTE)
    streaks.error(rows[2], "550", at=NOW + 2 * MINUTE)

    newsletter.refresh_from_db()
    assert newsletter.state == NewsletterState.SENDING


def test_what_was_sent_before_the_worker_died_is_not_called_stopped(sink: Sink, editor: User):
    newsletter = started(2)
    batch = claiming.claim(size=1, at=NOW)
    SentMark.objects.create(delivery=batch.rows[0], sent_at=NOW)
    dead = batch.until + MINUTE

    assert newsletters.cancel(newsletter=newsletter, at=dead, by=editor) == 1
    sending.send_due(clock=lambda: dead)

    assert newsletters.progress(newsletter) == {"cancelled": 1, "sent": 1}
    assert not sink.received


def test_nought_never_pauses(sink: Sink):
    MailRules.objects.create(pk=1, pause_after_errors=0)
    newsletter = started(30)
    for row in Delivery.objects.all():
        sink.at_data[row.recipient] = ["554 5.7.1 blocked"]

    sending.send_due(clock=lambda: NOW)

    assert newsletters.progress(newsletter) == {"failed": 30}


def test_a_server_that_is_down_pauses_nothing(sink: Sink, settings):
    MailRules.objects.create(pk=1, pause_after_errors=2)
    newsletter = started(4)
    settings.EMAIL_PORT = 1

    for minute in range(5):
        assert sending.send_due(clock=clock_at(NOW + minute * HOUR)).server_down

    newsletter.refresh_from_db()
    assert newsletter.state == NewsletterState.SENDING


def test_with_nobody_left_every_editor_is_told(sink: Sink):
    UserFactory.create(role=Role.EDITOR, email="b.redaktor@example.no")
    UserFactory.create(role=Role.EDITOR, email="a.redaktor@example.no")
    UserFactory.create(role=Role.EDITOR, email="sluttet@example.no", is_active=False)
    newsletter = started(1)

    newsletters.pause(newsletter=newsletter, reason="Feil", at=NOW, by=None)

    assert notices() == ["a.redaktor@example.no", "b.redaktor@example.no"]


def test_those_given_back_by_a_worker_after_the_stop_are_spared(sink: Sink, editor: User):
    newsletter = started(2)
    row = Delivery.objects.order_by("pk").first()
    assert row is not None
    newsletters.cancel(newsletter=newsletter, at=NOW, by=editor)
    # What a worker had in hand was refused for now.
    Delivery.objects.filter(pk=row.pk).update(
        state=DeliveryState.QUEUED, next_attempt_at=NOW + MINUTE, finished_at=None
    )

    newsletters.start_due(at=NOW + MINUTE)

    assert sending.send_due(clock=lambda: NOW + HOUR).sent == 0
    assert newsletters.progress(newsletter) == {"cancelled": 2}
