import datetime
from collections.abc import Callable

import pytest

from members.mailings import marking, retention
from members.mailings.models import (
    Bounce,
    Delivery,
    DeliveryState,
    MailBody,
    MailLookup,
    Subscriber,
    SubscriptionRequest,
    Suppression,
)
from tests.members.mailings.factories import (
    NOW,
    ConsentFactory,
    DeliveryFactory,
    NewsletterFactory,
    SubscriberFactory,
    SubscriptionRequestFactory,
)

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)


def apply_both(rule: Callable[[datetime.datetime, bool], int], at: datetime.datetime) -> int:
    """The dry run finds what the real run does, and a second run finds nothing."""
    expected = rule(at, True)
    assert rule(at, False) == expected
    assert rule(at, False) == 0
    return expected


def test_unconfirmed_requests_go_after_a_week():
    SubscriptionRequestFactory.create(requested_at=NOW - 8 * DAY)
    SubscriptionRequestFactory.create(requested_at=NOW - 40 * DAY, confirmed_at=NOW - 39 * DAY)
    kept = SubscriptionRequestFactory.create(requested_at=NOW - 6 * DAY)

    assert apply_both(retention.forget_requests, NOW) == 2
    assert list(SubscriptionRequest.objects.all()) == [kept]


def test_people_who_left_long_ago_are_forgotten():
    gone = ConsentFactory.create(withdrawn_at=NOW, subscriber__unsubscribed_at=NOW)
    ConsentFactory.create(subscriber__unsubscribed_at=NOW)
    SubscriberFactory.create()

    assert apply_both(retention.forget_subscribers, NOW + 731 * DAY) == 1
    assert not Subscriber.objects.filter(email=gone.subscriber.email).exists()


def test_what_was_said_to_one_person_is_emptied_and_newsletters_stay():
    old = DeliveryFactory.create(state=DeliveryState.SENT, body__text="Hei Kari")
    waiting = DeliveryFactory.create(body__text="Venter ennå")
    newsletter = NewsletterFactory.create(sent=True)

    assert apply_both(retention.empty_bodies, NOW + 91 * DAY) == 1
    assert MailBody.objects.get(pk=old.body_id).text == ""
    assert MailBody.objects.get(pk=waiting.body_id).text == "Venter ennå"
    assert MailBody.objects.get(newsletter=newsletter).text


def test_old_rows_lose_their_person_and_stay_as_proof():
    same = {"kind": "newsletter", "subject": "newsletter-1", "state": DeliveryState.SENT}
    DeliveryFactory.create_batch(2, **same)
    DeliveryFactory.create()

    assert apply_both(retention.forget_recipients, NOW + 401 * DAY) == 2
    assert Delivery.objects.filter(recipient__endswith=retention.FORGOTTEN).count() == 2


def test_a_name_in_a_subject_goes_with_the_person_and_newsletters_keep_theirs():
    match = DeliveryFactory.create(
        state=DeliveryState.SENT, body__title="Møt mentoren din: Kari Nordmann"
    )
    waiting = DeliveryFactory.create(body__title="Venter ennå")
    newsletter = NewsletterFactory.create(sent=True)

    retention.forget_recipients(NOW + 399 * DAY, False)
    assert "Kari" in MailBody.objects.get(pk=match.body_id).title
    retention.forget_recipients(NOW + 401 * DAY, True)
    assert "Kari" in MailBody.objects.get(pk=match.body_id).title
    retention.forget_recipients(NOW + 401 * DAY, False)

    assert MailBody.objects.get(pk=match.body_id).title == ""
    assert MailBody.objects.get(pk=waiting.body_id).title == "Venter ennå"
    assert MailBody.objects.get(newsletter=newsletter).title


def test_lifted_suppressions_go_after_a_year():
    marking.suppress(email="a@example.no", reason="complaint", detail="", at=NOW)
    marking.suppress(email="b@example.no", reason="complaint", detail="", at=NOW)
    Suppression.objects.filter(email="a@example.no").update(lifted_at=NOW)

    assert apply_both(retention.forget_suppressions, NOW + 366 * DAY) == 1


def test_blocks_of_addresses_that_nobody_uses_any_more_go():
    for name in ("unused", "reader", "written"):
        marking.suppress(email=f"{name}@example.no", reason="complaint", detail="", at=NOW)
    SubscriberFactory.create(email="reader@example.no")
    DeliveryFactory.create(recipient="written@example.no")
    marking.suppress(email="new@example.no", reason="complaint", detail="", at=NOW + DAY)

    assert apply_both(retention.forget_unused_suppressions, NOW + 731 * DAY) == 1
    assert not Suppression.objects.filter(email="unused@example.no").exists()


def test_what_came_back_goes_with_the_person_and_the_state_stays():
    row = DeliveryFactory.create(state=DeliveryState.BOUNCED)
    for kind in ("hard", "complaint"):
        Bounce.objects.create(
            delivery=row, kind=kind, source="mailbox", happened_at=NOW, received_at=NOW
        )

    assert apply_both(retention.forget_bounces, NOW + 399 * DAY) == 0
    assert apply_both(retention.forget_bounces, NOW + 401 * DAY) == 2
    assert Delivery.objects.get().state == DeliveryState.BOUNCED


def test_looks_by_staff_are_forgotten_after_a_year(editor):
    MailLookup.objects.create(email="a@example.no", by=editor, at=NOW)
    kept = MailLookup.objects.create(email="a@example.no", by=editor, at=NOW + 2 * DAY)

    assert apply_both(retention.forget_lookups, NOW + 366 * DAY) == 1
    assert MailLookup.objects.get() == kept
