"""What providers post, in their own formats, to the address that an installation opens for them."""

import base64
import hashlib
import hmac
import json
import time

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from members.mailings import ledger, sending
from members.mailings.models import (
    Bounce,
    BounceKind,
    Delivery,
    DeliveryState,
    MailKind,
    Suppression,
    SuppressionReason,
)
from tests.members.mailings.smtp_sink import Sink

pytestmark = pytest.mark.django_db

KEY = "key-3ax6xnjp29jd6fds4gc373sgvjxteol0"
NAME = "portal:en lang hemmelighet"
POSTAL_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def delivery() -> Delivery:
    row = ledger.enqueue(
        kind=MailKind.NEWSLETTER,
        subject="newsletter-1",
        recipient="kari@example.no",
        title="Uka oppsummert",
        text="Hei",
        at=timezone.now(),
    )
    assert row is not None
    Delivery.objects.filter(pk=row.pk).update(state=DeliveryState.SENT, finished_at=timezone.now())
    return row


def bare(delivery: Delivery) -> str:
    return delivery.message_id.strip("<>")


def opened(settings, name: str, key: str) -> None:
    settings.MAIL_PROVIDER, settings.MAIL_PROVIDER_KEY = name, key


def post(name: str, body: bytes | str, **headers: str):
    return Client(enforce_csrf_checks=True).post(
        reverse("mailings:provider_returns", args=[name]),
        body,
        content_type="application/json",
        headers=headers,
    )


def nothing_changed(delivery: Delivery) -> bool:
    delivery.refresh_from_db()
    return (
        not Bounce.objects.exists()
        and not Suppression.objects.exists()
        and delivery.state == DeliveryState.SENT
        and delivery.delivered_at is None
    )


# --- Mailgun: signs a moment and a token --------------------------------------------------------------
def mailgun(message_id: str, *, key: str = KEY, nonce: str = "one", **changes) -> str:
    moment = str(changes.pop("signed", int(time.time())))
    signature = hmac.new(key.encode(), f"{moment}{nonce}".encode(), hashlib.sha256).hexdigest()
    event = {
        "event": "failed",
        "severity": "permanent",
        "reason": "bounce",
        "id": "G9Bn5sl1TC6nu79C8C0bwg",
        "timestamp": time.time(),
        "log-level": "error",
        "recipient": "kari@example.no",
        "recipient-domain": "example.no",
        "delivery-status": {
            "attempt-no": 1,
            "code": 550,
            "enhanced-code": "5.1.1",
            "message": "5.1.1 The email account that you tried to reach does not exist.",
            "description": "",
            "session-seconds": 0.433,
        },
        "message": {
            "headers": {
                "to": "kari@example.no",
                "message-id": message_id,
                "from": "Vekst i Kongsberg <vekst@example.no>",
                "subject": "Uka oppsummert",
            },
            "attachments": [],
            "size": 111,
        },
        "flags": {"is-routed": False, "is-authenticated": True, "is-test-mode": False},
        "user-variables": {},
        "tags": [],
    } | changes
    signed = {"timestamp": moment, "token": nonce, "signature": signature}
    return json.dumps({"signature": signed, "event-data": event})


FULL = {"code": 552, "enhanced-code": "5.2.2", "message": "5.2.2 Mailbox full"}


@pytest.mark.parametrize(
    ("changes", "kind", "reason"),
    [
        ({}, BounceKind.HARD, SuppressionReason.HARD_BOUNCE),
        ({"reason": "suppress-bounce"}, BounceKind.HARD, SuppressionReason.HARD_BOUNCE),
        ({"delivery-status": FULL}, BounceKind.SOFT, None),
        ({"severity": "temporary", "reason": "generic"}, BounceKind.DELAYED, None),
        ({"event": "complained"}, BounceKind.COMPLAINT, SuppressionReason.COMPLAINT),
        ({"event": "rejected", "reject": {"reason": "DKIM"}}, BounceKind.REFUSED, None),
    ],
    ids=["gone", "gone-before", "full", "waiting", "complaint", "refused-by-mailgun"],
)
def test_mailgun(settings, delivery: Delivery, changes, kind, reason):
    opened(settings, "mailgun", KEY)
    if "event" in changes:
        changes = {**changes, "severity": None, "reason": None}

    response = post("mailgun", mailgun(bare(delivery), **changes))

    assert (response.status_code, response.content) == (200, b"1 new")
    assert Bounce.objects.get().kind == kind
    blocked = list(Suppression.objects.values_list("email", "reason"))
    assert blocked == ([("kari@example.no", reason)] if reason else [])


