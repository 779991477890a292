"""Make the gathered mail of what a reader's topics hold."""

from collections.abc import Sequence

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from members.mailings.models import DigestEdition, Frequency
from members.mailings.newsletter_content import UNSUBSCRIBE, Block, Rendered
from members.mailings.newsletter_mail import list_headers, own_link, render_mail
from vekst.formats import month_name

LEAVE = "mailings:unsubscribe_all"


def render(*, edition: DigestEdition, blocks: Sequence[Block], language: str) -> Rendered:
    """Return the mail as text and HTML, with a header that stops all mail of this kind."""
    with translation.override(language):
        title = title_of(edition)
    return render_mail(
        "digest_body",
        title=title,
        blocks=blocks,
        language=language,
        context={"unsubscribe_url": own_link(LEAVE, UNSUBSCRIBE, language=language)},
        headers=list_headers("samlet", leave=LEAVE),
    )


def title_of(edition: DigestEdition) -> str:
    """Return the subject of the mail in the language in force."""
    day = timezone.localtime(edition.due_at).date()
    if edition.frequency == Frequency.MONTHLY:
        month = f"{month_name(day.month)} {day.year}"
        return _("Nytt om det du følger i Kongsberg, %(month)s") % {"month": month}
    return _("Nytt om det du følger i Kongsberg, uke %(week)s") % {"week": day.isocalendar().week}
