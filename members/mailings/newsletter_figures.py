"""
What became of one newsletter, for those who make them: how many got it, and which links were followed.

What happened to the message of each reader stands in the ledger, for staff to see. Who followed a link is
known to nobody, and numbers below the threshold are not shown; where one is left out there is no exact sum
of the others either.
"""

import datetime
from dataclasses import dataclass

from django.db.models import Count, Exists, Min, OuterRef, Sum
from django.utils.translation import gettext as _

from members.mailings.anonymity import Cell, exact_cell
from members.mailings.ledger import MailKind
from members.mailings.models import Bounce, BounceKind, Consent, CountedLink, Delivery, Newsletter
from members.mailings.newsletter_content import from_json
from members.mailings.newsletter_showing import web_path
from members.mailings.newsletters import progress_labels
from members.mailings.recipients import other_editions

# Who leaves so soon after a newsletter, and before the next one, leaves because of it.
LEAVING_WITHIN = datetime.timedelta(days=7)


@dataclass(frozen=True)
class LinkFigure:
    """One link, what it is called in the newsletter, and how often it was followed."""

    url: str
    title: str
    clicks: Cell


@dataclass(frozen=True)
class NewsletterFigures:
    """`shown_clicks` is the sum of the numbers that are shown; it is all there are unless `is_least`."""

    fewest: int
    states: list[tuple[str, int]]
    returns: list[tuple[str, int]]
    left: Cell
    links: list[LinkFigure]
    shown_clicks: int
    is_least: bool


def figures_of(newsletter: Newsletter, *, fewest: int) -> NewsletterFigures:
    """Return the figures of a newsletter that has started, the most followed link first. Five queries."""
    links = (
        CountedLink.objects.filter(newsletter=newsletter)
        .annotate(number=Sum("clicks__number", default=0))
        .order_by("-number", "pk")
    )
    titles = _titles(newsletter)
    # Of a newsletter to very few any click would tell something.
    is_small = newsletter.recipient_count < fewest
    shown = [
        LinkFigure(
            link.url,
            titles.get(link.url, ""),
            exact_cell(0 if is_small else link.number, fewest=fewest),
        )
        for link in links
    ]
    return NewsletterFigures(
        fewest=fewest,
        states=progress_labels(newsletter),
        returns=_returns(newsletter),
        left=exact_cell(_left(newsletter), fewest=fewest),
        links=shown,
        shown_clicks=sum(link.clicks.number or 0 for link in shown),
        is_least=any(link.clicks.number is None for link in shown),
    )


def _returns(newsletter: Newsletter) -> list[tuple[str, int]]:
    rows = Bounce.objects.filter(
        delivery__kind=MailKind.NEWSLETTER, delivery__subject=newsletter.occasion
    ).order_by()
    counts = dict(rows.values_list("kind").annotate(Count("pk")))
    return [(str(kind.label), counts[kind.value]) for kind in BounceKind if kind.value in counts]


def _left(newsletter: Newsletter) -> int:
    """Return how many of those who got it left its topic within a week, before the next one on it."""
    if newsletter.started_at is None:
        return 0
    later = Newsletter.objects.filter(
        topic=newsletter.topic, started_at__gt=newsletter.started_at
    ).exclude(pk__in=other_editions(newsletter).values("pk"))
    following = later.aggregate(first=Min("started_at"))["first"]
    until = newsletter.started_at + LEAVING_WITHIN
    got_it = Delivery.objects.filter(
        kind=MailKind.NEWSLETTER,
        subject=newsletter.occasion,
        recipient=OuterRef("subscriber__email"),
    )
    return Consent.objects.filter(
        Exists(got_it),
        topic=newsletter.topic,
        withdrawn_at__gte=newsletter.started_at,
        withdrawn_at__lt=min(until, following) if following else until,
    ).count()


def _titles(newsletter: Newsletter) -> dict[str, str]:
    """Return what each address was called in the newsletter; those within texts have no name of their own."""
    found: dict[str, str] = {}
    for block in from_json(newsletter.blocks):
        for item in block.items:
            found.setdefault(item.url, item.title)
        found.setdefault(block.link_url, block.link_label)
    found[web_path(newsletter)] = _("Les i nettleseren")
    return found
