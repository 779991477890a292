import datetime
import re

import pytest
from django.test import Client

from members.accounts.models import User
from members.mailings import newsletters, subscribing
from members.mailings.models import (
    Bounce,
    BounceKind,
    BounceSource,
    Delivery,
    DeliveryState,
    LinkClicks,
    MailRules,
    Newsletter,
    Topic,
)
from members.mailings.newsletter_content import Block, Item, to_json
from members.mailings.newsletter_figures import figures_of
from tests.members.mailings.factories import NOW, ConsentFactory, NewsletterFactory

pytestmark = pytest.mark.django_db

FEWEST = 5
DAY = datetime.timedelta(days=1)


def sent_letter(readers: int = 8, links: int = 3) -> Newsletter:
    ConsentFactory.create_batch(readers)
    items = [Item(f"Sak {n}", "Tekst.", f"/uka-oppsummert/?sak={n}") for n in range(links)]
    draft = NewsletterFactory.create(blocks=to_json([Block("Saker", items)]))
    return newsletters.start(newsletter=draft, at=NOW, by=None)


def click(newsletter: Newsletter, **numbers: int) -> None:
    for name, number in numbers.items():
        link = newsletter.links.get(url__endswith=f"sak={name.removeprefix('sak')}")
        for part, day in ((number // 2, 13), (number - number // 2, 14)):
            LinkClicks.objects.create(link=link, day=datetime.date(2026, 3, day), number=part)


def page_of(client: Client, newsletter: Newsletter) -> str:
    answer = client.get(f"/admin/mailings/newsletter/{newsletter.pk}/tall/")
    assert answer.status_code == 200
    html = answer.content.decode().replace("\xa0", " ")
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_editors_see_what_became_of_it_and_which_links_were_followed(client: Client, editor: User):
    newsletter = sent_letter()
    click(newsletter, sak0=12, sak1=4)
    rows = list(Delivery.objects.order_by("pk"))
    Delivery.objects.filter(pk__in=[row.pk for row in rows[:6]]).update(state=DeliveryState.SENT)
    Delivery.objects.filter(pk=rows[6].pk).update(state=DeliveryState.BOUNCED)
    Bounce.objects.create(
        delivery=rows[0],
        kind=BounceKind.SOFT,
        source=BounceSource.MAILBOX,
        happened_at=NOW,
        received_at=NOW,
    )
    client.force_login(editor)

    text = page_of(client, newsletter)

    assert "Skrevet til 8 mottakere" in text
    for label, number in ((DeliveryState.SENT.label, 6), (DeliveryState.BOUNCED.label, 1)):
        assert f"{label} {number}" in text
    assert f"Meldt tilbake: {BounceKind.SOFT.label} 1" in text
    assert "Sak 0 /uka-oppsummert/?sak=0 12" in text
    assert "Sak 1 /uka-oppsummert/?sak=1 færre enn 5" in text
    assert "Meldte seg av temaet innen en uke færre enn 5" in text


def test_no_sum_tells_of_a_number_that_is_hidden(client: Client, editor: User):
    newsletter = sent_letter()
    click(newsletter, sak0=12, sak1=4, sak2=7)
    client.force_login(editor)

    text = page_of(client, newsletter)

    assert "Minst 19 klikk." in text
    assert not re.search(r"\b(23|4)\b", text.partition("Lenkene")[2].partition("Vi vet")[0])


def test_the_threshold_is_the_one_staff_have_set(client: Client, editor: User):
    MailRules.objects.create(pk=1, fewest_shown=8)
    newsletter = sent_letter()
    click(newsletter, sak0=12, sak1=7)
    client.force_login(editor)

    text = page_of(client, newsletter)

    assert "Minst 12 klikk. Tall under 8 vises ikke" in text
    assert "Sak 1 /uka-oppsummert/?sak=1 færre enn 8" in text


def test_where_nothing_is_hidden_the_sum_is_told(client: Client, editor: User):
    newsletter = sent_letter(links=1)
    click(newsletter, sak0=20)
    LinkClicks.objects.create(
        link=newsletter.links.get(url__startswith="/nyhetsbrev/arkiv/"), day=NOW.date(), number=6
    )
    client.force_login(editor)

    assert "26 klikk til sammen." in page_of(client, newsletter)


def test_of_a_newsletter_to_very_few_no_click_is_told():
    newsletter = sent_letter(readers=FEWEST - 1)
    click(newsletter, sak0=40)

    found = figures_of(newsletter, fewest=FEWEST)

    assert {link.clicks.number for link in found.links} == {None}
    assert found.shown_clicks == 0


def test_those_who_left_the_topic_soon_after_are_told_and_no_others():
    consents = ConsentFactory.create_batch(6)
    newsletter = newsletters.start(newsletter=NewsletterFactory.create(), at=NOW, by=None)
    for consent in consents[:5]:
        subscribing.withdraw(
            subscriber=consent.subscriber, topic=Topic.WEEKLY, source="meld-av", at=NOW + DAY
        )
    subscribing.withdraw(
        subscriber=consents[5].subscriber, topic=Topic.WEEKLY, source="meld-av", at=NOW + 8 * DAY
    )
    newcomer = ConsentFactory.create(given_at=NOW + DAY)
    subscribing.withdraw(
        subscriber=newcomer.subscriber, topic=Topic.WEEKLY, source="meld-av", at=NOW + 2 * DAY
    )

    assert figures_of(newsletter, fewest=FEWEST).left.number == 5

    # The next one on the topic came the day before they left: they left because of that.
    ConsentFactory.create()
    newsletters.start(newsletter=NewsletterFactory.create(), at=NOW + DAY / 2, by=None)
    assert figures_of(newsletter, fewest=FEWEST).left.number is None


def test_the_figures_cost_the_same_whatever_the_number_of_links_and_readers(
    django_assert_num_queries,
):
    newsletter = sent_letter(readers=20, links=12)
    click(newsletter, **{f"sak{n}": n for n in range(12)})

    with django_assert_num_queries(5):
        figures_of(newsletter, fewest=FEWEST)


def test_a_draft_has_no_figures_yet(client: Client, editor: User):
    client.force_login(editor)

    assert "Tallene kommer når brevet er på vei." in page_of(client, NewsletterFactory.create())


def test_strangers_and_residents_do_not_see_them(client: Client, resident: User):
    address = f"/admin/mailings/newsletter/{sent_letter().pk}/tall/"

    assert client.get(address).status_code == 302
    client.force_login(resident)
    assert client.get(address).status_code == 302
