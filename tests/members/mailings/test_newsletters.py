import datetime

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from members.accounts.models import User
from members.mailings import (
    claiming,
    marking,
    newsletter_moves,
    newsletter_showing,
    newsletters,
    recipients,
    sending,
)
from members.mailings.models import (
    BlockKind,
    Delivery,
    DeliveryState,
    MailKind,
    Newsletter,
    NewsletterBlock,
    NewsletterState,
    Topic,
)
from members.mailings.models.newsletter import FROZEN_STATES
from members.mailings.newsletter_blocks.kinds import BLOCK_KINDS
from members.mailings.newsletter_content import EXTRA_BLOCKS, Block, Item
from tests.members.mailings.factories import (
    NOW,
    ConsentFactory,
    NewsletterFactory,
)
from tests.members.mailings.smtp_sink import Sink

pytestmark = pytest.mark.django_db

HOUR = datetime.timedelta(hours=1)


def test_each_reader_of_the_topic_gets_one_row_however_often_it_starts():
    ConsentFactory.create_batch(3)
    ConsentFactory.create(topic=Topic.HOMES)
    ConsentFactory.create(withdrawn_at=NOW)
    ConsentFactory.create(subscriber__paused_until=NOW.date())
    ConsentFactory.create(subscriber__paused_until=NOW.date() - datetime.timedelta(days=1))
    newsletter = NewsletterFactory.create()
    assert newsletters.count_recipients(newsletter, at=NOW) == 4

    newsletter = newsletters.start(newsletter=newsletter, at=NOW, by=None)
    with pytest.raises(newsletter_moves.IllegalMoveError), transaction.atomic():
        newsletters.start(newsletter=newsletter, at=NOW, by=None)
    recipients.write_deliveries(newsletter, at=NOW)

    assert newsletter.recipient_count == 4
    assert Delivery.objects.filter(kind=MailKind.NEWSLETTER).count() == 4
    assert Delivery.objects.values("message_id").distinct().count() == 4


def test_suppressed_readers_are_written_down_and_not_sent_to():
    consent = ConsentFactory.create()
    marking.suppress(email=consent.subscriber.email, reason="complaint", detail="", at=NOW)

    newsletters.start(newsletter=NewsletterFactory.create(), at=NOW, by=None)

    assert Delivery.objects.get().state == DeliveryState.SUPPRESSED


def test_a_scheduled_newsletter_starts_on_time_and_closes_when_all_have_it(
    sink: Sink, editor: User
):
    consents = ConsentFactory.create_batch(3)
    newsletter = NewsletterFactory.create(title="Uka oppsummert: uke 11")
    newsletters.schedule(newsletter=newsletter, for_time=NOW + HOUR, at=NOW, by=editor)

    assert newsletters.start_due(at=NOW) == 0
    assert newsletters.start_due(at=NOW + HOUR) == 1
    assert newsletters.start_due(at=NOW + HOUR) == 0
    sending.send_due(clock=lambda: NOW + HOUR)
    newsletters.start_due(at=NOW + 2 * HOUR)

    newsletter.refresh_from_db()
    assert newsletter.state == NewsletterState.SENT
    assert newsletter.sent_at == NOW + 2 * HOUR
    moves = newsletter.moves.order_by("pk").values_list("from_state", "to_state", "by")
    assert list(moves) == [
        ("draft", "scheduled", editor.pk),
        ("scheduled", "sending", None),
        ("sending", "sent", None),
    ]
    assert newsletters.progress(newsletter) == {"sent": 3}
    for consent in consents:
        (received,) = sink.to(consent.subscriber.email)
        address = reverse("mailings:unsubscribe", args=[consent.token])
        message = received.message
        assert message["List-Unsubscribe"] == f"<http://testserver{address}>"
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert message["List-Id"].endswith("<uka-oppsummert.nyhetsbrev.example.no>")
        text, html = message.get_body(("plain",)), message.get_body(("html",))
        assert text is not None
        assert html is not None
        for part in (text.get_content(), html.get_content()):
            assert address in part
            assert reverse("mailings:preferences", args=[consent.subscriber.token]) in part
            assert "Over 30 var med." in part
            assert "{{" not in part


def test_unsubscribing_by_the_link_in_a_message_leaves_the_next_newsletter_out(sink: Sink):
    consent, other = ConsentFactory.create_batch(2)
    newsletters.start(newsletter=NewsletterFactory.create(), at=NOW, by=None)
    sending.send_due(clock=lambda: NOW)
    (received,) = sink.to(consent.subscriber.email)
    link = received.message["List-Unsubscribe"].strip("<>").removeprefix("http://testserver")

    Client(enforce_csrf_checks=True).post(link, {"List-Unsubscribe": "One-Click"})
    newsletters.start(newsletter=NewsletterFactory.create(), at=NOW + HOUR, by=None)
    sending.send_due(clock=lambda: NOW + HOUR)

    assert len(sink.to(consent.subscriber.email)) == 1
    assert len(sink.to(other.subscriber.email)) == 2


def test_a_newsletter_that_comes_half_a_day_late_waits_for_a_person(editor: User):
    ConsentFactory.create()
    newsletter = NewsletterFactory.create()
    newsletters.schedule(newsletter=newsletter, for_time=NOW, at=NOW, by=editor)

    newsletters.start_due(at=NOW + 13 * HOUR)

    newsletter.refresh_from_db()
    assert newsletter.state == NewsletterState.MISSED
    assert not Delivery.objects.exclude(kind=MailKind.NEWSLETTER_NOTICE).exists()
    newsletters.back_to_draft(newsletter=newsletter, at=NOW, by=editor)


