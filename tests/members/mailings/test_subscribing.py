import datetime
import re

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from members.mailings import marking, newsletters, subscribing
from members.mailings.models import (
    Audience,
    Consent,
    Delivery,
    DeliveryState,
    MailKind,
    Subscriber,
    SubscriptionRequest,
    Suppression,
    Topic,
)
from tests.members.mailings.factories import (
    NOW,
    ConsentFactory,
    NewsletterFactory,
    SubscriberFactory,
    SubscriptionRequestFactory,
)

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)
# What the form holds besides the topics.
HOW = {"frequency": "each", "language": "nb"}


def sign_up(client: Client, email: str = "kari@example.no", *topics: str):
    return client.post(
        reverse("mailings:sign_up"),
        {"email": email, "topics": topics or ["bolig", "jobb"]} | HOW,
    )


def mailed_path(kind: str) -> str:
    text = Delivery.objects.get(kind=kind).body.text
    found = re.search(r"http://testserver(\S+)", text)
    assert found
    return found.group(1)


def test_from_the_form_to_a_confirmed_subscription(client: Client):
    response = sign_up(client)
    assert response.headers["Location"] == reverse("mailings:check_inbox")
    assert not Subscriber.objects.exists()
    link = mailed_path(MailKind.SUBSCRIPTION_CONFIRM)

    # A link scanner opens it: nothing happens.
    page = client.get(link)
    assert page.status_code == 200
    assert not Consent.objects.exists()

    client.post(link)
    client.post(link)
    subscriber = Subscriber.objects.get(email="kari@example.no")
    consents = list(subscriber.consents.order_by("topic"))
    assert [consent.topic for consent in consents] == ["bolig", "jobb"]
    assert "Bolig, Jobb" in consents[0].text
    assert consents[0].version == subscribing.CONSENT_VERSION
    assert consents[0].source == "/nyhetsbrev/"


def test_no_box_is_ticked_beforehand(client: Client):
    page = client.get(reverse("mailings:sign_up")).content.decode()

    boxes = re.findall(r'<input[^>]*type="checkbox"[^>]*>', page)
    assert len(boxes) == len(Topic) + len(Audience)
    assert not any("checked" in box for box in boxes)


def test_the_form_offers_the_language_of_the_page(client: Client):
    for address, language in ((reverse("mailings:sign_up"), "nb"), ("/en/nyhetsbrev/", "en")):
        page = client.get(address).content.decode()
        (chosen,) = re.findall(r'name="language" value="(\w+)"[^>]*checked', page)
        assert chosen == language


def test_the_confirmed_request_carries_the_choices_and_the_unconfirmed_never(client: Client):
    choices = {"audiences": ["kvinner", "innflyttere"], "frequency": "weekly", "language": "en"}
    client.post(
        reverse("mailings:sign_up"), {"email": "kari@example.no", "topics": ["bolig"]} | choices
    )
    assert not Subscriber.objects.exists()
    link = mailed_path(MailKind.SUBSCRIPTION_CONFIRM)
    mail = Delivery.objects.get().body.text
    assert "One e-mail a week with everything" in mail
    assert "New in Kongsberg, Women" in mail
    assert "Women" in client.get(link).content.decode()

    client.post(link)

    subscriber = Subscriber.objects.get()
    assert set(subscriber.audiences) == {"kvinner", "innflyttere"}
    assert (subscriber.frequency, subscriber.language) == ("weekly", "en")
    assert "Women" in subscriber.consents.get().text


def test_somebody_elses_request_changes_nothing_for_a_subscriber(client: Client):
    subscriber = ConsentFactory.create(subscriber__audiences=["unge"]).subscriber

    client.post(
        reverse("mailings:sign_up"),
        {"email": subscriber.email, "topics": ["bolig"]}
        | {"audiences": ["kvinner"], "frequency": "weekly", "language": "en"},
    )

    subscriber.refresh_from_db()
    assert (subscriber.audiences, subscriber.frequency, subscriber.language) == (
        ["unge"],
        "each",
        "nb",
    )
    assert subscriber.consents.count() == 1


def test_a_new_confirmed_request_adds_to_what_one_has_said_of_oneself():
    subscriber = ConsentFactory.create(subscriber__audiences=["unge"]).subscriber
    request = SubscriptionRequestFactory.create(
        email=subscriber.email, topics=["bolig"], audiences=["studenter"], frequency="weekly"
    )

    subscribing.confirm(request=request, at=NOW)

    subscriber.refresh_from_db()
    assert subscriber.audiences == ["studenter", "unge"]
    assert subscriber.frequency == "weekly"


