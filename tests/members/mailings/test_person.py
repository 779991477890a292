"""The page on which staff see what a person was sent, and why."""

import datetime
import logging

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from members.accounts.models import User
from members.mailings import explaining, marking
from members.mailings.models import (
    Bounce,
    BounceKind,
    Delivery,
    DeliveryState,
    MailKind,
    MailLookup,
    Suppression,
)
from tests.members.accounts.factories import UserFactory
from tests.members.mailings.factories import (
    ConsentFactory,
    DeliveryFactory,
    NewsletterFactory,
    SubscriberFactory,
)

pytestmark = pytest.mark.django_db

KARI = "kari@example.no"
DAY = datetime.timedelta(days=1)
ASK = "admin:mailings_delivery_ask"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def desk(editor: User) -> Client:
    return signed_in(editor)


def look_up(client: Client, email: str = KARI) -> str:
    """Return the address of the page about the person."""
    response = client.post(reverse(ASK), {"email": email})
    assert response.status_code == 302, response.content
    return response.headers["Location"]


def page_about(client: Client, email: str = KARI) -> str:
    return client.get(look_up(client, email)).content.decode()


def came_back(delivery: Delivery, kind: BounceKind, detail: str = "") -> None:
    Bounce.objects.create(
        delivery=delivery,
        kind=kind,
        source="mailbox",
        detail=detail,
        happened_at=delivery.created_at,
        received_at=delivery.created_at,
    )


def test_each_message_has_a_reason_and_a_fate(desk: Client):
    at = timezone.now() - DAY
    consent = ConsentFactory.create(subscriber__email=KARI, given_at=at - 30 * DAY)
    newsletter = NewsletterFactory.create(sent=True, title="Uka oppsummert 48")
    DeliveryFactory.create(
        recipient=KARI,
        kind=MailKind.NEWSLETTER,
        subject=newsletter.occasion,
        body=newsletter.body,
        state=DeliveryState.SENT,
        created_at=at,
        finished_at=at,
    )
    bounced = DeliveryFactory.create(
        recipient=KARI, state=DeliveryState.BOUNCED, created_at=at, finished_at=at
    )
    came_back(bounced, BounceKind.SOFT, "552 5.2.2 Mailbox full")
    DeliveryFactory.create(recipient="ola@example.no", body__title="En annens post")

    text = page_about(desk)

    assert "Personen sa ja til «Uka oppsummert»" in text
    assert "Den er sendt, og ingen har meldt at den ikke kom frem." in text
    assert "Adressen ble meldt på et arrangement." in text
    assert "Postkassen kan være full." in text
    assert "552 5.2.2 Mailbox full" in text
    assert "Adressen er ikke sperret." in text
    assert "2 meldinger" in text
    assert "En annens post" not in text
    assert consent.token not in text


def test_what_messages_said_is_not_shown(desk: Client):
    DeliveryFactory.create(recipient=KARI, body__text="Lenken din: /hemmelig/")

    assert "hemmelig" not in page_about(desk)


def test_the_address_stands_in_no_address_and_no_log(desk: Client, caplog):
    DeliveryFactory.create(recipient=KARI)
    caplog.set_level(logging.DEBUG)

    where = look_up(desk)
    response = desk.get(where)

    assert "kari" not in where
    assert "@" not in where
    assert KARI not in caplog.text
    assert "no-store" in response.headers["Cache-Control"]
    for name in ("delivery", "suppression"):
        listing = desk.get(reverse(f"admin:mailings_{name}_changelist"), {"q": KARI})
        assert list(listing.context["cl"].search_fields) in ([], ["=subject"])


def test_each_look_is_noted(desk: Client, editor: User):
    DeliveryFactory.create_batch(2, recipient=KARI)

    look_up(desk, " Kari@Example.no ")

    row = MailLookup.objects.get()
    assert (row.by, row.email, row.found) == (editor, KARI, 2)
    assert timezone.now() - row.at < datetime.timedelta(minutes=1)


def test_looking_at_the_page_writes_nothing(desk: Client):
    where = look_up(desk)

    for _ in range(2):
        desk.get(where)
        desk.get(reverse(ASK))

    assert MailLookup.objects.count() == 1


def test_a_look_lasts_an_hour_and_is_ones_own(desk: Client, programme_officer: User):
    where = look_up(desk)
    MailLookup.objects.update(at=timezone.now() - datetime.timedelta(minutes=61))

    assert desk.get(where).headers["Location"] == reverse(ASK)
    assert desk.post(where, {"note": "x"}).headers["Location"] == reverse(ASK)

    where = look_up(desk)
    assert signed_in(programme_officer).get(where).headers["Location"] == reverse(ASK)


