import datetime

import pytest
from django.test import Client
from django.urls import reverse

from members.mailings import demo as mailings_demo
from members.mailings.models import Consent, Delivery, DeliveryState, Newsletter
from members.posts import demo
from members.posts.models import Post, PostState
from members.posts.publishing import problems_of

pytestmark = pytest.mark.django_db

# A Wednesday, in the week after one with number 53.
NOW = datetime.datetime(2027, 1, 6, 9, tzinfo=datetime.UTC)


def test_the_demo_fills_ten_weeks_once(client: Client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    mailings_demo.load(at=NOW)
    demo.load(at=NOW)
    mailings_demo.load(at=NOW)
    demo.load(at=NOW)

    weeks = Post.objects.order_by("year", "week").values_list("year", "week", "state")
    assert [week for _year, week, _state in weeks] == [48, 49, 50, 51, 52, 53, 1, 2, 3, 4]
    assert [state for *_rest, state in weeks] == [
        *[PostState.PUBLISHED] * 4,
        *(PostState.CORRECTED, PostState.PUBLISHED, PostState.SCHEDULED),
        *(PostState.APPROVED, PostState.REVIEW, PostState.DRAFT),
    ]
    # A taken week is the demo's own doing; nothing else stands in the way.
    for post in Post.objects.all():
        assert problems_of(post) == []
        assert "eksempel" in post.intro
    assert Newsletter.objects.count() == 1
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.SENT}
    assert (
        client.get(reverse("mailings:archived", args=[Newsletter.objects.get().pk])).status_code
        == 200
    )


def test_readers_by_the_thousand():
    mailings_demo.scale(300, at=NOW)
    mailings_demo.scale(300, at=NOW)

    assert Consent.objects.in_force().count() == 300
