import datetime
import re

import pytest
from django.test import Client

from members.posts.models import CardKind, PostCard
from projects.bypuls.models.event import Publication
from tests.members.posts.factories import PostFactory, PostItemFactory
from tests.projects.bypuls.factories import EventFactory
from tests.projects.portfolio.factories import ProjectFactory

pytestmark = pytest.mark.django_db

MONDAY = datetime.datetime(2026, 3, 9, 11, tzinfo=datetime.UTC)


def event(title: str, days: int, **fields: object):
    starts = MONDAY + datetime.timedelta(days=days)
    ends = starts + datetime.timedelta(hours=2)
    return EventFactory.create(title=title, starts_at=starts, ends_at=ends, **fields)


def related(client: Client, post) -> str:
    page = client.get(post.get_absolute_url()).content.decode()
    return page.partition('class="post-related"')[2].partition("</section>")[0]


def test_a_post_leads_to_the_other_events_of_its_week(client: Client):
    post = PostFactory.create(published=True, year=2026, week=11)
    event("Quiz", 4)
    event("Frokosten", 1)
    event("Uka etter", 7)
    event("Søndag før", -1)
    event("Avlyst treff", 2, status="cancelled", status_reason="Snø")
    event("Lukket krets", 2, is_unlisted=True)
    event("Kladden", 2, publication=Publication.DRAFT)

    found = related(client, post)

    order = [found.find(title) for title in ("Frokosten", "Quiz")]
    assert order == sorted(order)
    assert -1 not in order
    assert '<time datetime="2026-03-10">10. mars 2026 kl. 12.00</time>' in found
    for title in ("Uka etter", "Søndag før", "Avlyst treff", "Lukket krets", "Kladden"):
        assert title not in found


def test_an_event_that_a_piece_tells_of_or_a_card_shows_is_not_repeated(client: Client):
    post = PostFactory.create(published=True, year=2026, week=11)
    linked, buttoned = event("I teksten", 1), event("På knappen", 1)
    proposed, carded = event("Foreslått", 2), event("På kortet", 2)
    merged = event("Slått sammen", 3, publication="withdrawn", replaced_by=event("Den rette", 3))
    event("En annen", 5)
    PostItemFactory.create(post=post, body=f'<p><a href="{linked.get_absolute_url()}">Ny</a></p>')
    PostItemFactory.create(
        post=post, link_label="Meld deg på", link_path=buttoned.get_absolute_url()
    )
    item = PostItemFactory.create(post=post, source=f"event-held:{proposed.pk}")
    for position, shown in enumerate((carded, merged)):
        PostCard.objects.create(item=item, kind=CardKind.EVENT, key=shown.pk, position=position)

    found = related(client, post)

    assert re.findall(r'week-list__link"[^>]*>([^<]+)', found) == ["En annen"]


def test_a_project_that_stands_as_a_card_is_not_repeated(client: Client):
    project = ProjectFactory.create(title="Nye naboer")
    post = PostFactory.create(published=True, year=2026, week=11)
    item = PostItemFactory.create(
        post=post, source=f"event-held:{event('Nabofest', 3, project=project).pk}"
    )
    assert "Nye naboer" in related(client, post)

    PostCard.objects.create(item=item, kind=CardKind.PROJECT, key=project.pk)

    assert "Nye naboer" not in related(client, post)


def test_a_post_leads_to_the_projects_it_names_and_those_that_carry_its_events(client: Client):
    named = ProjectFactory.create(title="Lys i gatene")
    carrying = ProjectFactory.create(title="Nye naboer")
    hidden = ProjectFactory.create(title="Ikke publisert", published_at=None)
    post = PostFactory.create(published=True, year=2026, week=11)
    PostItemFactory.create(
        post=post, link_label="Prosjektet", link_path=named.get_absolute_url() + "#mal"
    )
    PostItemFactory.create(post=post, link_label="Hemmelig", link_path=hidden.get_absolute_url())
    held = event("Nabofest", 3, project=carrying)
    PostItemFactory.create(post=post, source=f"event-held:{held.pk}")

    found = related(client, post)

    assert "Lys i gatene" in found
    assert "Nye naboer" in found
    assert "Ikke publisert" not in found


def test_nothing_related_makes_no_heading(client: Client):
    post = PostFactory.create(published=True, year=2026, week=11)
    PostItemFactory.create(post=post, link_label="Ut", link_path="/finnes/ikke/lenger/")

    assert "Hører til denne uka" not in client.get(post.get_absolute_url()).content.decode()
