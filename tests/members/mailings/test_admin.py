import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from members.accounts.models import User
from members.mailings import digest, marking
from members.mailings.models import (
    Bounce,
    Consent,
    Delivery,
    DigestEdition,
    MailJob,
    MailKind,
    Newsletter,
    NewsletterState,
    Topic,
)
from members.mailings.newsletter_content import Block, Item, to_json
from tests.members.mailings.factories import (
    NOW,
    ConsentFactory,
    DeliveryFactory,
    NewsletterFactory,
    SubscriptionRequestFactory,
    WelcomeJourneyFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(editor: User) -> Client:
    client = Client()
    client.force_login(editor, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def send_page(newsletter: Newsletter) -> str:
    return reverse("admin:mailings_newsletter_dispatch_page", args=[newsletter.pk])


def test_test_then_schedule_then_stop(desk: Client, editor: User):
    newsletter = NewsletterFactory.create()
    tomorrow = timezone.localtime() + datetime.timedelta(days=1)

    desk.post(send_page(newsletter), {"test": "1", "people": [editor.pk]})
    assert Delivery.objects.get().recipient == editor.email
    desk.post(send_page(newsletter), {"schedule": "1", "for_time": f"{tomorrow:%Y-%m-%dT%H:%M}"})
    newsletter.refresh_from_db()
    assert newsletter.state == NewsletterState.SCHEDULED
    desk.post(send_page(newsletter), {"cancel": "1"})
    newsletter.refresh_from_db()
    assert newsletter.state == NewsletterState.CANCELLED
    assert newsletter.moves.count() == 2


def test_the_page_says_how_many_before_it_sends(desk: Client):
    ConsentFactory.create_batch(3)
    newsletter = NewsletterFactory.create()

    page = desk.get(send_page(newsletter)).content.decode()
    assert "Send nå til 3 personer" in page
    assert not Delivery.objects.exists()
    desk.post(send_page(newsletter), {"start": "1"})
    desk.post(send_page(newsletter), {"start": "1"})

    assert Delivery.objects.filter(kind=MailKind.NEWSLETTER).count() == 3
    assert "I kø" in desk.get(send_page(newsletter)).content.decode()


def test_an_editor_drops_an_entry(desk: Client):
    blocks = to_json([Block("A", [Item("en"), Item("to")]), Block("B", [Item("tre")])])
    newsletter = NewsletterFactory.create(blocks=blocks)
    address = reverse("admin:mailings_newsletter_change", args=[newsletter.pk])

    assert "A: to" in desk.get(address).content.decode()
    response = desk.post(
        address,
        {"title": "Ny", "intro": "", "topic": "uka-oppsummert", "kept": ["0.1"]}
        | {"moves-TOTAL_FORMS": 0, "moves-INITIAL_FORMS": 0},
    )

    assert response.status_code == 302, response.context["errors"]
    newsletter.refresh_from_db()
    assert newsletter.title == "Ny"
    assert [[item["title"] for item in block["items"]] for block in newsletter.blocks] == [["to"]]


def test_previews(desk: Client):
    address = reverse("admin:mailings_newsletter_preview", args=[NewsletterFactory.create().pk])

    assert 'width="375"' in desk.get(address).content.decode()
    assert 'width="760"' in desk.get(address, {"vis": "skjerm"}).content.decode()
    assert "Over 30 var med." in desk.get(address, {"vis": "tekst"}).content.decode()
    assert "<h1" in desk.get(address, {"del": "html"}).content.decode()
    assert "skjerm=mork" in desk.get(address, {"vis": "telefon-mork"}).content.decode()
    dark = desk.get(address, {"del": "html", "skjerm": "mork"}).content.decode()
    assert "@media all" in dark
    assert desk.get(address, {"vis": "tull"}).status_code == 200


def test_what_was_sent_is_read_only(desk: Client):
    newsletter = NewsletterFactory.create(sent=True)
    address = reverse("admin:mailings_newsletter_change", args=[newsletter.pk])

    assert desk.get(address).status_code == 200
    assert desk.post(address, {"title": "Ny"}).status_code == 403
    assert (
        desk.post(reverse("admin:mailings_newsletter_delete", args=[newsletter.pk])).status_code
        == 403
    )


@pytest.mark.parametrize(
    "model",
    ["delivery", "bounce", "subscriber", "subscriptionrequest", "suppression", "mailjob"],
)
def test_logs_are_read_and_not_written(desk: Client, model: str, django_assert_max_num_queries):
    ConsentFactory.create_batch(3)
    for row in DeliveryFactory.create_batch(3):
        Bounce.objects.create(
            delivery=row, kind="hard", source="mailbox", happened_at=NOW, received_at=NOW
        )
    SubscriptionRequestFactory.create()
    marking.suppress(email="a@example.no", reason="complaint", detail="", at=NOW)
    MailJob.objects.create(name="x", ran_at=NOW)

    with django_assert_max_num_queries(10):
        assert desk.get(reverse(f"admin:mailings_{model}_changelist")).status_code == 200
    assert desk.get(reverse(f"admin:mailings_{model}_add")).status_code == 403


def test_the_log_of_one_person_holds_no_secrets(desk: Client):
    row = DeliveryFactory.create(body__text="Lenken din: /hemmelig/", body__title="Lenke")

    page = desk.get(reverse("admin:mailings_delivery_change", args=[row.pk])).content.decode()

    assert "Lenke" in page
    assert "hemmelig" not in page


def test_an_editor_takes_somebody_off_every_list(desk: Client):
    consent = ConsentFactory.create()

    desk.post(
        reverse("admin:mailings_subscriber_changelist"),
        {"action": "unsubscribe", "_selected_action": [consent.subscriber.pk]},
    )

    assert Consent.objects.get().withdrawn_source == "admin"


def test_subscribers_are_listed_once_whatever_topic_is_chosen(desk: Client):
    consent = ConsentFactory.create()
    subscriber = consent.subscriber
    for topic in (Topic.HOMES, Topic.JOBS):
        ConsentFactory.create(subscriber=subscriber, topic=topic)
    ConsentFactory.create(subscriber=subscriber, topic=Topic.EVENTS, withdrawn_at=NOW)
    address = reverse("admin:mailings_subscriber_changelist")

    wanted: dict[str, list[int]] = {Topic.HOMES: [3], Topic.EVENTS: [], "tull": [3]}
    for value, counts in wanted.items():
        found = desk.get(address, {"topic": value}).context["cl"].result_list
        assert [row.topic_count for row in found] == counts


def test_an_editor_aims_a_newsletter_and_sees_how_many_it_reaches(desk: Client):
    for audiences in (["kvinner"], ["unge"], []):
        ConsentFactory.create(subscriber__audiences=audiences)
    newsletter = NewsletterFactory.create()
    address = reverse("admin:mailings_newsletter_change", args=[newsletter.pk])
    what = {"title": "Ny", "intro": "", "topic": "uka-oppsummert", "kept": ["0.0"]}

    response = desk.post(
        address,
        {**what, "audiences": ["kvinner", "unge"], "language": "nb"}
        | {"moves-TOTAL_FORMS": 0, "moves-INITIAL_FORMS": 0},
    )

    assert response.status_code == 302, response.context["errors"]
    newsletter.refresh_from_db()
    assert newsletter.audiences == ["kvinner", "unge"]
    page = desk.get(send_page(newsletter)).content.decode()
    assert "Send nå til 2 personer" in page
    assert "Kvinner, Unge" in page
    assert "Bokmål" in page


def test_the_office_approves_a_newsletter_and_sends_none(programme_officer: User):
    newsletter = NewsletterFactory.create()
    office = Client()
    office.force_login(
        programme_officer, backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    what = {"reason": "Nei", "for_time": "2030-01-01T12:00", "people": [programme_officer.pk]}
    build = reverse("admin:mailings_newsletter_build", args=[newsletter.pk])

    page = office.get(send_page(newsletter)).content.decode()
    assert "Godkjenn" in page
    assert "Send nå" not in page
    for button in ("start", "schedule", "submit", "undo", "pause", "resume", "draft", "cancel"):
        assert office.post(send_page(newsletter), {button: "1", **what}).status_code == 403
    assert office.get(build).status_code == 403
    assert office.post(send_page(newsletter), {"test": "1", **what}).status_code == 302
    assert Delivery.objects.get().recipient == programme_officer.email
    office.post(send_page(newsletter), {"approve": "1", "seen_at": ""})

    newsletter.refresh_from_db()
    assert (newsletter.state, newsletter.approved_by) == ("approved", programme_officer)
    assert "Godkjent av" in office.get(send_page(newsletter)).content.decode()


def test_an_editor_makes_an_edition_once(desk: Client):
    ConsentFactory.create(subscriber__language="en")
    newsletter = NewsletterFactory.create()
    address = reverse("admin:mailings_newsletter_editions_page", args=[newsletter.pk])

    assert "Lag utgave på English" in desk.get(address).content.decode()
    assert Newsletter.objects.count() == 1
    desk.post(address, {"language": "en"})
    again = desk.post(address, {"language": "en"}, follow=True).content.decode()

    edition = Newsletter.objects.get(edition_of=newsletter)
    assert edition.language == "en"
    assert "alt en utgave på dette språket" in again
    assert "Lag utgave på" not in again
    assert edition.title in again
    assert desk.post(address, {"language": "xx"}).status_code == 302
    assert Newsletter.objects.count() == 2


def test_what_people_chose_and_what_was_gathered_is_read_there(
    desk: Client, django_assert_max_num_queries
):
    ConsentFactory.create_batch(3, subscriber__frequency="weekly")
    WelcomeJourneyFactory.create_batch(3)
    digest.write_due(at=NOW)

    for model in ("digestedition", "welcomejourney", "welcomemail", "subscriberimport"):
        with django_assert_max_num_queries(10):
            assert desk.get(reverse(f"admin:mailings_{model}_changelist")).status_code == 200
    edition = DigestEdition.objects.get(frequency="weekly")
    change = reverse("admin:mailings_digestedition_change", args=[edition.pk])
    assert desk.get(change).status_code == 200
    assert desk.post(change, {"state": "done"}).status_code == 403
