"""
Turn the blocks of a newsletter into a mail that reads well in any mail program.

The templates have classes and a style sheet as any page has; `css_inline` writes the rules where mail
programs look for them. Only what depends on the screen or on dark mode stays in the sheet. Everything
asked for lies on this site: a mail that fetched pictures elsewhere would tell others who reads it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

import css_inline
import nh3
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe

from members.mailings.html_text import text_of
from members.mailings.message import merge_fields
from members.mailings.models.subscriber import Topic
from members.mailings.newsletter_content import (
    FIELDS,
    PREFERENCES,
    UNSUBSCRIBE,
    Block,
    Item,
    Rendered,
    UnknownFieldError,
)
from vekst.richtext import sanitise

# The sheet is 600 px wide with 24 px of air on both sides.
PICTURE_WIDTH = 552
_BRACES = re.compile(r"\{(?=\{)")
_SCHEMES = {"http", "https", "mailto", "tel"}
# What makes of an address the one that stands in the mail.
Lead = Callable[[str], str]


def link(url: str) -> str:
    """
    Return the address that a link in the mail gets. Every link but the reader's own ones comes by here.

    Addresses of the portal get its host in front. What is no address to click on becomes empty.
    """
    url = url.strip()
    if url.startswith("/") and not url.startswith("//") and "\\" not in url:
        return f"{settings.SITE_URL}{url}"
    scheme = re.match(r"([a-z]+):", url.lower())
    return url if scheme and scheme[1] in _SCHEMES else ""


def picture_link(url: str) -> str:
    """Return the address of a picture on this site, or nothing for one that lies elsewhere."""
    full = link(url)
    return full if full.startswith(f"{settings.SITE_URL}/") else ""


def render(
    *,
    title: str,
    intro: str,
    blocks: Sequence[Block],
    topic: str,
    language: str = "",
    web_path: str = "",
    lead: Lead = link,
) -> Rendered:
    """
    Return the newsletter as plain text and HTML, with its headers.

    `web_path` is where it can be read in a browser; `lead` gives the links by which it is read on. What
    people wrote never becomes a merge field. Raises UnknownFieldError when a template does.
    """
    return render_mail(
        "newsletter_body",
        title=title,
        intro=intro,
        blocks=blocks,
        language=language or settings.LANGUAGE_CODE,
        # A label in the language of the mail.
        context={
            "topic_label": Topic(topic).label,
            "web_url": lead(web_path) if web_path else "",
            "unsubscribe_url": own_link("mailings:unsubscribe", UNSUBSCRIBE, language=language),
        },
        headers=list_headers(topic),
        lead=lead,
    )


def render_mail(
    name: str,
    *,
    title: str,
    intro: str = "",
    blocks: Sequence[Block],
    language: str,
    context: Mapping[str, object],
    headers: dict[str, str],
    lead: Lead = link,
) -> Rendered:
    """
    Return what the templates `name` make of the blocks, and of what `context` adds.

    Raises UnknownFieldError.
    """
    shown = [_prepared(block, lead) for block in blocks if block.items]
    with translation.override(language):
        everything = {
            "title": no_fields(title),
            "intro": [no_fields(piece) for piece in intro.split("\n\n") if piece.strip()],
            "blocks": shown,
            "preheader": no_fields(preheader(intro, blocks)),
            "programme_name": settings.PROGRAMME_NAME,
            "business_association": settings.BUSINESS_ASSOCIATION,
            "contact_email": settings.CONTACT_EMAIL,
            "site_url": settings.SITE_URL,
            "language": language,
            "web_url": "",
            "preferences_url": own_link("mailings:preferences", PREFERENCES, language=language),
            **context,
        }
        text = render_to_string(f"mailings/mail/{name}.txt", everything)
        html = _inliner().inline(render_to_string(f"mailings/mail/{name}.html", everything))
    rendered = Rendered(title=title, text=text, html=html, headers=headers)
    unknown = merge_fields(text, html, *rendered.headers.values()) - FIELDS
    if unknown:
        raise UnknownFieldError(", ".join(sorted(unknown)))
    return rendered


def preheader(intro: str, blocks: Sequence[Block]) -> str:
    """Return the line that an inbox shows after the subject: the introduction, or what it is about."""
    words = (
        intro.split()
        or " · ".join(item.title for block in blocks for item in block.items if item.title).split()
    )
    return " ".join(words[:20]) + ("…" if len(words) > 20 else "")


def list_headers(name: str, *, leave: str = "mailings:unsubscribe") -> dict[str, str]:
    """
    Return the headers by which mail programs offer to unsubscribe. Source: RFC 8058, RFC 2919.

    `name` is the topic or another list; `leave` the view that stops it for the holder of a token.
    """
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
    return {
        "List-Id": f"{settings.PROGRAMME_NAME} <{name}.nyhetsbrev.{host}>",
        "List-Unsubscribe": f"<{own_link(leave, UNSUBSCRIBE)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Archive": f"<{settings.SITE_URL}{reverse('mailings:archive')}>",
        "Precedence": "bulk",
    }


def no_fields(text: str) -> str:
    """Return the text so that it asks for nobody's merge field; it looks the same."""
    # A space without width after each brace that another one follows, however many there are.
    return _BRACES.sub("{\u200b", text)


@lru_cache(maxsize=1)
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


def own_link(name: str, merge_field: str, *, language: str = "") -> SafeString:
    """Return the address of the view, with the reader's own token as a merge field."""
    with translation.override(language or settings.LANGUAGE_CODE):
        path = reverse(name, args=["TOKEN"])
    url = settings.SITE_URL + path.replace("TOKEN", "{{" + merge_field + "}}")
    return mark_safe(url)  # noqa: S308 — an address of ours with a field of ours.


def _prepared(block: Block, lead: Lead) -> dict[str, object]:
    return {
        "heading": no_fields(block.heading),
        "items": [_prepared_item(item, lead) for item in block.items],
        "link_label": no_fields(block.link_label),
        "link_url": no_fields(lead(block.link_url)),
    }


def _prepared_item(item: Item, lead: Lead) -> dict[str, object]:
    html = no_fields(_mail_html(item.html, lead))
    width, height = picture_size(item)
    return {
        "title": no_fields(item.title),
        "text": no_fields(item.text),
        "html": mark_safe(html),  # noqa: S308 — sanitised just above.
        "html_text": text_of(html),
        "url": no_fields(lead(item.url)),
        "meta": no_fields(item.meta),
        "picture_url": no_fields(picture_link(item.picture_url)),
        "picture_alt": no_fields(item.picture_alt),
        "picture_caption": no_fields(item.picture_caption),
        "picture_width": width,
        "picture_height": height,
    }


def picture_size(item: Item) -> tuple[int, int]:
    """Return width and height as shown in the mail; height 0 when nobody knows it."""
    if not (item.picture_width.isdecimal() and item.picture_height.isdecimal()):
        return PICTURE_WIDTH, 0
    width, height = int(item.picture_width), int(item.picture_height)
    shown = min(width, PICTURE_WIDTH) or PICTURE_WIDTH
    return shown, round(height * shown / width) if width else 0


def _mail_html(html: str, lead: Lead) -> str:
    """Return what an editor wrote, sanitised and with addresses that work outside the portal."""
    return nh3.clean(
        sanitise(html),
        attributes={"a": {"href"}},
        attribute_filter=lambda _tag, _name, value: lead(value) or None,
        link_rel=None,
    )
