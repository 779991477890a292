"""Look a newsletter through before it goes out: what stops it, and what an editor should know."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.translation import gettext as _

from members.mailings.models import Newsletter
from members.mailings.newsletter_content import Block, Item, Rendered, UnknownFieldError
from members.mailings.newsletter_mail import link, picture_link
from vekst.richtext import hrefs

# Gmail cuts a mail off at 102 kB, and the link to unsubscribe with it.
MAX_BYTES = 100_000
# Inboxes on phones show about so much of a subject.
LONG_TITLE = 70
# Those who know pages that newsletters are made of. Each gets the address of the page, and says why nothing
# made of it may be sent now; nothing for a page that may, or that it does not know.
PAGES: dict[str, Callable[[str], str]] = {}
_VAGUE = {"her", "les mer", "klikk her", "mer", "lenke", "here", "read more", "click here", "more"}


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong. When it `stops`, the newsletter cannot be approved or sent."""

    code: str
    text: str
    stops: bool = True


class ProblemsError(Exception):
    """The newsletter has faults that stop it; `problems` says which."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(" ".join(problem.text for problem in problems))
        self.problems = problems


def check(newsletter: Newsletter, blocks: Sequence[Block]) -> list[Problem]:
    """Return what is wrong with the content, before it is made a mail of."""
    return [
        *_check_title(newsletter.title),
        *_check_page(newsletter.source_url),
        *_check_content(newsletter, blocks),
        *(problem for block in blocks for problem in _check_block(block)),
    ]


def check_mail(mail: Rendered) -> list[Problem]:
    """Return what is wrong with the finished mail."""
    problems = []
    size = len(mail.html.encode())
    if size > MAX_BYTES:
        text = _("E-posten er på %(n)s kB. Gmail klipper av det som er over 102 kB.")
        problems.append(Problem("large", text % {"n": size // 1000}, stops=False))
    if not mail.text.strip():
        problems.append(Problem("no-text", _("E-posten mangler ren tekst.")))
    return problems


def unknown_field(error: UnknownFieldError) -> Problem:
    """Return the problem that a template asks for something no reader has."""
    return Problem("field", _("Malen har et ukjent felt: %(field)s") % {"field": error})


def leads_somewhere(url: str) -> bool:
    """Tell whether the portal has a page at that address of its own. Other sites are not asked."""
    full = link(url)
    if not full:
        return False
    if not full.startswith(f"{settings.SITE_URL}/"):
        return True
    path = full.removeprefix(settings.SITE_URL).partition("#")[0].partition("?")[0]
    with translation.override("en" if path.startswith("/en/") else settings.LANGUAGE_CODE):
        try:
            resolve(path)
        except Resolver404:
            return False
    return True


def _check_title(title: str) -> Iterator[Problem]:
    if not title.strip():
        yield Problem("title", _("Nyhetsbrevet mangler emne."))
    if len(title) > LONG_TITLE:
        text = _("Emnet er på %(n)s tegn. Telefoner viser rundt 40, og få viser mer enn 70.")
        yield Problem("long-title", text % {"n": len(title)}, stops=False)


def _check_page(source_url: str) -> Iterator[Problem]:
    for why_not in PAGES.values():
        if source_url and (text := why_not(source_url)):
            yield Problem("page", text)


def _check_content(newsletter: Newsletter, blocks: Sequence[Block]) -> Iterator[Problem]:
    if not newsletter.intro.strip() and not any(block.items for block in blocks):
        yield Problem("empty", _("Nyhetsbrevet er tomt."))
    if not newsletter.intro.strip():
        text = _("Uten innledning viser innboksen overskriftene etter emnet.")
        yield Problem("no-intro", text, stops=False)


def _check_block(block: Block) -> Iterator[Problem]:
    name = block.heading or _("Del uten overskrift")
    if not block.items:
        text = _("«%(name)s» er tom og blir ikke med.") % {"name": name}
        yield Problem("empty-block", text, stops=False)
        return
    if block.link_url:
        yield from _check_link(block.link_url, block.link_label, name)
    for item in block.items:
        yield from _check_item(item, item.title or name)


def _check_item(item: Item, name: str) -> Iterator[Problem]:
    if item.picture_url and not item.picture_alt.strip():
        text = _("Bildet ved «%(name)s» mangler en beskrivelse for dem som ikke ser det.")
        yield Problem("alt", text % {"name": name})
    if item.picture_url and not picture_link(item.picture_url):
        text = _("Bildet ved «%(name)s» ligger på et annet nettsted og blir ikke med.")
        yield Problem("picture", text % {"name": name}, stops=False)
    if item.url:
        yield from _check_link(item.url, item.title, name)
    for href, words in hrefs(item.html):
        yield from _check_link(href, words, name)


def _check_link(url: str, words: str, name: str) -> Iterator[Problem]:
    about = {"name": name, "url": url}
    if not leads_somewhere(url):
        yield Problem("link", _("Lenken ved «%(name)s» leder ikke noe sted: %(url)s") % about)
    if not words.strip():
        yield Problem("link-name", _("Lenken ved «%(name)s» mangler tekst: %(url)s") % about)
    elif words.strip().lower() in _VAGUE:
        text = _("Lenken ved «%(name)s» sier ikke hvor den leder.") % about
        yield Problem("vague-link", text, stops=False)
