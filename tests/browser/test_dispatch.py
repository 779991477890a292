"""A newsletter as two editors send it: built, approved by the other, regretted, sent, held and let go on."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Portal
from tests.browser.signed_in import carry, sign_in
from tests.browser.test_weekly_post import axe_finds_nothing
from tests.members.mailings.smtp_sink import Sink, start_sink

pytestmark = pytest.mark.browser

READER = "leser.av.boligbrev@example.no"
# Two editors, one reader of a topic that has no others, and the rules that this is about.
MAKE = f"""
from django.contrib.auth.models import Group
from django.utils import timezone
from members.accounts.models import Role, User
from members.mailings.models import Consent, MailRules, Subscriber, Topic
for email, name in [("skriver@example.no", "Siri"), ("godkjenner@example.no", "Geir")]:
    user, _ = User.objects.get_or_create(email=email)
    user.first_name, user.is_staff = name, True
    user.save()
    user.groups.add(Group.objects.get(name=Role.EDITOR.value))
user = User.objects.get(email="%s")
now = timezone.now()
Consent.objects.filter(topic=Topic.HOMES).update(withdrawn_at=now)
reader, is_new = Subscriber.objects.get_or_create(
    email="{READER}", defaults=dict(created_at=now, confirmed_at=now))
Consent.objects.create(
    subscriber=reader, topic=Topic.HOMES, text="Ja takk", version="test",
    source="/nyhetsbrev/", given_at=now)
MailRules.objects.update_or_create(pk=1, defaults=dict(four_eyes=True, undo_minutes=5))
"""
FORGET = """
from members.mailings.models import MailRules
MailRules.objects.all().delete()
"""
# Six minutes on, when nobody can regret it any more.
SEND = """
import datetime
from django.utils import timezone
from members.mailings import newsletters, sending
later = timezone.now() + datetime.timedelta(minutes=6)
newsletters.start_due(at=later)
if {sends}:
    sending.send_due(clock=lambda: later)
    newsletters.finish_sent(at=later)
"""


@pytest.fixture
def sink() -> Iterator[Sink]:
    found, controller = start_sink()
    yield found
    controller.stop()


@pytest.fixture
def rules(portal: Portal) -> Iterator[None]:
    yield
    portal.shell(FORGET)


@pytest.fixture
def editors(browser: Browser, portal: Portal, rules: None) -> Iterator[tuple[Page, Page]]:
    contexts, pages = [], []
    for email in ("skriver@example.no", "godkjenner@example.no"):
        session, _printed = sign_in(portal, MAKE % email)
        context = browser.new_context(base_url=portal.url, locale="nb-NO", bypass_csp=True)
        contexts.append(context)
        pages.append(carry(context, portal, session).new_page())
    yield pages[0], pages[1]
    for context in contexts:
        context.close()


def work(portal: Portal, sink: Sink, *, sends: bool) -> None:
    env = {**portal.env, "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}"}
    Portal(portal.url, env).shell(SEND.format(sends=sends))


def test_from_the_first_word_to_the_reader(editors: tuple[Page, Page], portal: Portal, sink: Sink):
    writer, other = editors

    # Written and built.
    writer.goto("/admin/mailings/newsletter/add/")
    writer.locator("[name=title]").fill("Fem leiligheter ved elva")
    writer.locator("[name=intro]").fill("Vi har sett på dem for deg.")
    writer.locator("[name=topic]").select_option("bolig")
    writer.locator("[name=_continue]").click()
    writer.get_by_role("link", name="Bygg").first.click()
    writer.get_by_role("button", name="+ Ledige stillinger").click()
    writer.get_by_label("Overskrift").fill("Jobber i gangavstand")
    writer.get_by_role("button", name="Lagre Ledige stillinger").click()
    axe_finds_nothing(writer)

    # Not approved, it cannot be sent; whoever wrote it asks the other.
    writer.get_by_role("link", name="Kontroller og send").click()
    expect(writer.get_by_role("button", name=re.compile("^Send nå"))).to_have_count(0)
    expect(writer.locator("#main, main, body").first).to_contain_text("Alle på temaet")
    axe_finds_nothing(writer)
    writer.get_by_label("Melding til den som skal godkjenne").fill("Sjekk husleia")
    writer.get_by_role("button", name="Send til godkjenning").click()
    expect(writer.get_by_text("Nyhetsbrevet venter på godkjenning.")).to_be_visible()
    expect(writer.get_by_role("button", name="Godkjenn", exact=True)).to_have_count(0)
    address = writer.url

    # The other looks at it, and approves.
    other.goto(address)
    axe_finds_nothing(other)
    other.get_by_role("button", name="Godkjenn", exact=True).click()
    expect(other.get_by_text(re.compile("^Godkjent av"))).to_be_visible()

    # Sent, regretted, and sent again.
    writer.goto(address)
    axe_finds_nothing(writer)
    writer.get_by_role("button", name="Send nå til 1 person").click()
    expect(writer.get_by_role("heading", name=re.compile("^Sendes "))).to_be_visible()
    axe_finds_nothing(writer)
    writer.get_by_role("button", name="Angre").click()
    expect(writer.get_by_text("Nyhetsbrevet blir ikke sendt.")).to_be_visible()
    work(portal, sink, sends=True)
    assert not sink.to(READER)
    writer.get_by_role("button", name="Send nå til 1 person").click()

    # On its way it is held, and nobody gets it until it goes on.
    work(portal, sink, sends=False)
    writer.goto(address)
    writer.get_by_role("button", name="Sett på vent").click()
    expect(writer.get_by_role("alert")).to_be_visible()
    writer.get_by_label("Hvorfor").fill("Feil husleie")
    axe_finds_nothing(writer)
    writer.get_by_role("button", name="Sett på vent").click()
    expect(writer.get_by_role("heading", name="Satt på vent")).to_be_visible()
    work(portal, sink, sends=True)
    assert not sink.to(READER)
    axe_finds_nothing(writer)
    writer.get_by_role("button", name="La det gå videre").click()
    work(portal, sink, sends=True)
    [received] = sink.to(READER)
    assert received.message["Subject"] == "Fem leiligheter ved elva"

    # The log says who did what and why.
    writer.goto(address)
    log = writer.locator(".mail-log")
    for said in ("Sjekk husleia", "Angret", "Feil husleie", "Siri", "Geir", "portalen selv"):
        expect(log).to_contain_text(said)
    axe_finds_nothing(writer)
