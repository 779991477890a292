import datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from members.mailings import demo as mailings_demo
from members.mailings.models import Consent, Delivery, DeliveryState, Newsletter, Suppression
from members.mailings.models.bounce import Bounce, BounceKind
from members.posts import demo
from members.posts.models import CorrectionNote, NoteKind, Post, PostState
from members.posts.publishing import problems_of

pytestmark = pytest.mark.django_db

# A Wednesday, in the week after one with number 53.
NOW = datetime.datetime(2027, 1, 6, 9, tzinfo=datetime.UTC)


def test_the_demo_fills_eleven_weeks_once(client: Client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    mailings_demo.load(at=NOW)
    demo.load(at=NOW)
    mailings_demo.load(at=NOW)
    demo.load(at=NOW)

    weeks = Post.objects.order_by("year", "week").values_list("year", "week", "state")
    assert [week for _year, week, _state in weeks] == [47, 48, 49, 50, 51, 52, 53, 1, 2, 3, 4]
    assert [state for *_rest, state in weeks] == [
        PostState.DRAFT,
        *[PostState.PUBLISHED] * 4,
        *(PostState.CORRECTED, PostState.PUBLISHED, PostState.SCHEDULED),
        *(PostState.APPROVED, PostState.REVIEW, PostState.DRAFT),
    ]
    # A taken week is the demo's own doing; nothing else stands in the way.
    for post in Post.objects.all():
        assert problems_of(post) == []
        assert "eksempel" in post.intro
    assert Newsletter.objects.count() == 1
    assert set(Delivery.objects.values_list("state", flat=True)) == {
        DeliveryState.SENT,
        DeliveryState.BOUNCED,
    }
    assert (
        client.get(reverse("mailings:archived", args=[Newsletter.objects.get().pk])).status_code
        == 200
    )


def test_the_demo_shows_what_can_go_wrong_each_marked_as_an_example(
    client: Client, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    for _ in range(2):
        mailings_demo.load(at=NOW)
        demo.load(at=NOW)

    notes = dict(CorrectionNote.objects.values_list("kind", "text"))
    assert set(notes) == set(NoteKind.values)
    withdrawn = CorrectionNote.objects.get(kind=NoteKind.WITHDRAWN).post
    with time_machine.travel(NOW, tick=False):
        corrected = client.get(Post.objects.get(state=PostState.CORRECTED).get_absolute_url())
        gone = client.get(withdrawn.get_absolute_url())
    assert notes[NoteKind.CORRECTED] in corrected.content.decode()
    assert gone.status_code == 410
    assert notes[NoteKind.WITHDRAWN] in gone.content.decode()
    told = Bounce.objects.values_list("kind", "detail")
    assert {kind for kind, _detail in told} == {BounceKind.SOFT, BounceKind.HARD}
    blocked = Suppression.objects.get(lifted_at=None)
    assert (blocked.email, blocked.reason) == ("eksempel.sluttet@example.no", "hard-bounce")
    texts = [*notes.values(), blocked.detail, *(detail for _kind, detail in told)]
    assert all("Eksempel" in text for text in texts)


def test_readers_by_the_thousand():
    mailings_demo.scale(300, at=NOW)
    mailings_demo.scale(300, at=NOW)

    assert Consent.objects.in_force().count() == 300
