"""The links of a newsletter as they stand in the mail, and where they lead."""

import re

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from members.mailings import newsletters, sending
from members.mailings.counted_links import CountedLinks
from members.mailings.models import Consent, CountedLink, Newsletter
from members.mailings.newsletter_content import Block, Item, to_json
from tests.members.mailings.factories import (
    NOW,
    ConsentFactory,
    CountedLinkFactory,
    MailBodyFactory,
    NewsletterFactory,
    WelcomeJourneyFactory,
)
from tests.members.mailings.smtp_sink import Received, Sink
from tests.members.mailings.test_newsletter_mail import Page
from vekst.pagecache.wsgi import PageCache
from vekst.wsgi import application

pytestmark = pytest.mark.django_db

SITE = "https://portal.example.no"
SHORT = re.compile(rf"{SITE}/nyhetsbrev/lenke/[\w-]{{12}}/")


@pytest.fixture(autouse=True)
def _site(settings) -> None:
    settings.SITE_URL = SITE


def letter(**fields) -> Newsletter:
    blocks = [
        Block(
            "Ukas saker",
            [
                Item("Frokostmøte", "Over 30 var med.", "/uka-oppsummert/"),
                Item("Fra fylket", "Ny bro.", "https://fylket.example.com/bro?id=1"),
                Item("", html='<p>Se <a href="/om/">om oss</a> og <a href="/om/">igjen</a>.</p>'),
            ],
            "Les hele posten",
            "/uka-oppsummert/",
        )
    ]
    return NewsletterFactory.create(**{"blocks": to_json(blocks), **fields})


def started(**fields) -> Newsletter:
    return newsletters.start(newsletter=letter(**fields), at=NOW, by=None)


def part_of(received: Received, kind: str) -> str:
    part = received.message.get_body([kind])
    assert part is not None
    return str(part.get_content())


def path_of(link: CountedLink) -> str:
    return f"/nyhetsbrev/lenke/{link.token}/"


def test_every_reader_carries_the_same_links_and_only_their_own_way_out(sink: Sink):
    consents = ConsentFactory.create_batch(2)
    started()
    sending.send_due(clock=lambda: NOW)

    mails = []
    for consent in consents:
        (received,) = sink.to(consent.subscriber.email)
        parts = [part_of(received, kind) for kind in ("plain", "html")]
        for own in (consent.token, consent.subscriber.token):
            assert all(own in part for part in parts)
            parts = [part.replace(own, "") for part in parts]
        mails.append(parts)
    # Nothing else in a message tells one reader from another: no picture, no link, no hidden sign.
    assert mails[0] == mails[1]
    text, html = mails[0]
    in_text, in_html = set(SHORT.findall(text)), set(SHORT.findall(html))
    assert in_text == in_html
    assert len(in_html) == 4


def test_links_in_both_parts_lead_where_they_led_without_cookies(sink: Sink):
    consent = ConsentFactory.create()
    newsletter = started()
    sending.send_due(clock=lambda: NOW)
    (received,) = sink.to(consent.subscriber.email)

    for kind in ("plain", "html"):
        found = SHORT.findall(part_of(received, kind))
        answers = [Client().get(url.removeprefix(SITE)) for url in found]
        assert {answer["Location"] for answer in answers} == {
            f"{SITE}/nyhetsbrev/arkiv/{newsletter.pk}/",
            f"{SITE}/uka-oppsummert/",
            "https://fylket.example.com/bro?id=1",
            f"{SITE}/om/",
        }
        for answer in answers:
            assert answer.status_code == 302
            assert answer["Referrer-Policy"] == "no-referrer"
            assert "no-store" in answer["Cache-Control"]
            assert not answer.cookies


def test_ways_out_and_in_and_ones_own_pages_are_never_led_by_way_of_the_portal():
    own = [
        "/nyhetsbrev/",
        "/nyhetsbrev/innstillinger/",
        f"/nyhetsbrev/meld-av/{ConsentFactory.create().token}/",
        "/en/nyhetsbrev/innstillinger/",
        "/arrangementer/frokost/pamelding/",
        "/konto/signup/",
        "/admin/",
        "/arrangementer/min-pamelding/noens-egen/",
    ]
    outside = ["mailto:post@example.no", "tel:+4712345678"]
    html = "".join(f'<p><a href="{url}">Lenke til noe</a></p>' for url in [*own, *outside])
    ConsentFactory.create()
    newsletter = started(blocks=to_json([Block("Ditt", [Item("", html=html)])]), intro="Hei")

    assert list(newsletter.links.values_list("url", flat=True)) == [
        f"/nyhetsbrev/arkiv/{newsletter.pk}/"
    ]
    hrefs = {attrs["href"] for attrs in Page(newsletters.rendered(newsletter).html).all("a")}
    assert {f"{SITE}{url}" for url in own} | set(outside) <= hrefs
    for field in ("unsubscribe", "preferences"):
        assert any(href.endswith(f"{{{{{field}}}}}/") for href in hrefs), field


