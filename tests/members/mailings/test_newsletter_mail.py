import re
from html.parser import HTMLParser

import pytest
from fast_mail_parser import parse_email

from members.mailings import newsletter_showing, newsletters, sending
from members.mailings.models import Delivery, MailKind, Newsletter, NewsletterState
from members.mailings.newsletter_content import Block, Item, UnknownFieldError, to_json
from members.mailings.newsletter_lint import ProblemsError
from members.mailings.newsletter_mail import link, render
from tests.members.mailings.factories import NOW, ConsentFactory, NewsletterFactory
from tests.members.mailings.smtp_sink import Sink

pytestmark = pytest.mark.django_db

SITE = "https://portal.example.no"


class Page(HTMLParser):
    """What an HTML mail asks a mail program to do, read without our own code."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def all(self, name: str) -> list[dict[str, str]]:
        return [attrs for tag, attrs in self.tags if tag == name]


def full_newsletter(**fields) -> Newsletter:
    blocks = [
        Block(
            "Ukas saker",
            [
                Item("Frokostmøte", "Over 30 var med.", "/uka-oppsummert/", "Torsdag"),
                Item(
                    "Torget",
                    "",
                    "",
                    "",
                    "/media/a.jpg",
                    "Folk på torget",
                    "Foto: Kari",
                    "1104",
                    "828",
                ),
                Item(
                    "Fjernt bilde", picture_url="https://sporing.example.com/p.gif", picture_alt="x"
                ),
                Item(
                    "",
                    html='<h3>Hilsen</h3><p>Se <a href="/om/">om oss</a>.</p><ul><li>én</li></ul>',
                ),
            ],
            "Les hele posten",
            "/uka-oppsummert/",
        )
    ]
    return NewsletterFactory.create(blocks=to_json(blocks), **fields)


def test_a_message_from_the_sink_is_valid_mail_that_asks_nobody_else_for_anything(
    sink: Sink, settings
):
    settings.SITE_URL = SITE
    consent = ConsentFactory.create()
    newsletter = full_newsletter()
    newsletters.start(newsletter=newsletter, at=NOW, by=None)
    assert sending.send_due(clock=lambda: NOW).sent == 1

    (received,) = sink.to(consent.subscriber.email)
    mail = parse_email(received.raw)

    headers = dict(mail.headers)
    for name in ("From", "To", "Subject", "Date", "Message-ID", "List-Id", "List-Unsubscribe"):
        assert len(headers[name]) == 1, name
    assert mail.subject == newsletter.title
    assert mail.to[0].address == consent.subscriber.email
    assert mail.date_parsed is not None
    assert headers["List-Unsubscribe-Post"] == ["List-Unsubscribe=One-Click"]
    assert headers["List-Unsubscribe"][0].startswith(f"<{SITE}/nyhetsbrev/meld-av/")
    assert headers["Precedence"] == ["bulk"]
    assert headers["Auto-Submitted"] == ["auto-generated"]
    assert not mail.warnings
    assert not mail.attachments

    (text,), (html,) = mail.text_plain, mail.text_html
    for words in (
        "Frokostmøte",
        "om oss (https://portal.example.no/nyhetsbrev/lenke/",
        "- én",
        "Avsender:",
    ):
        assert words in text
    assert "<" not in text.replace("<https", "")
    page = Page(html)
    assert page.all("html") == [{"lang": "nb", "dir": "ltr"}]
    for name in ("script", "link", "iframe", "form", "object", "base", "video"):
        assert not page.all(name), name
    (image,) = page.all("img")
    assert (image["src"], image["alt"]) == (f"{SITE}/media/a.jpg", "Folk på torget")
    assert (image["width"], image["height"]) == ("552", "414")
    assert "url(" not in html
    assert "@import" not in html
    assert not [attrs for _tag, attrs in page.tags for name in attrs if name.startswith("on")]
    for attrs in page.all("a"):
        assert attrs["href"].startswith((f"{SITE}/", "mailto:")), attrs
    assert len(html.encode()) < 100_000


def test_the_look_stands_on_the_elements_and_the_sheet_holds_only_screens(sink: Sink):
    html = newsletters.preview(full_newsletter())[1]

    sheet = "".join(re.findall(r"<style[^>]*>(.*?)</style>", html, re.DOTALL))
    outside = re.sub(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", sheet)
    assert not outside.strip()
    assert "prefers-color-scheme: dark" in sheet
    page = Page(html)
    for name in ("h1", "h2", "h3", "p", "td", "img", "a"):
        assert all(attrs.get("style") for attrs in page.all(name)), name
    assert '<meta name="color-scheme" content="light dark">' in html


def test_fixed_words_are_in_the_language_of_the_newsletter():
    text, html = newsletters.preview(full_newsletter(language="en"))

    assert 'lang="en"' in html
    assert "Read it in the browser" in html
    assert "Sender:" in text
    assert "Meld deg av" not in text + html


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/om/", f"{SITE}/om/"),
        ("https://example.no/a", "https://example.no/a"),
        ("mailto:post@example.no", "mailto:post@example.no"),
        ("javascript:alert(1)", ""),
        ("//sporing.example.com/p", ""),
        ("/\\sporing.example.com", ""),
        ("data:text/html,x", ""),
        ("bolig", ""),
    ],
)
def test_a_link_leads_to_a_page_or_nowhere(url: str, expected: str, settings):
    settings.SITE_URL = SITE

    assert link(url) == expected


def test_scripts_in_the_text_never_reach_a_mail():
    hostile = '<p onclick="x()">Hei<script>alert(1)</script> <a href="javascript:x()">du</a></p>'
    mail = render(
        title="<script>",
        intro="<b>",
        blocks=[Block("<i>", [Item("", html=hostile)])],
        topic="uka-oppsummert",
    )

    page = Page(mail.html)
    assert not page.all("script")
    assert not page.all("b")
    assert "javascript" not in mail.html
    assert "onclick" not in mail.html


def test_a_template_with_an_unknown_field_stops_it_all_with_a_clear_message(
    monkeypatch: pytest.MonkeyPatch, sink: Sink, settings, tmp_path, editor
):
    (tmp_path / "mailings/mail").mkdir(parents=True)
    (tmp_path / "mailings/mail/newsletter_body.txt").write_text("{{ '{{' }}fornavn}} hei")
    settings.TEMPLATES = [
        {**settings.TEMPLATES[0], "DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}
    ]
    ConsentFactory.create()
    newsletter = NewsletterFactory.create()

    with pytest.raises(UnknownFieldError, match="fornavn"):
        newsletter_showing.rendered(newsletter)
    with pytest.raises(ProblemsError, match="ukjent felt: fornavn"):
        newsletters.start(newsletter=newsletter, at=NOW, by=editor)
    # One that was planned before the template broke waits for a person, who sees why.
    Newsletter.objects.filter(pk=newsletter.pk).update(state="scheduled", scheduled_at=NOW)
    newsletters.start_due(at=NOW)

    newsletter.refresh_from_db()
    assert newsletter.state == NewsletterState.MISSED
    assert "fornavn" in newsletter.moves.get().note
    assert not Delivery.objects.exclude(kind=MailKind.NEWSLETTER_NOTICE).exists()


@pytest.mark.parametrize(
    ("item", "code", "stops"),
    [
        (Item("a", picture_url="/media/a.jpg"), "alt", True),
        (Item("a", url="/finnes/ikke/"), "link", True),
        (Item("a", html='<p><a href="/finnes/ikke/">dit</a></p>'), "link", True),
        (Item("a", html='<p><a href="/om/">her</a></p>'), "vague-link", False),
        (Item("", url="/om/"), "link-name", True),
        (Item("a", picture_url="https://b.example.com/c.png", picture_alt="d"), "picture", False),
        (Item("a", "æ" * 60_000), "large", False),
    ],
)
def test_faults_are_found_before_it_is_sent(item: Item, code: str, stops: bool, editor):
    newsletter = NewsletterFactory.create(blocks=to_json([Block("Del", [item])]))

    assert (code, stops) in [
        (found.code, found.stops) for found in newsletters.problems(newsletter)
    ]

    if stops:
        with pytest.raises(ProblemsError):
            newsletters.schedule(newsletter=newsletter, for_time=NOW, at=NOW, by=editor)


def test_a_long_or_missing_subject_is_told():
    codes = {
        title: {found.code for found in newsletters.problems(NewsletterFactory.create(title=title))}
        for title in ("", "x" * 71, "Uka")
    }

    assert "title" in codes[""]
    assert "long-title" in codes["x" * 71]
    assert codes["Uka"] == set()
