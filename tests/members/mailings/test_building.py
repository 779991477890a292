import datetime

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from members.accounts.models import User
from members.mailings import newsletters
from members.mailings.models import BlockKind, Newsletter, NewsletterBlock
from members.mailings.newsletter_blocks import ordering
from members.mailings.newsletter_blocks.kinds import BLOCK_KINDS
from members.mailings.newsletter_content import Block, Item
from tests.members.mailings.factories import NOW, ConsentFactory, NewsletterFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(editor: User) -> Client:
    client = Client()
    client.force_login(editor, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def build_page(newsletter: Newsletter) -> str:
    return reverse("admin:mailings_newsletter_build", args=[newsletter.pk])


def kinds_of(newsletter: Newsletter) -> list[str]:
    return list(newsletter.parts.order_by("position").values_list("kind", flat=True))


def test_an_editor_adds_moves_edits_and_drops_parts(desk: Client):
    newsletter = NewsletterFactory.create(blocks=[])
    page = build_page(newsletter)
    for kind in ("text", "events", "jobs"):
        assert desk.post(page, {"add": kind}).status_code == 302
    text, events, jobs = newsletter.parts.order_by("position")

    desk.post(page, {"up": str(jobs.pk)})
    assert kinds_of(newsletter) == ["text", "jobs", "events"]
    desk.post(page, {"down": str(text.pk)})
    desk.post(page, {"up": str(jobs.pk)})
    assert kinds_of(newsletter) == ["jobs", "text", "events"]
    desk.post(page, {"drop": str(events.pk)})
    desk.post(page, {"drop": str(events.pk)})
    fields = {
        f"del-{text.pk}-title": "Hilsen",
        f"del-{text.pk}-text": "<p>Hei<script>x()</script></p>",
    }
    desk.post(page, {"save": str(text.pk), **fields})

    assert kinds_of(newsletter) == ["jobs", "text"]
    text.refresh_from_db()
    assert (text.title, text.text) == ("Hilsen", "<p>Hei</p>")
    html = desk.get(
        reverse("admin:mailings_newsletter_preview", args=[newsletter.pk]) + "?del=html"
    )
    assert "Hilsen" in html.content.decode()


def test_a_wrong_number_is_told_beside_the_field_and_nothing_typed_is_lost(desk: Client):
    newsletter = NewsletterFactory.create()
    part = ordering.add(newsletter=newsletter, kind="events")
    prefix = f"del-{part.pk}"
    typed = {
        f"{prefix}-title": "Min overskrift",
        f"{prefix}-days_ahead": "900",
        f"{prefix}-most": "3",
    }

    answer = desk.post(build_page(newsletter), {"save": str(part.pk), **typed})

    assert answer.status_code == 200
    page = answer.content.decode()
    assert "Min overskrift" in page
    assert 'class="edit-error"' in page
    part.refresh_from_db()
    assert part.days_ahead == 14


def test_parts_are_live_until_they_are_sent_and_never_change_again(monkeypatch: pytest.MonkeyPatch):
    ConsentFactory.create()
    shown = ["Først"]
    monkeypatch.setitem(
        BLOCK_KINDS, BlockKind.EVENTS, lambda part, at: Block("Det skjer", [Item(shown[0])])
    )
    newsletter = NewsletterFactory.create(blocks=[])
    part = ordering.add(newsletter=newsletter, kind="events")
    assert "Først" in newsletters.preview(newsletter)[0]

    shown[0] = "Flyttet"
    newsletters.start(newsletter=newsletter, at=NOW, by=None)
    shown[0] = "Avlyst"

    newsletter.refresh_from_db()
    assert newsletter.blocks[0]["items"][0]["title"] == "Flyttet"
    assert "Flyttet" in newsletters.preview(newsletter)[0]
    for change in (
        lambda: NewsletterBlock.objects.filter(pk=part.pk).update(title="Nytt"),
        lambda: NewsletterBlock.objects.filter(pk=part.pk).delete(),
        lambda: NewsletterBlock.objects.create(newsletter=newsletter, kind="text", position=9),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    with pytest.raises(ordering.NotEditableError):
        ordering.add(newsletter=newsletter, kind="text")


@pytest.mark.parametrize("field", ["language", "audiences"])
def test_a_paused_newsletter_is_frozen_too(field: str):
    newsletter = NewsletterFactory.create(sent=True)
    Newsletter.objects.filter(pk=newsletter.pk).update(state="paused")

    with pytest.raises(IntegrityError), transaction.atomic():
        Newsletter.objects.filter(pk=newsletter.pk).update(
            **{field: "en" if field == "language" else ["women"]}
        )


def test_a_planned_newsletter_is_not_changed_behind_its_schedule(desk: Client, editor: User):
    newsletter = NewsletterFactory.create()
    newsletters.schedule(
        newsletter=newsletter, for_time=NOW + datetime.timedelta(days=1), at=NOW, by=editor
    )

    page = desk.post(build_page(newsletter), {"add": "text"}, follow=True).content.decode()

    assert "Ta brevet tilbake til kladd" in page
    assert not newsletter.parts.exists()


def test_the_page_costs_the_same_with_more_parts(desk: Client, django_assert_max_num_queries):
    newsletter = NewsletterFactory.create()
    for _ in range(6):
        ordering.add(newsletter=newsletter, kind="text")
    desk.get(build_page(newsletter))

    with django_assert_max_num_queries(12):
        desk.get(build_page(newsletter))