def test_mailgun_tells_what_was_delivered(settings, delivery: Delivery):
    opened(settings, "mailgun", KEY)

    post("mailgun", mailgun(bare(delivery), event="delivered", severity=None))

    delivery.refresh_from_db()
    assert delivery.delivered_at
    assert not Bounce.objects.exists()


@pytest.mark.parametrize("event", ["opened", "clicked", "unsubscribed", "accepted", "new-one"])
def test_what_readers_do_is_not_kept(settings, delivery: Delivery, event: str):
    opened(settings, "mailgun", KEY)

    assert post("mailgun", mailgun(bare(delivery), event=event, severity=None)).content == b"0 new"

    assert nothing_changed(delivery)


def test_a_webhook_sent_again_changes_nothing(settings, delivery: Delivery):
    opened(settings, "mailgun", KEY)
    body = mailgun(bare(delivery))
    post("mailgun", body)
    before = (list(Bounce.objects.values()), list(Suppression.objects.values()))

    # The same once more, and the same event under a new signature.
    for again in (body, mailgun(bare(delivery), nonce="another")):
        response = post("mailgun", again)
        assert (response.status_code, response.content) == (200, b"0 new")

    assert (list(Bounce.objects.values()), list(Suppression.objects.values())) == before


@pytest.mark.parametrize(
    "body",
    [
        lambda message_id: mailgun(message_id, key="guessed"),
        lambda message_id: mailgun(message_id, signed=int(time.time()) - 3 * 86_400),
        lambda message_id: json.dumps(
            {"event-data": json.loads(mailgun(message_id))["event-data"]}
        ),
        lambda message_id: json.dumps({"signature": "x", "event-data": {}}),
        lambda message_id: "{",
        lambda message_id: "",
        lambda message_id: "[]",
        lambda message_id: "[" * 100_000,
    ],
    ids=["wrong-key", "old", "unsigned", "odd", "broken", "empty", "list", "deep"],
)
def test_a_forged_webhook_is_refused(settings, delivery: Delivery, body):
    opened(settings, "mailgun", KEY)

    assert post("mailgun", body(bare(delivery))).status_code in (400, 403)

    assert nothing_changed(delivery)


def test_the_old_form_of_mailgun_without_a_signature_is_refused(settings, delivery: Delivery):
    opened(settings, "mailgun", KEY)
    form = {"event": "bounced", "Message-Id": bare(delivery), "code": "550", "timestamp": "1"}

    address = reverse("mailings:provider_returns", args=["mailgun"])
    assert Client().post(address, form).status_code == 403

    assert nothing_changed(delivery)


@pytest.mark.parametrize(
    "message_id",
    [
        "0123456789abcdef0123456789abcdef@example.no",
        "",
        "kari@example.no",
        "a\x00b@example.no",
        "%",
    ],
)
def test_a_return_about_a_message_that_we_never_sent_changes_nothing(
    settings, delivery: Delivery, message_id: str
):
    opened(settings, "mailgun", KEY)

    response = post("mailgun", mailgun(message_id))

    assert (response.status_code, response.content) == (200, b"0 new")
    assert nothing_changed(delivery)


def test_only_the_address_that_the_ledger_wrote_to_is_blocked(settings, delivery: Delivery):
    opened(settings, "mailgun", KEY)

    post("mailgun", mailgun(bare(delivery), recipient="ordforer@example.no"))

    assert Suppression.objects.get().email == "kari@example.no"


@pytest.mark.parametrize(
    "changes",
    [
        {"message": None},
        {"message": {"headers": []}},
        {"timestamp": "soon"},
        {"timestamp": 1e300},
        {"delivery-status": 7},
        {"event": None},
        {"event": ["failed"]},
        {"reason": {}},
    ],
)
def test_a_signed_post_of_an_odd_shape_is_no_server_error(settings, delivery: Delivery, changes):
    opened(settings, "mailgun", KEY)

    assert post("mailgun", mailgun(bare(delivery), **changes)).status_code in (200, 400)


