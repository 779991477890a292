import datetime
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import get_language

from members.accounts.models import User
from members.mailings import (
    digest,
    digest_content,
    editions,
    marking,
    newsletters,
    sending,
    subscribing,
)
from members.mailings.message import merge_fields
from members.mailings.models import (
    Audience,
    Delivery,
    DeliveryState,
    DigestEdition,
    Frequency,
    MailBody,
    MailKind,
    Newsletter,
    Subscriber,
    Topic,
)
from members.mailings.newsletter_content import Block, Item
from tests.members.mailings.factories import (
    ConsentFactory,
    NewsletterFactory,
    SubscriberFactory,
)
from tests.members.mailings.smtp_sink import Sink

pytestmark = pytest.mark.django_db

HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)
# Monday at 7 in Norway, the first of the month.
MONDAY = datetime.datetime(2026, 4, 6, 5, tzinfo=datetime.UTC)
FRIDAY = MONDAY - 3 * DAY


@pytest.fixture(autouse=True)
def news(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[int]]:
    """What the portal holds: homes and jobs, an event on two topics, and nothing on the others."""
    asked: dict[str, list[int]] = {}

    def tell(topic: str, *items: Item) -> Callable[..., Block]:
        def make(since: datetime.datetime, at: datetime.datetime) -> Block:
            asked.setdefault(f"{topic}-{get_language()}", []).append(1)
            return Block(f"Nytt om {topic}", items)

        return make

    monkeypatch.setattr(
        digest_content,
        "DIGEST_TOPICS",
        {
            Topic.HOMES: tell("bolig", Item("Leilighet på Nymoen", url="/bolig/nymoen/")),
            Topic.EVENTS: tell("arrangementer", Item("Quiz", url="/arrangementer/quiz/")),
            Topic.TOWN_LIFE: tell("byliv", Item("Quiz", url="/arrangementer/quiz/")),
            Topic.WEEKLY: tell("uka", Item("Uke 9", url="/uka-oppsummert/2026/9/")),
            Topic.JOBS: tell("jobb"),
        },
    )
    return asked


def reader(name: str, *topics: str, **choices: object) -> Subscriber:
    subscriber = SubscriberFactory.create(
        email=f"{name}@example.no", **{"frequency": Frequency.WEEKLY, **choices}
    )
    for topic in topics or (Topic.HOMES,):
        ConsentFactory.create(subscriber=subscriber, topic=topic)
    return subscriber


def sent(*, at: datetime.datetime = FRIDAY, **fields: object) -> Newsletter:
    """A newsletter that went out."""
    fields = {"title": "Fredagsbrevet", **fields}
    return newsletters.start(newsletter=NewsletterFactory.create(**fields), at=at, by=None)


def got() -> dict[str, str]:
    """The text of the gathered mail of each reader, by the name before the at sign."""
    rows = Delivery.objects.filter(kind=MailKind.DIGEST).select_related("body")
    return {row.recipient.partition("@")[0]: row.body.text for row in rows}


def test_each_gets_their_own_topics_and_who_has_no_news_gets_nothing():
    reader("homes")
    reader("both", Topic.HOMES, Topic.EVENTS)
    reader("jobs", Topic.JOBS)
    reader("single", frequency=Frequency.EACH)
    reader("gone")
    Subscriber.objects.get(email="gone@example.no").consents.update(withdrawn_at=FRIDAY)

    assert digest.write_due(at=MONDAY) == 2

    texts = got()
    assert set(texts) == {"homes", "both"}
    assert "Leilighet på Nymoen" in texts["homes"]
    assert "Quiz" not in texts["homes"]
    assert "Quiz" in texts["both"]
    edition = DigestEdition.objects.get(frequency=Frequency.WEEKLY)
    assert (edition.period, edition.written_count, edition.empty_count) == ("2026-W15", 2, 2)
    assert edition.state == "done"


def test_an_event_on_two_topics_is_told_once():
    reader("both", Topic.EVENTS, Topic.TOWN_LIFE)

    digest.write_due(at=MONDAY)

    assert got()["both"].count("Quiz") == 1


def test_the_content_is_gathered_once_for_all(news: dict[str, list[int]]):
    for number in range(5):
        reader(f"r{number}", *Topic.values[: number + 1])

    digest.write_due(at=MONDAY)

    # Once in each language, for the week and for the month.
    assert {name: len(times) for name, times in news.items() if name.startswith("bolig")} == {
        "bolig-nb": 2,
        "bolig-en": 2,
    }


def test_readers_of_the_same_share_one_text():
    for number in range(4):
        reader(f"r{number}")

    digest.write_due(at=MONDAY)

    assert MailBody.objects.count() == 1


