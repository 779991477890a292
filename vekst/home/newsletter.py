"""What every newsletter gets besides the post: the coming events of the town."""

import datetime

from members.mailings.newsletter_content import EXTRA_BLOCKS, Block, Item
from projects.bypuls.models import Event
from vekst.formats import moment_text

AHEAD = datetime.timedelta(days=14)
MOST_EVENTS = 8


def coming_events(at: datetime.datetime) -> list[Block]:
    """Return the events of the next two weeks, the first ones when there are many."""
    events = (
        Event.objects.public(at)
        .dated()
        .filter(starts_at__gte=at, starts_at__lt=at + AHEAD)
        .select_related("venue")
        .order_by("starts_at", "pk")[:MOST_EVENTS]
    )
    items = [
        Item(
            title=event.title,
            text=event.summary,
            url=event.get_absolute_url(),
            meta=" · ".join(filter(None, [moment_text(event.starts_at), _place(event)])),
        )
        for event in events
    ]
    return [
        Block(
            heading="Det skjer de neste to ukene",
            items=items,
            link_label="Alle arrangementer",
            link_url="/arrangementer/",
        )
    ]


def _place(event: Event) -> str:
    return event.venue.name if event.venue else event.place


def register() -> None:
    """Tell the newsletter who has something for it."""
    EXTRA_BLOCKS["events"] = coming_events