@pytest.mark.parametrize(
    ("role", "asks", "sees", "lifts"),
    [
        ("anonymous", 302, 302, 302),
        ("resident", 302, 302, 302),
        ("company_contact", 302, 302, 302),
        ("staff", 403, 403, 403),
        ("programme_office", 200, 200, 403),
        ("editor", 200, 200, 302),
        ("superuser", 200, 200, 302),
    ],
)
def test_who_may(role: str, asks: int, sees: int, lifts: int):
    from tests.test_access import person

    user = UserFactory.create(is_staff=True) if role == "staff" else person(role)
    client = Client() if user is None else signed_in(user)
    marking.suppress(email=KARI, reason="hard-bounce", detail="550", at=timezone.now())
    row = Suppression.objects.get()
    lookup = MailLookup.objects.create(email=KARI, by=user, at=timezone.now())
    where = reverse("admin:mailings_delivery_person", args=[lookup.pk])

    assert client.get(reverse(ASK)).status_code == asks
    assert client.get(where).status_code == sees
    posted = client.post(where, {"suppression": row.pk, "note": "Ringte."})
    assert posted.status_code == lifts
    row.refresh_from_db()
    assert bool(row.lifted_at) == (role in ("editor", "superuser"))


def test_who_looked_is_for_the_office_to_see(desk: Client, programme_officer: User):
    look_up(desk)
    address = reverse("admin:mailings_maillookup_changelist")

    assert KARI in signed_in(programme_officer).get(address).content.decode()
    assert desk.get(address).status_code == 403


def test_a_block_is_lifted_with_a_reason(desk: Client, editor: User):
    marking.suppress(email=KARI, reason="hard-bounce", detail="550 gone", at=timezone.now())
    row = Suppression.objects.get()
    where = look_up(desk)
    assert "550 gone" in desk.get(where).content.decode()

    page = desk.post(where, {"suppression": row.pk, "note": ""})
    assert page.status_code == 200
    assert gettext("This field is required.") in page.content.decode()
    row.refresh_from_db()
    assert row.lifted_at is None

    for _ in range(2):
        desk.post(where, {"suppression": row.pk, "note": "Ringte 3. mars."})
    row.refresh_from_db()
    assert (row.lifted_by, row.lift_note) == (editor, "Ringte 3. mars.")
    text = desk.get(where).content.decode()
    assert "Adressen er ikke sperret." in text
    assert "Ringte 3. mars." in text


@pytest.mark.parametrize("raw", ["", "x", "-1", "9" * 30])
def test_somebody_elses_block_is_not_lifted_from_here(desk: Client, raw: str):
    marking.suppress(email="ola@example.no", reason="complaint", detail="", at=timezone.now())
    other = Suppression.objects.get()
    where = look_up(desk)

    for value in (raw, other.pk):
        assert desk.post(where, {"suppression": value, "note": "x"}).status_code == 404

    other.refresh_from_db()
    assert other.lifted_at is None


def test_a_person_with_a_long_history_costs_no_more(desk: Client, django_assert_num_queries):
    def count(n: int, email: str) -> str:
        at = timezone.now()
        ConsentFactory.create(subscriber=SubscriberFactory.create(email=email))
        for number in range(n):
            newsletter = NewsletterFactory.create(sent=True)
            row = DeliveryFactory.create(
                recipient=email,
                kind=MailKind.NEWSLETTER,
                subject=newsletter.occasion,
                body=newsletter.body,
                created_at=at - number * DAY,
            )
            came_back(row, BounceKind.DELAYED)
        return look_up(desk, email)

    first, second = count(3, "en@example.no"), count(30, "to@example.no")
    desk.get(first)

    with django_assert_num_queries(QUERIES):
        desk.get(first)
    with django_assert_num_queries(QUERIES):
        text = desk.get(second).content.decode()
    assert "Eldre" in text
    assert text.count("Hvorfor:") == 25


# Session, person, roles and rights; the look itself; seven for the history.
QUERIES = 12


@pytest.mark.parametrize("kind", list(MailKind))
def test_every_kind_of_mail_has_a_reason(kind: MailKind):
    assert str(explaining.REASONS[kind]).endswith(".")


@pytest.mark.parametrize("state", list(DeliveryState))
def test_every_state_has_words(state: DeliveryState):
    found = explaining.explain(
        DeliveryFactory.create(state=DeliveryState.QUEUED, error="")
        if state == DeliveryState.SENDING
        else DeliveryFactory.create(state=state),
        newsletter=None,
        bounces=[],
        consents={},
    )

    assert found.outcome[0].endswith(".")


def test_an_address_that_nobody_wrote_to(desk: Client):
    text = page_about(desk, "ukjent@example.no")

    assert "Portalen har ikke skrevet til adressen de siste 400 dagene." in text
    assert "Abonnerer ikke på noe nyhetsbrev." in text


def test_the_way_there_is_on_the_list(desk: Client):
    listing = desk.get(reverse("admin:mailings_delivery_changelist")).content.decode()
    way = reverse("admin:mailings_delivery_look_up")

    assert way in listing
    assert desk.get(way).headers["Location"] == reverse(ASK)


def test_an_office_worker_is_told_who_can_lift(programme_officer: User):
    marking.suppress(email=KARI, reason="complaint", detail="", at=timezone.now())

    text = page_about(signed_in(programme_officer))

    assert "En redaktør kan oppheve sperren." in text
    assert "Opphev sperren" not in text