def test_one_a_week_however_often_the_job_runs():
    reader("homes")

    for minutes in (0, 1, 60, 24 * 60):
        digest.write_due(at=MONDAY + datetime.timedelta(minutes=minutes))
    assert len(got()) == 1
    digest.write_due(at=MONDAY + 7 * DAY - HOUR)
    assert Delivery.objects.count() == 1
    digest.write_due(at=MONDAY + 7 * DAY)

    subjects = Delivery.objects.order_by("subject").values_list("subject", flat=True)
    assert list(subjects) == ["digest-2026-W15", "digest-2026-W16"]


def test_what_comes_days_late_is_not_sent():
    reader("homes")

    assert digest.write_due(at=MONDAY + 2 * DAY) == 0
    assert DigestEdition.objects.get(frequency=Frequency.WEEKLY).state == "missed"
    assert digest.write_due(at=MONDAY + 7 * DAY) == 1


def test_letters_of_a_missed_week_come_with_the_next_edition():
    subscriber = reader("homes", Topic.HOMES, Topic.WEEKLY)
    digest.write_due(at=MONDAY)
    sent(at=MONDAY + 4 * DAY)
    digest.write_due(at=MONDAY + 9 * DAY)
    assert Delivery.objects.filter(recipient=subscriber.email).count() == 1

    digest.write_due(at=MONDAY + 14 * DAY)

    newest = Delivery.objects.get(subject="digest-2026-W17")
    assert "Fredagsbrevet" in newest.body.text


def test_a_run_that_is_cut_off_goes_on_where_it_stopped(monkeypatch: pytest.MonkeyPatch):
    names = [reader(f"r{number}").email for number in range(5)]
    monkeypatch.setattr(digest, "BATCH", 2)
    whole, calls = digest.write_to, []

    def dies_at_the_second(*args, **kwargs):
        written = whole(*args, **kwargs)
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return written

    with monkeypatch.context() as patch:
        patch.setattr(digest, "write_to", dies_at_the_second)
        with pytest.raises(KeyboardInterrupt):
            digest.write_due(at=MONDAY)
    # The batch that died left nothing; the one before it stays.
    assert Delivery.objects.count() == 2

    digest.write_due(at=MONDAY + HOUR)

    assert sorted(Delivery.objects.values_list("recipient", flat=True)) == sorted(names)
    assert DigestEdition.objects.get(frequency=Frequency.WEEKLY).written_count == 5


def test_a_run_that_was_cut_off_days_ago_is_not_taken_up():
    reader("homes")
    edition = digest._edition(Frequency.WEEKLY, at=MONDAY)
    assert edition.state == "writing"

    assert digest.write_due(at=MONDAY + 3 * DAY) == 0
    edition.refresh_from_db()
    assert edition.state == "missed"
    assert digest.write_due(at=MONDAY + 7 * DAY) == 1


def test_the_newsletters_one_did_not_get_by_themselves_are_in_it():
    reader("weekly", Topic.WEEKLY)
    reader("each", Topic.WEEKLY, frequency=Frequency.EACH)
    newsletter = sent(source_url="/uka-oppsummert/2026/9/")
    assert set(Delivery.objects.values_list("recipient", flat=True)) == {"each@example.no"}

    digest.write_due(at=MONDAY)

    assert set(got()) == {"weekly"}
    assert "Fredagsbrevet" in got()["weekly"]
    assert reverse("mailings:archived", args=[newsletter.pk]) in got()["weekly"]
    # The letter was made of the post, so the post is not told once more.
    assert "Uke 9" not in got()["weekly"]


def test_a_letter_made_of_a_post_stands_for_it_in_english_too(monkeypatch: pytest.MonkeyPatch):
    def weekly(since: datetime.datetime, at: datetime.datetime) -> Block:
        return Block("Uka", [Item("Uke 9", url=f"/{get_language()}/uka/9/".replace("/nb/", "/"))])

    monkeypatch.setitem(digest_content.DIGEST_TOPICS, Topic.WEEKLY, weekly)
    reader("john", Topic.WEEKLY, language="en")
    sent(source_url="/uka/9/")

    digest.write_due(at=MONDAY)

    assert "Fredagsbrevet" in got()["john"]
    assert "Uke 9" not in got()["john"]


def test_a_letter_for_audiences_is_for_them_only_here_too():
    reader("woman", Topic.WEEKLY, audiences=[Audience.WOMEN])
    reader("other", Topic.WEEKLY)
    sent(audiences=[Audience.WOMEN])

    digest.write_due(at=MONDAY)

    assert "Fredagsbrevet" in got()["woman"]
    assert "Fredagsbrevet" not in got()["other"]