@pytest.mark.parametrize(
    "wrong",
    [{"audiences": ["rike"]}, {"frequency": "hourly"}, {"language": "xx"}, {"topics": ["alt"]}],
    ids=["audience", "frequency", "language", "topic"],
)
def test_choices_that_are_not_on_the_form_are_refused(client: Client, wrong: dict[str, object]):
    response = client.post(
        reverse("mailings:sign_up"),
        {"email": "kari@example.no", "topics": ["bolig"], **HOW, **wrong},
    )

    assert "error-summary" in response.content.decode()
    assert not SubscriptionRequest.objects.exists()


def test_the_form_keeps_what_was_typed(client: Client):
    response = client.post(reverse("mailings:sign_up"), {"email": "kari@", "topics": ["bolig"]})

    text = response.content.decode()
    assert 'value="kari@"' in text
    assert "checked" in text
    assert "error-summary" in text


@pytest.mark.parametrize(
    "email", ["a@example.no\r\nBcc: b@example.no", "a@example.no, b@example.no", "<a@example.no>"]
)
def test_an_address_that_forges_headers_is_refused(client: Client, email: str):
    assert sign_up(client, email).status_code == 200
    assert not SubscriptionRequest.objects.exists()


def test_known_and_unknown_addresses_get_the_same_answer(client: Client):
    ConsentFactory.create(subscriber__email="kari@example.no")

    answers = {
        (r.status_code, r.headers["Location"])
        for r in (sign_up(client, "kari@example.no"), sign_up(client, "ola@example.no"))
    }
    links = {
        client.post(reverse("mailings:preferences_link"), {"email": email}).headers["Location"]
        for email in ("kari@example.no", "nobody@example.no")
    }

    assert len(answers) == len(links) == 1


def test_asking_again_and_again_mails_once(client: Client):
    for _ in range(4):
        sign_up(client)

    assert Delivery.objects.filter(kind=MailKind.SUBSCRIPTION_CONFIRM).count() == 1


def test_the_mail_is_in_the_language_of_the_page(client: Client):
    client.post(
        "/en/nyhetsbrev/",
        {"email": "kari@example.no", "topics": ["bolig"], "frequency": "each", "language": "en"},
    )

    assert SubscriptionRequest.objects.get().language == "en"
    assert "/en/nyhetsbrev/bekreft/" in Delivery.objects.get().body.text


def test_a_link_of_last_week_asks_to_sign_up_again(client: Client):
    request = SubscriptionRequestFactory.create(requested_at=NOW - 8 * DAY)

    with pytest.raises(subscribing.LinkTooOldError):
        subscribing.confirm(request=request, at=NOW)
    response = client.post(reverse("mailings:confirm", args=[request.token]))
    assert "for gammel" in response.content.decode()


@pytest.mark.parametrize(
    ("reason", "is_written_to"),
    [("hard-bounce", True), ("soft-bounces", True), ("complaint", True), ("manual", False)],
    ids=["hard", "soft", "complaint", "manual"],
)
def test_who_confirms_anew_gets_what_they_asked_for_though_the_address_was_blocked(
    reason: str, is_written_to: bool
):
    marking.suppress(email="ny@example.no", reason=reason, detail="550", at=NOW - DAY)
    request = SubscriptionRequestFactory.create(email="ny@example.no")

    subscribing.confirm(request=request, at=NOW)
    newsletters.start(newsletter=NewsletterFactory.create(), at=NOW, by=None)

    state = Delivery.objects.get(kind=MailKind.NEWSLETTER).state
    assert (state == DeliveryState.QUEUED) is is_written_to


def test_an_old_link_does_not_open_an_address_that_was_blocked_since():
    request = SubscriptionRequestFactory.create(email="ny@example.no")
    marking.suppress(email="ny@example.no", reason="complaint", detail="", at=NOW + DAY)

    subscribing.confirm(request=request, at=NOW + 2 * DAY)

    assert Suppression.objects.get().lifted_at is None


def test_a_topic_has_one_consent_in_force():
    consent = ConsentFactory.create()

    with pytest.raises(IntegrityError):
        ConsentFactory.create(subscriber=consent.subscriber)