# --- Postmark and Brevo: send a name and a password along ---------------------------------------------
def named(value: str = NAME) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(value.encode()).decode()}


def postmark(message_id: str, **changes) -> str:
    event = {
        "RecordType": "Bounce",
        "MessageStream": "broadcast",
        "ID": 4323372036854775807,
        "Type": "HardBounce",
        "TypeCode": 1,
        "Name": "Hard bounce",
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "ServerID": 23,
        "Metadata": {"message-id": message_id},
        "Description": "The server was unable to deliver your message.",
        "Details": "smtp;550 5.1.1 unknown user",
        "Email": "kari@example.no",
        "From": "vekst@example.no",
        "BouncedAt": "2026-11-05T16:33:54.9070259Z",
        "Inactive": True,
        "CanActivate": True,
        "Subject": "Uka oppsummert",
    }
    return json.dumps(event | changes)


SPAM = {"RecordType": "SpamComplaint", "Type": "SpamComplaint", "TypeCode": 100001}


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, BounceKind.HARD),
        ({"Type": "SoftBounce", "TypeCode": 4096}, BounceKind.SOFT),
        ({"Type": "Transient", "TypeCode": 2}, BounceKind.DELAYED),
        ({"Type": "Blocked", "TypeCode": 100006}, BounceKind.REFUSED),
        ({"Type": "SpamNotification", "TypeCode": 512}, BounceKind.REFUSED),
        (SPAM, BounceKind.COMPLAINT),
    ],
)
def test_postmark(settings, delivery: Delivery, changes, kind):
    opened(settings, "postmark", NAME)

    assert post("postmark", postmark(bare(delivery), **changes), **named()).content == b"1 new"

    assert Bounce.objects.get().kind == kind


def test_postmark_tells_what_was_delivered(settings, delivery: Delivery):
    opened(settings, "postmark", NAME)
    body = {
        "RecordType": "Delivery",
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Recipient": "kari@example.no",
        "DeliveredAt": "2026-11-05T16:33:54.9070259Z",
        "Details": "Test delivery webhook details",
        "Metadata": {"message-id": bare(delivery)},
    }

    assert post("postmark", json.dumps(body), **named()).content == b"1 new"
    assert post("postmark", json.dumps(body), **named()).content == b"0 new"


def brevo(message_id: str, event: str) -> str:
    return json.dumps(
        {
            "event": event,
            "email": "kari@example.no",
            "id": 26224,
            "date": "2026-11-25 09:00:00",
            "ts": 1604933619,
            "message-id": "<201798300811.5787683@relay.domain.com>",
            "ts_event": 1604933654,
            "subject": "Uka oppsummert",
            "X-Mailin-custom": json.dumps({"message-id": message_id}),
            "tags": [],
            "reason": "550 5.1.1 no such user",
            "ts_epoch": 1604933653000,
        }
    )


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ("hard_bounce", BounceKind.HARD),
        ("invalid_email", BounceKind.HARD),
        ("soft_bounce", BounceKind.SOFT),
        ("deferred", BounceKind.DELAYED),
        ("blocked", BounceKind.REFUSED),
        ("spam", BounceKind.COMPLAINT),
    ],
)
def test_brevo(settings, delivery: Delivery, event: str, kind: BounceKind):
    opened(settings, "brevo", NAME)

    assert post("brevo", brevo(bare(delivery), event), **named()).content == b"1 new"

    assert Bounce.objects.get().kind == kind


@pytest.mark.parametrize("headers", [{}, named("portal:gjettet"), {"Authorization": "Basic %%%"}])
@pytest.mark.parametrize("name", ["postmark", "brevo"])
def test_who_does_not_know_the_password_is_refused(settings, delivery: Delivery, name, headers):
    opened(settings, name, NAME)
    body = postmark(bare(delivery)) if name == "postmark" else brevo(bare(delivery), "hard_bounce")

    assert post(name, body, **headers).status_code == 403

    assert nothing_changed(delivery)


# --- Postal: signs the whole post with a key of its own -----------------------------------------------
def public_key() -> str:
    pem = POSTAL_KEY.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return "".join(pem.decode().splitlines()[1:-1])