def test_each_letter_comes_in_ones_own_language_and_once(editor: User):
    reader("kari", Topic.WEEKLY)
    reader("john", Topic.WEEKLY, language="en")
    original = sent()
    edition = editions.make_edition(newsletter=original, language="en", at=FRIDAY, by=editor)
    Newsletter.objects.filter(pk=edition.pk).update(title="Friday letter")
    edition.refresh_from_db()
    newsletters.start(newsletter=edition, at=FRIDAY + HOUR, by=None)

    digest.write_due(at=MONDAY)
    digest.write_due(at=MONDAY + 7 * DAY)

    first = Delivery.objects.filter(subject="digest-2026-W15").select_related("body")
    texts = {row.recipient: row.body.text for row in first}
    assert "Fredagsbrevet" in texts["kari@example.no"]
    assert "Friday letter" in texts["john@example.no"]
    assert "Fredagsbrevet" not in texts["john@example.no"]
    assert "/en/" in texts["john@example.no"]
    later = Delivery.objects.filter(subject="digest-2026-W16").select_related("body")
    assert not any("letter" in row.body.text or "brevet" in row.body.text for row in later)


def choose(subscriber: Subscriber, frequency: str, *, at: datetime.datetime) -> None:
    subscribing.choose(
        subscriber=subscriber,
        topics=[Topic.WEEKLY],
        audiences=[],
        frequency=frequency,
        language="nb",
        paused_until=None,
        source="x",
        at=at,
    )


def times_told(name: str) -> int:
    rows = Delivery.objects.filter(recipient=f"{name}@example.no").select_related("body")
    return sum(row.body.title == "Fredagsbrevet" for row in rows) + sum(
        "Fredagsbrevet" in row.body.text for row in rows if row.kind == MailKind.DIGEST
    )


@pytest.mark.parametrize(
    "switches",
    [
        [(Frequency.WEEKLY, -HOUR)],
        [(Frequency.WEEKLY, HOUR)],
        [(Frequency.WEEKLY, -DAY), (Frequency.EACH, HOUR)],
        [(Frequency.WEEKLY, -DAY), (Frequency.EACH, -HOUR)],
        [(Frequency.WEEKLY, -DAY), (Frequency.MONTHLY, HOUR)],
        [(Frequency.WEEKLY, -DAY), (Frequency.EACH, HOUR), (Frequency.WEEKLY, 2 * HOUR)],
        [(Frequency.MONTHLY, -DAY), (Frequency.EACH, HOUR)],
    ],
    ids=[
        "gathers-before",
        "gathers-after",
        "single-after",
        "single-before",
        "monthly-after",
        "there-and-back",
        "monthly-then-single",
    ],
)
def test_who_changes_their_mind_misses_no_letter_and_gets_none_twice(
    switches: list[tuple[str, datetime.timedelta]],
):
    subscriber = reader("kari", Topic.WEEKLY, frequency=Frequency.EACH)
    before = [switch for switch in switches if switch[1] < datetime.timedelta(0)]
    after = [switch for switch in switches if switch[1] > datetime.timedelta(0)]
    for frequency, delay in before:
        choose(subscriber, frequency, at=FRIDAY + delay)
    sent(source_url="/uka-oppsummert/2026/9/")
    for frequency, delay in after:
        choose(subscriber, frequency, at=FRIDAY + delay)

    for week in range(6):
        digest.write_due(at=MONDAY + week * 7 * DAY)

    assert times_told("kari") == 1


def test_a_pause_is_a_pause_and_ends_by_itself():
    reader("kari", paused_until=(MONDAY + 2 * DAY).date())

    assert digest.write_due(at=MONDAY) == 0
    assert digest.write_due(at=MONDAY + 7 * DAY) == 1


def test_the_monthly_mail_comes_on_the_first_monday():
    reader("kari", frequency=Frequency.MONTHLY)

    for week in range(6):
        digest.write_due(at=MONDAY + week * 7 * DAY)

    subjects = Delivery.objects.order_by("subject").values_list("subject", flat=True)
    assert list(subjects) == ["digest-2026-04", "digest-2026-05"]
    assert "april 2026" in Delivery.objects.get(subject="digest-2026-04").body.title


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        # Summer time begins on 29 March: seven in the morning is five by UTC.
        (datetime.datetime(2026, 3, 30, 4, 59, tzinfo=datetime.UTC), "2026-W13"),
        (datetime.datetime(2026, 3, 30, 5, 0, tzinfo=datetime.UTC), "2026-W14"),
        (datetime.datetime(2027, 1, 3, 12, tzinfo=datetime.UTC), "2026-W53"),
    ],
    ids=["before-seven", "at-seven", "week-53"],
)
def test_the_week_turns_on_monday_at_seven_in_norway(now: datetime.datetime, expected: str):
    due = digest.due_moment(Frequency.WEEKLY, at=now)

    assert digest.period_of(Frequency.WEEKLY, due) == expected


