"""A week's post as its editor makes it: from what the portal proposes to the page and to a reader's inbox."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import AXE, Portal
from tests.browser.signed_in import carry, sign_in
from tests.browser.test_accessibility import RULES
from tests.members.mailings.smtp_sink import Received, Sink, start_sink

pytestmark = pytest.mark.browser

READER = "leser.av.uka@example.no"
# An editor, one reader, and a week that nobody has written about yet.
MAKE = f"""
from django.contrib.auth.models import Group
from django.utils import timezone
from members.accounts.models import Role, User
from members.mailings.models import Consent, Subscriber, Topic
from members.posts.models import Post
user, _ = User.objects.get_or_create(email="skriver.uka@example.no")
user.is_staff = True
user.save()
user.groups.add(Group.objects.get(name=Role.EDITOR.value))
year, week, _day = timezone.localdate().isocalendar()
Post.objects.filter(year=year, week=week).delete()
now = timezone.now()
reader, is_new = Subscriber.objects.get_or_create(
    email="{READER}", defaults=dict(created_at=now, confirmed_at=now))
if is_new:
    Consent.objects.create(
        subscriber=reader, topic=Topic.WEEKLY, text="Ja takk", version="test",
        source="/nyhetsbrev/", given_at=now)
"""


@pytest.fixture
def sink() -> Iterator[Sink]:
    found, controller = start_sink()
    yield found
    controller.stop()


@pytest.fixture
def editor(browser: Browser, portal: Portal) -> Iterator[Page]:
    session, _printed = sign_in(portal, MAKE)
    context = browser.new_context(base_url=portal.url, locale="nb-NO", bypass_csp=True)
    page = carry(context, portal, session).new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    context.close()
    assert not problems


def axe_finds_nothing(page: Page, where: str = ".edit") -> None:
    page.add_script_tag(path=str(AXE))
    found = page.evaluate(
        "([where, rules]) => axe.run(document.querySelector(where), rules)", [where, RULES]
    )
    assert not [(rule["id"], rule["nodes"][0]["html"]) for rule in found["violations"]]


def mail_of(portal: Portal, sink: Sink) -> Received:
    """Let the sender of the portal do its work over SMTP, and return what the reader got."""
    env = {**portal.env, "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}"}
    Portal(portal.url, env).shell(
        "from members.mailings import sending; sending.send_due_in_turn()"
    )
    [received] = sink.to(READER)
    return received


def test_from_proposals_to_page_and_mail(editor: Page, portal: Portal, sink: Sink):
    # The week is chosen already; what happened in it waits.
    editor.goto("/admin/posts/post/add/")
    editor.get_by_label("Ingress").fill("Kaffe, tall og en kveld for nye.")
    editor.locator("[name=_save]").click()
    offers = editor.locator("#forslag")
    expect(offers).to_contain_text("forslag venter")
    axe_finds_nothing(editor)

    # Two at once by ticking, one by a press.
    for box in offers.get_by_role("checkbox").all()[:2]:
        box.check()
    offers.get_by_role("button", name="Ta med de avkryssede").click()
    expect(editor.locator("article.edit-piece")).to_have_count(2)
    offers.get_by_role("button", name=re.compile("^Ta med «")).first.click()
    expect(editor.locator("article.edit-piece")).to_have_count(3)
    expect(offers.get_by_role("status")).to_contain_text("Tatt med")
    axe_finds_nothing(editor)

    # One is dropped, one is written in the editor's own words, and put first.
    editor.get_by_role("button", name=re.compile("^Fjern «")).last.click()
    expect(editor.locator("article.edit-piece")).to_have_count(2)
    editor.get_by_role("link", name=re.compile("^Rediger «")).last.click()
    heading = editor.locator(".edit-field--heading input")
    heading.fill("Det vi husker best")
    editor.get_by_role("button", name="Lagre", exact=True).click()
    expect(editor.get_by_role("heading", name="Det vi husker best")).to_be_visible()
    editor.get_by_role("button", name="Opp «Det vi husker best»").click()
    expect(editor.locator("article.edit-piece").first).to_contain_text("Det vi husker best")

    # It gets a card of a member, which says nothing that the editor has written.
    editor.get_by_role("link", name="Legg til kort under «Det vi husker best»").click()
    editor.get_by_label("Hva slags kort").select_option(label="Medlem")
    editor.get_by_role("button", name="Søk", exact=True).click()
    axe_finds_nothing(editor)
    editor.get_by_role("button", name=re.compile("^Legg til «")).first.click()
    expect(editor.get_by_text("Kortet står under biten.")).to_be_visible()

    # Published.
    editor.get_by_role("link", name="Publiser …").first.click()
    editor.get_by_role("button", name="Publiser nå").click()
    post_admin = editor.url.removesuffix("publiser/")
    editor.get_by_role("link", name="Se siden").first.click()
    expect(editor.get_by_role("heading", level=1)).to_contain_text("Uke ")
    expect(editor.locator(".post-piece")).to_have_count(2)
    expect(editor.locator(".post-piece").first).to_contain_text("Det vi husker best")
    expect(editor.locator(".post-card", has_text="Medlem")).to_be_visible()
    axe_finds_nothing(editor, ".post")
    page_address = editor.url.removeprefix(portal.url)

    # And mailed.
    editor.goto(f"{post_admin}nyhetsbrev/")
    editor.get_by_role("button", name="Lag nyhetsbrev").click()
    editor.goto(re.sub(r"change/$", "send/", editor.url))
    editor.get_by_role("button", name=re.compile("^Send nå til")).click()
    message = mail_of(portal, sink).message
    assert str(message["Subject"]).startswith("Uke ")
    plain, html = (
        message.get_body((kind,)).get_content()  # type: ignore[union-attr]
        for kind in ("plain", "html")
    )
    for part in (plain, html):
        assert "Det vi husker best" in part
        assert "Kaffe, tall og en kveld for nye." in part
        # Its links go by way of the portal.
        links = set(re.findall(rf"{portal.url}/nyhetsbrev/lenke/[\w-]+/", part))
        ways = [editor.request.get(link, max_redirects=0) for link in links]
        assert f"{portal.url}{page_address}" in [way.headers.get("location") for way in ways]
