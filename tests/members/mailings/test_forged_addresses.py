"""Addresses that would write headers of their own: told at the form, and stopped at every later door."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from members.accounts.models import User
from members.mailings import ledger, sending
from members.mailings.models import (
    Delivery,
    DeliveryState,
    MailKind,
    MailLookup,
    Subscriber,
    SubscriptionRequest,
)
from tests.members.mailings.factories import NOW, DeliveryFactory
from tests.members.mailings.smtp_sink import Sink

pytestmark = pytest.mark.django_db

FORGED = [
    "kari@example.no\r\nBcc: alle@example.no",
    "kari@example.no\nBcc: alle@example.no",
    "kari@example.no%0d%0aBcc: alle@example.no",
    "kari@example.no\x00",
    '"kari\r\nBcc: alle"@example.no',
    "kari@example.no, alle@example.no",
    "kari@example.no\u2028Bcc: alle@example.no",
]


@pytest.mark.parametrize("address", FORGED)
def test_the_form_says_so_and_keeps_the_rest(client: Client, sink: Sink, address: str):
    topics = ["bolig", "jobb"]

    for _ in range(2):
        response = client.post(reverse("mailings:sign_up"), {"email": address, "topics": topics})

    page = response.content.decode()
    assert response.status_code == 200
    assert response.context["form"].errors["email"]
    assert str(response.context["form"].errors["email"][0]) in page
    assert page.count("checked") >= len(topics)
    assert "\nBcc" not in str(response.headers)
    assert not SubscriptionRequest.objects.exists()
    assert not Delivery.objects.exists()
    sending.send_due()
    assert not sink.received


@pytest.mark.parametrize("address", FORGED)
def test_the_form_for_the_link_says_so(client: Client, address: str):
    response = client.post(reverse("mailings:preferences_link"), {"email": address})

    assert response.status_code == 200
    assert response.context["form"].errors["email"]
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("address", FORGED)
def test_the_ledger_takes_none_of_a_batch_with_such_an_address(address: str):
    good = ledger.Message(
        kind=MailKind.SIGNUP_RECEIPT, subject="a", recipient="ola@example.no", title="x", text="x"
    )
    forged = ledger.Message(
        kind=MailKind.SIGNUP_RECEIPT, subject="a", recipient=address, title="x", text="x"
    )

    with pytest.raises(ValidationError):
        ledger.enqueue_many([good, forged], at=NOW)

    assert not Delivery.objects.exists()


@pytest.mark.parametrize("address", ["kari@example.no\r\nbcc: alle@example.no", "kari@æ.no\nx: y"])
def test_a_row_that_came_past_the_doors_is_given_up_and_the_others_are_sent(
    sink: Sink, address: str
):
    rows = DeliveryFactory.create_batch(3)
    Delivery.objects.filter(pk=rows[1].pk).update(recipient=address)

    sending.send_due(clock=lambda: NOW)

    rows[1].refresh_from_db()
    assert rows[1].state == DeliveryState.FAILED
    assert "control character" in rows[1].error
    assert {found.recipient for found in sink.received} == {rows[0].recipient, rows[2].recipient}
    assert all(found.message["Bcc"] is None for found in sink.received)


@pytest.mark.parametrize("address", FORGED)
def test_the_look_up_of_staff_says_so(editor: User, address: str):
    client = Client()
    client.force_login(editor, backend="allauth.account.auth_backends.AuthenticationBackend")

    response = client.post(reverse("admin:mailings_delivery_ask"), {"email": address})

    assert response.status_code == 200
    assert response.context["form"].errors["email"]
    assert not MailLookup.objects.exists()
    assert not Subscriber.objects.exists()