def test_a_suppressed_address_is_written_down_and_not_sent_to():
    reader("kari")
    marking.suppress(email="kari@example.no", reason="complaint", detail="", at=FRIDAY)

    digest.write_due(at=MONDAY)

    assert Delivery.objects.get().state == DeliveryState.SUPPRESSED


def test_one_click_in_the_gathered_mail_stops_it_all(sink: Sink):
    reader("kari", Topic.HOMES, Topic.EVENTS, language="en")
    digest.write_due(at=MONDAY)
    sending.send_due(clock=lambda: MONDAY)
    (received,) = sink.to("kari@example.no")
    message = received.message
    assert message["Subject"] == "News on what you follow in Kongsberg, week 15"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    html = message.get_body(("html",))
    assert html is not None
    assert 'lang="en"' in html.get_content()
    link = message["List-Unsubscribe"].strip("<>").removeprefix("http://testserver")
    client = Client(enforce_csrf_checks=True)

    assert client.get(link).status_code == 200
    assert digest.write_due(at=MONDAY + 7 * DAY) == 1
    client.post(link, {"List-Unsubscribe": "One-Click"})
    client.post(link, {"List-Unsubscribe": "One-Click"})

    assert not Subscriber.objects.get().consents.in_force().exists()
    # The one that waited is stopped, and the next is not written.
    assert Delivery.objects.get(subject="digest-2026-W16").state == DeliveryState.CANCELLED
    assert digest.write_due(at=MONDAY + 14 * DAY) == 0


def test_more_readers_are_no_more_statements(django_assert_num_queries):
    for number in range(3):
        reader(f"a{number}", Topic.WEEKLY, Topic.HOMES)
    sent()
    with django_assert_num_queries(41):
        digest.write_due(at=MONDAY)
    for number in range(30):
        reader(f"b{number}", Topic.WEEKLY, Topic.HOMES)
    sent(at=MONDAY + DAY)
    with django_assert_num_queries(28):
        digest.write_due(at=MONDAY + 7 * DAY)


def test_an_editor_sees_what_there_was_to_tell(client: Client, editor: User):
    reader("homes")
    sent()
    digest.write_due(at=MONDAY)
    edition = DigestEdition.objects.get(frequency=Frequency.WEEKLY)
    client.force_login(editor, backend="allauth.account.auth_backends.AuthenticationBackend")
    address = reverse("admin:mailings_digestedition_preview", args=[edition.pk])

    page = client.get(address).content.decode()
    for words in ("Leilighet på Nymoen", "Fredagsbrevet", "Quiz"):
        assert words in page
    frame = client.get(address, {"del": "html", "sprak": "en"}).content.decode()
    assert "News on what you follow in Kongsberg, week 15" in frame
    # Its content is forgotten after a while.
    DigestEdition.objects.update(content={})
    assert client.get(address).status_code == 200


def test_no_braces_that_somebody_wrote_hold_up_the_mail(monkeypatch: pytest.MonkeyPatch):
    def homes(since: datetime.datetime, at: datetime.datetime) -> Block:
        return Block("Boliger", [Item("Hus {{{unsubscribe}}} {{{{x}}}}", url="/bolig/hus/")])

    monkeypatch.setitem(digest_content.DIGEST_TOPICS, Topic.HOMES, homes)
    reader("kari")

    assert digest.write_due(at=MONDAY) == 1

    body = Delivery.objects.get().body
    assert merge_fields(body.text, body.html) == {"unsubscribe", "preferences"}
    for part in (body.text, body.html):
        assert "{{unsubscribe}}}" not in part
        assert "Hus {" in part


def test_what_comes_while_the_mail_is_written_is_told_once(monkeypatch: pytest.MonkeyPatch):
    asked = []

    def homes(since: datetime.datetime, at: datetime.datetime) -> Block:
        asked.append((since, at))
        return Block("Boliger", [Item("Hus", url="/bolig/hus/")])

    monkeypatch.setitem(digest_content.DIGEST_TOPICS, Topic.HOMES, homes)
    reader("kari")

    digest.write_due(at=MONDAY + 5 * HOUR)
    digest.write_due(at=MONDAY + 7 * DAY)

    until, since = max(at for _since, at in asked[:2]), asked[-1][0]
    assert since == until == MONDAY + 5 * HOUR
