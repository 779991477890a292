"""Show a newsletter as its readers will see it, and look it through."""

import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from members.mailings import editions, newsletter_lint, recipients
from members.mailings.message import fill
from members.mailings.models import Newsletter
from members.mailings.newsletter_blocks.kinds import content_of
from members.mailings.newsletter_content import (
    PREFERENCES,
    UNSUBSCRIBE,
    Block,
    Rendered,
    UnknownFieldError,
)
from members.mailings.newsletter_lint import Problem, ProblemsError
from members.mailings.newsletter_mail import Lead, link, render
from members.mailings.newsletter_pictures import for_preview

# The rules of the mail for dark screens stand in the sheet as this.
_DARK_RULES = "@media (prefers-color-scheme: dark)"


class NothingToSendError(Exception):
    """The newsletter has neither introduction nor blocks."""


def content(newsletter: Newsletter, *, at: datetime.datetime) -> list[Block]:
    """Return the blocks as they are now, in the language of the letter."""
    with translation.override(recipients.written_in(newsletter)):
        return content_of(newsletter, at=at)


def rendered(
    newsletter: Newsletter, *, at: datetime.datetime | None = None, lead: Lead = link
) -> Rendered:
    """
    Return the mail as it is now, with merge fields. Frozen newsletters give what was sent.

    `lead` gives its links; until it is frozen they lead straight to where they lead.
    """
    if newsletter.body is not None:
        body = newsletter.body
        return Rendered(body.title, body.text, body.html, body.headers)
    return render(
        title=newsletter.title,
        intro=newsletter.intro,
        blocks=content(newsletter, at=at or timezone.now()),
        topic=newsletter.topic,
        language=newsletter.language,
        web_path=web_path(newsletter),
        lead=lead,
    )


def problems(newsletter: Newsletter) -> list[Problem]:
    """Return what an editor should know before it goes out, what stops it first."""
    found = newsletter_lint.check(newsletter, content(newsletter, at=timezone.now()))
    found += editions.check_edition(newsletter)
    try:
        found += newsletter_lint.check_mail(rendered(newsletter))
    except UnknownFieldError as error:
        found.append(newsletter_lint.unknown_field(error))
    return sorted(found, key=lambda problem: not problem.stops)


def web_path(newsletter: Newsletter) -> str:
    """Return where the newsletter can be read in a browser, from the moment it is on its way."""
    with translation.override(newsletter.language or settings.LANGUAGE_CODE):
        return reverse("mailings:archived", args=[newsletter.pk]) if newsletter.pk else ""


def preview(newsletter: Newsletter) -> tuple[str, str]:
    """Return text and HTML as a reader would see them. Raises ProblemsError when no mail can be made."""
    try:
        mail = rendered(newsletter)
    except UnknownFieldError as error:
        raise ProblemsError([newsletter_lint.unknown_field(error)]) from error
    sample = {UNSUBSCRIBE: "eksempel", PREFERENCES: "eksempel"}
    return fill(mail.text, sample), for_preview(fill(mail.html, sample))


def on_screen(html: str, *, is_dark: bool) -> str:
    """Return the mail as it is on a dark or a light screen, whatever screen the editor has."""
    return html.replace(_DARK_RULES, "@media all" if is_dark else "@media not all")


def check_content(newsletter: Newsletter) -> None:
    """Raise NothingToSendError or ProblemsError when the newsletter cannot go out as it is."""
    if not newsletter.blocks and not newsletter.intro.strip() and not newsletter.parts.exists():
        raise NothingToSendError
    stopping = [problem for problem in problems(newsletter) if problem.stops]
    if stopping:
        raise ProblemsError(stopping)