@pytest.mark.parametrize(
    "token", ["forged", "x" * 12, "changed", "link", "newsletter", "consent", "subscriber", "url"]
)
def test_an_id_that_is_not_a_links_own_leads_nowhere(token: str):
    link, consent = CountedLinkFactory.create(url="/om/"), ConsentFactory.create()
    wrong = {
        "changed": link.token[:-1] + ("A" if link.token[-1] != "A" else "B"),
        "link": str(link.pk),
        "newsletter": str(link.newsletter_id),
        "consent": consent.token,
        "subscriber": consent.subscriber.token,
        "url": "https:%2F%2Fevil.example.com",
    }.get(token, token)

    assert Client().get(f"/nyhetsbrev/lenke/{wrong}/").status_code == 404
    answer = Client().get(path_of(link) + "?url=https://evil.example.com&next=//evil.example.com")
    assert answer["Location"] == f"{SITE}/om/"


@pytest.mark.parametrize("rest", ["//evil.example.com", "/\\evil.example.com"])
def test_an_address_that_looks_like_ours_never_leads_out(rest: str):
    # The lint stops such a newsletter; this holds should one get by.
    links = CountedLinks(NewsletterFactory.create(body=MailBodyFactory.create()))
    short = links(SITE + rest)
    links.save()

    assert Client().get(short.removeprefix(SITE))["Location"].startswith(f"{SITE}/")


def test_nothing_but_a_look_is_taken_and_head_leads_on_too():
    link = CountedLinkFactory.create(url="/om/")

    assert Client().post(path_of(link)).status_code == 405
    head = Client().head(path_of(link))
    assert (head.status_code, head["Location"]) == (302, f"{SITE}/om/")


def test_the_page_cache_never_holds_it():
    link, answers = CountedLinkFactory.create(url="/om/"), []

    class Standing:
        def current(self) -> int:
            return 1

    def counting(environ, start_response):
        answers.append(environ["PATH_INFO"])
        return application(environ, start_response)

    cache = PageCache(counting, Standing(), session_cookie="sessionid")
    for _time in range(2):
        environ = Client()._base_environ(PATH_INFO=path_of(link), REQUEST_METHOD="GET")
        response = cache(environ, lambda status, headers, exc_info=None: None)
        b"".join(response)
        getattr(response, "close", lambda: None)()

    assert len(answers) == 2


def test_the_archive_and_a_preview_before_it_is_sent_lead_straight_there():
    ConsentFactory.create()
    draft = letter()
    assert not SHORT.search("".join(newsletters.preview(draft)))

    newsletter = newsletters.start(newsletter=draft, at=NOW, by=None)

    page = Client().get(f"/nyhetsbrev/arkiv/{newsletter.pk}/").content.decode()
    assert "/nyhetsbrev/lenke/" not in page
    assert 'href="https://fylket.example.com/bro?id=1"' in page
    # What was sent is shown as it was sent, and its links lead on.
    shown = SHORT.findall(newsletters.preview(newsletter)[1])
    assert Client().get(shown[0].removeprefix(SITE)).status_code == 302


def test_links_are_written_once_whatever_the_number_of_readers():
    def writes(readers: int) -> int:
        ConsentFactory.create_batch(readers)
        with CaptureQueriesContext(connection) as captured:
            newsletter = started()
        assert newsletter.links.count() == 4
        return len([row for row in captured if 'INTO "mailings_countedlink"' in row["sql"]])

    assert writes(1) == writes(30) == 1


def test_the_database_lets_nobody_change_where_a_sent_newsletter_leads():
    ConsentFactory.create()
    newsletter = started()
    link = newsletter.links.get(url="/om/")

    for change in (
        lambda: CountedLink.objects.filter(pk=link.pk).update(url="https://evil.example.com"),
        lambda: CountedLink.objects.create(newsletter=newsletter, url="https://evil.example.com"),
        link.delete,
        lambda: CountedLink.objects.create(
            newsletter=NewsletterFactory.create(), url="//evil.example.com"
        ),
        lambda: CountedLink.objects.create(
            newsletter=NewsletterFactory.create(), url="javascript:alert(1)"
        ),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_a_stopped_newsletter_still_leads_on_for_those_who_got_it(editor):
    ConsentFactory.create()
    newsletter = started()
    newsletters.cancel(newsletter=newsletter, at=NOW, by=editor)

    assert Client().get(path_of(newsletter.links.get(url="/om/"))).status_code == 302


def test_a_scanner_that_opens_every_address_of_a_message_changes_no_subscription(sink: Sink):
    consent = ConsentFactory.create()
    journey = WelcomeJourneyFactory.create(subscriber=consent.subscriber)
    started()
    sending.send_due(clock=lambda: NOW)
    (received,) = sink.to(consent.subscriber.email)
    page = Page(part_of(received, "html"))

    for attrs in page.all("a"):
        if attrs["href"].startswith(SITE):
            for ask in (Client().head, Client().get):
                assert ask(attrs["href"].removeprefix(SITE)).status_code in (200, 302)

    assert Consent.objects.in_force().get() == consent
    journey.refresh_from_db()
    assert journey.stopped_at is None


def test_no_mail_of_any_kind_holds_a_pixel(settings):
    templates = list((settings.BASE_DIR / "templates").rglob("mail/*.html"))
    assert len(templates) >= 4
    for path in templates:
        text = path.read_text()
        for image in re.findall(r"<img\b.*?>", text, re.DOTALL):
            # Pictures that an editor chose, at their real size, and nothing besides.
            assert re.search(r'src="{{ item\.picture_url }}"', image), path.name
            assert not re.search(r'(?:width|height)="[01]"', image), path.name
        for sign in ("background=", "url(", "<bgsound", "<object", "<iframe", "<link", "srcset"):
            assert sign not in text, f"{path.name}: {sign}"
