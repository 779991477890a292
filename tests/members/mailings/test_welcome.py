import datetime
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from members.accounts.models import User
from members.mailings import sending, subscribing, welcome
from members.mailings.models import (
    Audience,
    BlockKind,
    Delivery,
    DeliveryState,
    MailKind,
    NewsletterBlock,
    Subscriber,
    Topic,
    WelcomeJourney,
    WelcomeMail,
)
from members.mailings.newsletter_blocks.kinds import BLOCK_KINDS
from members.mailings.newsletter_content import Block, Item
from tests.members.mailings.factories import NOW, ConsentFactory, SubscriptionRequestFactory
from tests.members.mailings.smtp_sink import Sink

pytestmark = pytest.mark.django_db

HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def series() -> list[WelcomeMail]:
    """Three mails, in use since a day ago."""
    return [
        WelcomeMail.objects.create(
            days_after=days,
            title=f"Velkommen {days}",
            text=f"<p>Dag {days}</p>",
            active_since_at=NOW - DAY,
        )
        for days in (0, 7, 21)
    ]


def newcomer(name: str = "kari", **choices: object) -> Subscriber:
    """Somebody who confirmed just now that they are new."""
    request = SubscriptionRequestFactory.create(
        email=f"{name}@example.no", **{"audiences": [Audience.NEWCOMERS], **choices}
    )
    return subscribing.confirm(request=request, at=NOW)


def titles(name: str = "kari") -> list[str]:
    rows = Delivery.objects.filter(kind=MailKind.WELCOME, recipient=f"{name}@example.no")
    return list(rows.order_by("pk").values_list("body__title", flat=True))


def live(*days: int) -> None:
    """Let the job run on these days, often."""
    for day in days:
        for hours in (0, 1, 5):
            welcome.write_due(at=NOW + day * DAY + hours * HOUR)


def test_each_mail_comes_once_on_its_day(series: list[WelcomeMail]):
    newcomer()

    live(0)
    assert titles() == ["Velkommen 0"]
    live(1, 6)
    assert titles() == ["Velkommen 0"]
    live(*range(7, 60))

    assert titles() == ["Velkommen 0", "Velkommen 7", "Velkommen 21"]


def test_only_who_said_that_they_are_new_is_greeted(series: list[WelcomeMail]):
    newcomer("other", audiences=[Audience.WOMEN])
    SubscriptionRequestFactory.create(audiences=[Audience.NEWCOMERS])

    live(0, 7)

    assert not Delivery.objects.filter(kind=MailKind.WELCOME).exists()


def test_who_came_before_the_series_never_gets_it():
    newcomer()
    ConsentFactory.create(subscriber__audiences=[Audience.NEWCOMERS])
    mail = WelcomeMail.objects.create(days_after=1, title="Ny", text="<p>Hei</p>")
    welcome.activate(mail, at=NOW + HOUR)

    live(1, 2, 3)

    assert titles() == []


def test_a_mail_that_is_taken_out_of_use_goes_to_nobody(series: list[WelcomeMail]):
    newcomer()
    for mail in series:
        welcome.deactivate(mail)

    live(0, 7)

    assert titles() == []


def test_unsubscribing_ends_the_series(series: list[WelcomeMail]):
    subscriber = newcomer()
    live(0)
    subscribing.withdraw(subscriber=subscriber, source="x", at=NOW + DAY)
    again = SubscriptionRequestFactory.create(
        email=subscriber.email, audiences=[Audience.NEWCOMERS], requested_at=NOW + DAY
    )
    subscribing.confirm(request=again, at=NOW + 2 * DAY)

    live(7, 21)

    assert titles() == ["Velkommen 0"]


def choose(subscriber: Subscriber, **choices: Any) -> None:
    usual: dict[str, Any] = {
        "topics": [Topic.WEEKLY],
        "audiences": [Audience.NEWCOMERS],
        "frequency": "each",
        "language": "nb",
        "paused_until": None,
        "source": "x",
        "at": NOW + DAY,
    }
    subscribing.choose(subscriber=subscriber, **{**usual, **choices})


def test_who_is_no_longer_new_by_their_own_word_is_left_alone(series: list[WelcomeMail]):
    subscriber = newcomer()
    live(0)

    choose(subscriber, audiences=[])
    live(7)
    assert titles() == ["Velkommen 0"]
    # Said anew, the series goes on and does not begin again.
    choose(subscriber, at=NOW + 8 * DAY)
    live(8, 21)

    assert titles() == ["Velkommen 0", "Velkommen 7", "Velkommen 21"]
    assert WelcomeJourney.objects.count() == 1


