"""The example of a week: proposals wait, some are taken, and all of it says that it is an example."""

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from members.posts import proposals
from members.posts.checks import check_post
from members.posts.models import Post, PostCard
from vekst.home.demo import LOADERS

pytestmark = pytest.mark.django_db

OSLO = timezone.get_default_timezone()


@pytest.mark.parametrize(
    "now",
    [
        datetime.datetime(2026, 11, 25, 12, tzinfo=OSLO),
        # The week has hardly begun.
        datetime.datetime(2026, 11, 23, 0, 30, tzinfo=OSLO),
    ],
    ids=["wednesday", "monday-night"],
)
def test_a_newcomer_finds_proposals_waiting_and_some_taken(
    now: datetime.datetime, time_machine, settings, tmp_path, client: Client
):
    settings.MEDIA_ROOT = tmp_path
    time_machine.move_to(now, tick=False)
    for name in ("companies", "portfolio", "kompetanse", "innsikt", "bypuls", "posts", "week"):
        LOADERS[name](at=now)
    before = PostCard.objects.count()
    LOADERS["week"](at=now)

    assert PostCard.objects.count() == before >= 2
    this_week = Post.objects.get(year=2026, week=48)
    groups = proposals.offers_for(this_week, at=now)
    assert any(offer.is_taken for group in groups for offer in group.offers)
    assert 3 <= sum(group.left for group in groups) <= 30
    assert not [problem for problem in check_post(this_week) if problem.is_blocking]
    last_week = client.get("/uka-oppsummert/2026/47/").content.decode()
    assert 'class="post-card' in last_week
