import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from members.mailings.newsletter_content import Block, Item, to_json
from tests.members.mailings.factories import NewsletterFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("page", "written_in", "lang"),
    [("nb", "", ""), ("nb", "en", "en"), ("en", "", "nb"), ("en", "en", "")],
    ids=["nb-nb", "nb-en", "en-nb", "en-en"],
)
def test_a_screen_reader_knows_in_which_language_a_newsletter_stands(
    client: Client, page: str, written_in: str, lang: str
):
    newsletter = NewsletterFactory.create(sent=True, title="Uke 9", language=written_in)
    expected = f' lang="{lang}"' if lang else ""
    with translation.override(page):
        archive = reverse("mailings:archive")
        address = reverse("mailings:archived", args=[newsletter.pk])

    listed = client.get(archive).content.decode()
    alone = client.get(address).content.decode()

    assert f'<h3 class="card__title"{expected}>' in listed
    assert f'<h1 class="ds-heading" data-size="xl"{expected}>Uke 9' in alone
    assert f'<a class="ds-link" href="{address}"{expected} aria-current="page">' in alone


def test_a_part_without_a_heading_leaves_no_empty_one(client: Client):
    blocks = to_json([Block("", [Item("", html="<p>Hei</p>")])])
    newsletter = NewsletterFactory.create(sent=True, blocks=blocks)

    page = client.get(reverse("mailings:archived", args=[newsletter.pk])).content.decode()

    assert "<p>Hei</p>" in page
    assert not re.search(r"<h2[^>]*>\s*</h2>", page)