def test_an_old_subscriber_who_says_so_now_is_greeted(series: list[WelcomeMail]):
    consent = ConsentFactory.create(subscriber__email="kari@example.no")

    choose(consent.subscriber, at=NOW)
    live(0)

    assert titles() == ["Velkommen 0"]


def test_after_a_pause_they_come_one_at_a_time(series: list[WelcomeMail]):
    subscriber = newcomer()
    live(0)
    choose(subscriber, paused_until=(NOW + 30 * DAY).date())
    live(7, 21, 30)
    assert titles() == ["Velkommen 0"]

    live(31)
    assert titles() == ["Velkommen 0", "Velkommen 7"]
    live(32, 33, 34)

    assert titles() == ["Velkommen 0", "Velkommen 7", "Velkommen 21"]


def test_a_job_that_was_down_for_long_sends_nothing_stale(series: list[WelcomeMail]):
    newcomer()

    live(13)

    assert titles() == []


def test_the_mail_shows_what_the_portal_holds_that_day(
    sink: Sink, series: list[WelcomeMail], monkeypatch: pytest.MonkeyPatch
):
    def events(part: NewsletterBlock, at: datetime.datetime) -> Block:
        return Block("Det skjer", [Item(f"Quiz {at:%d}.", url="/arrangementer/quiz/")])

    monkeypatch.setitem(BLOCK_KINDS, BlockKind.EVENTS, events)
    WelcomeMail.objects.update(parts=[BlockKind.EVENTS])
    WelcomeMail.objects.filter(days_after=0).update(
        title_en="Welcome", text_en="<p>Good to have you</p>"
    )
    newcomer("kari")
    newcomer("john", language="en")
    live(0)
    sending.send_due(clock=lambda: NOW)

    for name, words in (("kari", "Dag 0"), ("john", "Good to have you")):
        (received,) = sink.to(f"{name}@example.no")
        for kind in ("plain", "html"):
            part = received.message.get_body((kind,))
            assert part is not None
            assert words in part.get_content()
            assert "Quiz 13." in part.get_content()
    (english,) = sink.to("john@example.no")
    assert english.message["Subject"] == "Welcome"


def test_one_click_stops_the_series_and_not_the_topics(sink: Sink, series: list[WelcomeMail]):
    subscriber = newcomer()
    live(0)
    sending.send_due(clock=lambda: NOW)
    (received,) = sink.to(subscriber.email)
    link = received.message["List-Unsubscribe"].strip("<>").removeprefix("http://testserver")
    client = Client(enforce_csrf_checks=True)

    client.get(link)
    assert not WelcomeJourney.objects.exclude(stopped_at=None).exists()
    for _ in range(2):
        assert client.post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200
    live(7)

    assert titles() == ["Velkommen 0"]
    assert subscriber.consents.in_force().exists()


def test_what_waits_is_stopped_too(series: list[WelcomeMail]):
    subscriber = newcomer()
    live(0)

    Client().post(reverse("mailings:unsubscribe_welcome", args=[subscriber.welcome_journey.token]))

    assert Delivery.objects.get(kind=MailKind.WELCOME).state == DeliveryState.CANCELLED


def test_english_is_written_whole_or_not_at_all():
    with pytest.raises(IntegrityError):
        WelcomeMail.objects.create(days_after=0, title="Hei", text="<p>Hei</p>", title_en="Hi")


def test_more_newcomers_are_no_more_statements(
    series: list[WelcomeMail], django_assert_num_queries
):
    for number in range(3):
        newcomer(f"a{number}")
    with django_assert_num_queries(16):
        welcome.write_due(at=NOW)
    for number in range(10):
        newcomer(f"b{number}")
    with django_assert_num_queries(16):
        welcome.write_due(at=NOW)


def test_an_editor_writes_previews_and_uses_a_mail(client: Client, editor: User):
    client.force_login(editor, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.post(
        reverse("admin:mailings_welcomemail_add"),
        {"days_after": "0", "title": "Velkommen", "text": "<p>Hei</p>", "parts": ["events"]},
    )
    mail = WelcomeMail.objects.get()
    assert mail.active_since_at is None

    page = client.get(reverse("admin:mailings_welcomemail_preview", args=[mail.pk]))
    assert "Hei" in page.content.decode()
    client.post(
        reverse("admin:mailings_welcomemail_changelist"),
        {"action": "activate", "_selected_action": [mail.pk]},
    )

    mail.refresh_from_db()
    assert mail.active_since_at