def test_preferences_change_everything_one_can_choose(client: Client):
    subscriber = ConsentFactory.create(topic=Topic.HOMES).subscriber
    address = reverse("mailings:preferences", args=[subscriber.token])

    client.post(
        address,
        {"topics": ["jobb", "ung"], "audiences": ["studenter"], "frequency": "weekly"}
        | {"language": "en", "pause": "2"},
    )

    subscriber.refresh_from_db()
    in_force = subscriber.consents.in_force().values_list("topic", flat=True)
    assert set(in_force) == {"jobb", "ung"}
    assert subscriber.consents.get(topic="bolig").withdrawn_at
    assert (subscriber.language, subscriber.frequency) == ("en", "weekly")
    assert subscriber.audiences == ["studenter"]
    assert subscriber.paused_until == timezone.localdate() + datetime.timedelta(weeks=2)
    page = client.get(address).content.decode()
    assert re.search(r'value="studenter"[^>]*checked', page)
    # The pause stays when something else is changed.
    client.post(address, {"topics": ["jobb"], **HOW, "pause": "keep"})
    subscriber.refresh_from_db()
    assert subscriber.paused_until == timezone.localdate() + datetime.timedelta(weeks=2)


def test_a_pause_stops_what_waits_to_be_sent(client: Client):
    subscriber = ConsentFactory.create().subscriber
    newsletters.start(newsletter=NewsletterFactory.create(), at=NOW, by=None)

    client.post(
        reverse("mailings:preferences", args=[subscriber.token]),
        {"topics": ["uka-oppsummert"], **HOW, "pause": "1"},
    )

    assert Delivery.objects.get().state == DeliveryState.CANCELLED


def test_leave_all_keeps_the_history(client: Client):
    consent = ConsentFactory.create()
    ConsentFactory.create(subscriber=consent.subscriber, topic=Topic.HOMES)

    client.post(
        reverse("mailings:preferences", args=[consent.subscriber.token]), {"leave_all": "1"}
    )

    assert not Consent.objects.in_force().exists()
    assert Consent.objects.count() == 2
    consent.subscriber.refresh_from_db()
    assert consent.subscriber.unsubscribed_at


def test_a_new_yes_after_a_no_is_a_new_row():
    consent = ConsentFactory.create()
    subscribing.withdraw(subscriber=consent.subscriber, source="x", at=NOW)
    request = SubscriptionRequestFactory.create(email=consent.subscriber.email)

    subscribing.confirm(request=request, at=NOW + DAY)

    assert Consent.objects.count() == 2
    assert Consent.objects.in_force().count() == 1
    assert Subscriber.objects.get().unsubscribed_at is None


def test_one_click_stops_one_topic_at_once_and_twice_is_harmless():
    consent = ConsentFactory.create()
    other = ConsentFactory.create(subscriber=consent.subscriber, topic=Topic.HOMES)
    newsletters.start(newsletter=NewsletterFactory.create(), at=NOW, by=None)
    address = reverse("mailings:unsubscribe", args=[consent.token])
    # As a mail program does it: no cookies, no token of the session.
    client = Client(enforce_csrf_checks=True)

    assert client.get(address).status_code == 200
    assert Consent.objects.in_force().count() == 2

    first = client.post(address, {"List-Unsubscribe": "One-Click"})
    second = client.post(address, {"List-Unsubscribe": "One-Click"})

    assert (first.status_code, second.status_code) == (200, 200)
    assert not first.cookies
    assert list(Consent.objects.in_force()) == [other]
    assert Delivery.objects.get(kind=MailKind.NEWSLETTER).state == DeliveryState.CANCELLED


def test_a_forged_token_is_not_found():
    client = Client(enforce_csrf_checks=True)

    response = client.post(
        reverse("mailings:unsubscribe", args=["x" * 32]), {"List-Unsubscribe": "One-Click"}
    )

    assert response.status_code == 404


def test_a_link_of_an_old_newsletter_still_stops_the_topic():
    old = ConsentFactory.create(withdrawn_at=NOW + DAY)
    ConsentFactory.create(subscriber=old.subscriber, given_at=NOW + 2 * DAY)

    Client().post(reverse("mailings:unsubscribe", args=[old.token]))

    assert not Consent.objects.in_force().exists()


@pytest.mark.parametrize("name", ["confirm", "preferences", "unsubscribe"])
def test_a_link_that_leads_nowhere_says_how_to_get_a_new_one(client: Client, name: str):
    response = client.get(reverse(f"mailings:{name}", args=["forgotten"]))

    assert response.status_code == 404
    assert reverse("mailings:preferences_link") in response.content.decode()


def test_every_page_leads_to_the_preferences(client: Client):
    assert f'href="{reverse("mailings:preferences_link")}"' in client.get("/").content.decode()