def postal(
    message_id: str, status: str = "HardFail", output: str = "550 5.1.1 no such user"
) -> str:
    return json.dumps(
        {
            "event": "MessageDeliveryFailed",
            "timestamp": time.time(),
            "uuid": "0e8ac7a1-cf2b-4c53-9f0d-d1a2e1b3c4d5",
            "payload": {
                "status": status,
                "details": "Message failed",
                "output": output,
                "time": 0.22,
                "sent_with_ssl": True,
                "timestamp": time.time(),
                "message": {
                    "id": 12345,
                    "token": "abcdef123",
                    "direction": "outgoing",
                    "message_id": message_id,
                    "to": "kari@example.no",
                    "from": "vekst@example.no",
                    "subject": "Uka oppsummert",
                    "timestamp": time.time(),
                    "spam_status": "NotSpam",
                    "tag": None,
                },
            },
        }
    )


def signed(body: str) -> dict[str, str]:
    raw = POSTAL_KEY.sign(body.encode(), padding.PKCS1v15(), hashes.SHA1())  # noqa: S303
    return {"X-Postal-Signature": base64.b64encode(raw).decode()}


@pytest.mark.parametrize(
    ("status", "output", "kind"),
    [
        ("HardFail", "550 5.1.1 no such user", BounceKind.HARD),
        ("HardFail", "554 5.7.1 blocked", BounceKind.REFUSED),
        ("SoftFail", "451 4.7.1 greylisted", BounceKind.DELAYED),
    ],
)
def test_postal(settings, delivery: Delivery, status: str, output: str, kind: BounceKind):
    opened(settings, "postal", public_key())
    body = postal(bare(delivery), status, output)

    assert post("postal", body, **signed(body)).content == b"1 new"

    assert Bounce.objects.get().kind == kind


def test_a_post_that_was_changed_on_the_way_is_refused(settings, delivery: Delivery):
    opened(settings, "postal", public_key())
    signature = signed(postal("another@example.no"))

    for headers in (signature, {}, {"X-Postal-Signature": "%%%"}):
        assert post("postal", postal(bare(delivery)), **headers).status_code == 403

    assert nothing_changed(delivery)


# --- The address itself ----------------------------------------------------------------------------------
def test_nothing_is_open_until_a_provider_is_named(settings, delivery: Delivery):
    assert settings.MAIL_PROVIDER == ""
    assert post("mailgun", mailgun(bare(delivery))).status_code == 404

    opened(settings, "postal", public_key())
    assert post("mailgun", mailgun(bare(delivery))).status_code == 404
    assert nothing_changed(delivery)


def test_the_provider_may_ask_whether_the_address_is_there(settings):
    opened(settings, "mailgun", KEY)
    address = reverse("mailings:provider_returns", args=["mailgun"])

    assert Client().head(address).status_code == 200
    assert Client().get(address).status_code == 405


def test_a_post_that_is_too_large_is_refused(settings, delivery: Delivery):
    opened(settings, "mailgun", KEY)

    assert post("mailgun", b"x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)).status_code in (
        400,
        413,
    )


def test_the_log_holds_no_address_of_anybody(settings, delivery: Delivery, caplog):
    opened(settings, "mailgun", KEY)

    post("mailgun", mailgun(bare(delivery), key="guessed"))
    post("mailgun", mailgun(bare(delivery)))

    assert "refused" in caplog.text
    assert "kari@" not in caplog.text


@pytest.mark.parametrize(
    ("name", "header"),
    [("postmark", "X-PM-Metadata-message-id"), ("brevo", "X-Mailin-custom"), ("", "")],
)
def test_a_message_carries_what_makes_the_provider_repeat_our_id(
    settings, sink: Sink, name, header
):
    opened(settings, name, NAME)
    row = ledger.enqueue(
        kind=MailKind.SIGNUP_RECEIPT, subject="a", recipient="kari@example.no", title="x", text="x"
    )
    assert row is not None
    sending.send_due()

    (received,) = sink.to("kari@example.no")
    extra = {key for key in received.message if key.startswith(("X-PM", "X-Mailin"))}
    assert extra == ({header} if header else set())
    if header:
        assert bare(row) in str(received.message[header])
