"""Links: that they lead somewhere, and say where."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from members.posts.checks.problems import Finding
from members.posts.models import PostItem
from members.posts.portal_links import leads_somewhere
from vekst.richtext import hrefs

# What says nothing to one who hears the links of a page read one by one.
_VAGUE = {
    "her",
    "klikk her",
    "trykk her",
    "les mer",
    "les mer her",
    "se her",
    "mer",
    "mer info",
    "lenke",
    "link",
    "denne siden",
    "here",
    "click here",
    "read more",
}
_ADDRESS = re.compile(r"^(https?://|www\.)\S+$|^/\S*$|^[\w-]+(\.[\w-]+)+(/\S*)?$", re.IGNORECASE)


@dataclass(frozen=True)
class _Link:
    item: PostItem
    name: str
    target: str


def link_findings(items: Sequence[PostItem]) -> Iterator[Finding]:
    """Yield what is wrong with the links in the text and below it. No query; no other site is asked."""
    links = [link for item in items for link in _links_of(item)]
    for link in links:
        yield from _dead(link)
        yield from _vague(link)
    yield from _same_name(links)


def _links_of(item: PostItem) -> Iterator[_Link]:
    for target, name in hrefs(item.body):
        yield _Link(item, name, target)
    if item.link_path:
        yield _Link(item, item.link_label, item.link_path)


def _dead(link: _Link) -> Iterator[Finding]:
    path = _portal_path(link.target)
    if path is not None and not leads_somewhere(path):
        text = _("«%(piece)s» lenker til %(path)s, som ikke finnes.")
        names = {"piece": link.item.heading, "path": path}
        yield Finding(code="link-dead", text=text % names, item_id=link.item.pk)


def _portal_path(target: str) -> str | None:
    """Return the path of an address of ours, written with or without our host; None for others."""
    if target == settings.SITE_URL:
        return "/"
    if target.startswith(f"{settings.SITE_URL}/"):
        return target.removeprefix(settings.SITE_URL)
    is_ours = target.startswith("/") and not target.startswith("//")
    return target if is_ours else None


def _vague(link: _Link) -> Iterator[Finding]:
    names = {"piece": link.item.heading, "name": link.name}
    words = link.name.lower().strip(" .…!:»«→>")
    if not words:
        text = _("I «%(piece)s» er en lenke uten tekst.")
    elif words in _VAGUE:
        text = _("I «%(piece)s» heter en lenke «%(name)s». Skriv hvor den går.")
    elif _ADDRESS.match(link.name.strip()) and not link.target.startswith(("mailto:", "tel:")):
        text = _("I «%(piece)s» er en lenke bare en adresse: %(name)s. Skriv hvor den går.")
    else:
        return
    yield Finding(code="link-vague", text=text % names, item_id=link.item.pk)


def _same_name(links: Sequence[_Link]) -> Iterator[Finding]:
    first: dict[str, _Link] = {}
    told = set()
    for link in links:
        name = " ".join(link.name.lower().split())
        before = first.setdefault(name, link)
        is_vague = not name or name in _VAGUE
        if is_vague or before.target == link.target or name in told:
            continue
        told.add(name)
        text = _("Lenketeksten «%(name)s» går flere steder, i «%(first)s» og «%(piece)s».")
        names = {"name": link.name, "first": before.item.heading, "piece": link.item.heading}
        yield Finding(code="link-same", text=text % names, item_id=link.item.pk)