def test_only_a_subscriber_is_mailed_the_preferences_link(client: Client):
    subscriber = SubscriberFactory.create()

    client.post(reverse("mailings:preferences_link"), {"email": subscriber.email.upper()})
    client.post(reverse("mailings:preferences_link"), {"email": "nobody@example.no"})

    assert mailed_path(MailKind.SUBSCRIPTION_PREFERENCES) == reverse(
        "mailings:preferences", args=[subscriber.token]
    )


@pytest.mark.parametrize("name", ["confirm", "preferences", "unsubscribe"])
def test_a_link_with_what_no_link_of_ours_holds_is_not_found(client: Client, name: str):
    address = reverse(f"mailings:{name}", args=["TOKEN"])

    assert client.get(address.replace("TOKEN", "%00")).status_code == 404


def test_a_used_link_tells_what_one_gets_now(client: Client):
    sign_up(client)
    link = mailed_path(MailKind.SUBSCRIPTION_CONFIRM)
    client.post(link)
    for page in (client.get(link), client.post(link)):
        text = page.content.decode()
        assert "alt bekreftet" in text
        assert str(Topic.HOMES.label) in text
        assert reverse("mailings:preferences_link") in text

    subscribing.withdraw(subscriber=Subscriber.objects.get(), source="x", at=timezone.now())
    text = client.get(link).content.decode()
    assert "ingen nyhetsbrev" in text
    assert "ds-tag" not in text

    Subscriber.objects.all().delete()
    assert "ingen nyhetsbrev" in client.post(link).content.decode()
    assert not Subscriber.objects.exists()


def test_a_pause_ends_with_the_local_day():
    today = datetime.date(2026, 11, 20)
    ConsentFactory.create(subscriber__paused_until=today, topic=Topic.HOMES)
    # Half past midnight in Norway, when it is still yesterday in UTC.
    moment = datetime.datetime(2026, 11, 20, 23, 30, tzinfo=datetime.UTC)

    for at, number in ((moment - datetime.timedelta(hours=1), 0), (moment, 1)):
        assert Consent.objects.to_be_written_to(topic=Topic.HOMES, at=at).count() == number


@pytest.mark.parametrize("name", ["sign_up", "preferences_link"])
def test_asking_for_mail_to_many_addresses_is_stopped(client: Client, settings, name: str):
    settings.RATELIMIT_ENABLE = True
    # A cache of its own: a test beside this one may empty the common one between two clicks.
    memory = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {"default": {"BACKEND": memory, "LOCATION": f"asking-{name}"}}
    address = reverse(f"mailings:{name}")

    answers = [
        client.post(
            address, {"email": f"n{number}@example.no", "topics": ["bolig"], **HOW}
        ).status_code
        for number in range(31)
    ]

    assert answers == [302] * 30 + [429]
    # Looking is free.
    assert client.get(address).status_code == 200


def test_the_link_to_ones_own_preferences_comes_once_however_often_it_is_asked_for(
    client: Client,
):
    subscriber = SubscriberFactory.create()

    for _ in range(4):
        client.post(reverse("mailings:preferences_link"), {"email": subscriber.email})

    assert Delivery.objects.filter(kind=MailKind.SUBSCRIPTION_PREFERENCES).count() == 1


def test_looking_at_ones_preferences_changes_nothing(client: Client):
    subscriber = ConsentFactory.create(subscriber__audiences=["unge"]).subscriber
    before = Subscriber.objects.values().get()
    address = reverse("mailings:preferences", args=[subscriber.token])

    for query in ("", "?leave_all=1", "?topics=bolig&language=en&frequency=weekly&pause=4"):
        client.get(address + query)
        client.head(address + query)

    assert Subscriber.objects.values().get() == before
    assert subscriber.consents.in_force().count() == 1


def test_wrong_choices_on_the_preferences_page_lose_nothing(client: Client):
    subscriber = ConsentFactory.create().subscriber
    address = reverse("mailings:preferences", args=[subscriber.token])

    for wrong in ({"frequency": "hourly"}, {"pause": "999"}, {"pause": "keep"}, {"topics": ["x"]}):
        page = client.post(
            address, {"topics": ["bolig"], "audiences": ["unge"], **HOW, "pause": "", **wrong}
        )
        text = page.content.decode()
        assert "error-summary" in text
        assert re.search(r'value="unge"[^>]*checked', text)

    subscriber.refresh_from_db()
    assert subscriber.audiences == []
    assert subscriber.consents.in_force().get().topic == Topic.WEEKLY