def test_stopping_midway_spares_those_who_wait(editor: User):
    ConsentFactory.create_batch(3)
    newsletter = newsletters.start(newsletter=NewsletterFactory.create(), at=NOW, by=editor)
    claiming.claim(size=1, at=NOW)

    spared = newsletters.cancel(newsletter=newsletter, at=NOW, by=editor, note="Feil dato")

    assert spared == 2
    assert newsletter.moves.filter(to_state="cancelled", note="Feil dato").exists()


@pytest.mark.parametrize("state", NewsletterState.values)
def test_no_move_but_those_of_the_table(state: str, editor: User):
    frozen = {"sent": True} if state in FROZEN_STATES else {}
    newsletter = NewsletterFactory.create(**frozen)
    Newsletter.objects.filter(pk=newsletter.pk).update(
        state=state, scheduled_at=NOW, approved_at=NOW
    )
    newsletter.refresh_from_db()

    for target in NewsletterState.values:
        if target not in newsletter_moves.MOVES[state]:
            with pytest.raises(newsletter_moves.IllegalMoveError):
                newsletter_moves.move(newsletter, target, at=NOW, by=editor)


def test_an_empty_newsletter_is_not_sent(editor: User):
    newsletter = NewsletterFactory.create(intro="", blocks=[])

    with pytest.raises(newsletter_showing.NothingToSendError):
        newsletters.schedule(newsletter=newsletter, for_time=NOW, at=NOW, by=editor)


def test_what_was_sent_cannot_be_changed():
    ConsentFactory.create()
    newsletter = newsletters.start(newsletter=NewsletterFactory.create(), at=NOW, by=None)

    newsletter.title = "Noe annet"
    with pytest.raises(IntegrityError), transaction.atomic():
        newsletter.save()


def test_what_editors_write_never_becomes_a_field(sink: Sink):
    ConsentFactory.create()
    newsletter = newsletters.build_newsletter(
        title="Kurs i {{mustache}}",
        intro="{{preferences}} <script>alert(1)</script>",
        blocks=[Block("A {{b}}", [Item("{{unsubscribe}}", "& co")])],
        at=NOW,
        with_extra_blocks=False,
    )

    newsletters.start(newsletter=newsletter, at=NOW, by=None)
    assert sending.send_due(clock=lambda: NOW).sent == 1

    html = sink.received[0].message.get_body(("html",))
    assert html is not None
    assert "<script>" not in html.get_content()
    assert sink.received[0].message["Subject"] == "Kurs i {{mustache}}"


def test_others_add_their_blocks(monkeypatch: pytest.MonkeyPatch, editor: User):
    monkeypatch.setitem(EXTRA_BLOCKS, "events", lambda at: [Block("Det skjer", [Item("Quiz")])])

    newsletter = newsletters.build_newsletter(title="Uka", blocks=[Block("Tom")], at=NOW, by=editor)

    assert [block["heading"] for block in newsletter.blocks] == ["Det skjer"]


def test_a_test_goes_to_one_editor_alone(sink: Sink, editor: User):
    ConsentFactory.create()
    newsletter = NewsletterFactory.create()

    newsletters.send_test(newsletter=newsletter, to=[editor.email], at=NOW)
    sending.send_due(clock=lambda: NOW)

    (received,) = sink.received
    assert received.recipient == editor.email
    assert received.message["Subject"].startswith("[Prøve]")


def test_the_archive_costs_the_same_with_more_newsletters(
    client: Client, django_assert_max_num_queries
):
    NewsletterFactory.create_batch(5, sent=True)
    draft = NewsletterFactory.create(title="Hemmelig kladd")

    with django_assert_max_num_queries(3):
        text = client.get(reverse("mailings:archive")).content.decode()

    assert text.count("card__title") == 5
    assert draft.title not in text


def test_more_readers_are_no_more_statements(django_assert_max_num_queries):
    ConsentFactory.create_batch(20)
    newsletter = NewsletterFactory.create()

    with django_assert_max_num_queries(17):
        newsletters.start(newsletter=newsletter, at=NOW, by=None)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime.datetime(2026, 3, 13, 9, tzinfo=datetime.UTC), 13),
        (datetime.datetime(2026, 3, 13, 13, tzinfo=datetime.UTC), 20),
        (datetime.datetime(2026, 3, 14, 9, tzinfo=datetime.UTC), 20),
    ],
    ids=["friday-morning", "friday-at-two", "saturday"],
)
def test_the_usual_time_is_friday_at_two(now: datetime.datetime, expected: int):
    usual = newsletters.usual_time(at=now)

    assert (usual.day, usual.hour) == (expected, 14)


def test_one_that_cannot_be_started_holds_up_no_other(
    editor: User, monkeypatch: pytest.MonkeyPatch
):
    ConsentFactory.create()
    is_broken = [True]

    def jobs(part: NewsletterBlock, at: datetime.datetime) -> Block:
        if is_broken[0]:
            raise ValueError("odd row")
        return Block("Jobb", [Item("Ingeniør")])

    odd, other = NewsletterFactory.create_batch(2)
    for newsletter in (odd, other):
        newsletters.schedule(newsletter=newsletter, for_time=NOW + HOUR, at=NOW, by=editor)
    odd.parts.create(position=0, kind=BlockKind.JOBS)
    monkeypatch.setitem(BLOCK_KINDS, BlockKind.JOBS, jobs)

    assert newsletters.start_due(at=NOW + HOUR) == 1
    assert Delivery.objects.get().subject == other.occasion
    odd.refresh_from_db()
    assert odd.state == NewsletterState.SCHEDULED

    is_broken[0] = False
    assert newsletters.start_due(at=NOW + 2 * HOUR) == 1
