"""What every newsletter gets besides the post: the coming events of the town."""

import datetime
from collections.abc import Collection

from members.mailings.newsletter_content import EXTRA_BLOCKS, READ_ANEW, Block, Item
from projects.bypuls.models import Event
from vekst.formats import moment_text

AHEAD = datetime.timedelta(days=14)
MOST_EVENTS = 8
# What the names of these entries begin with.
EVENT = "event"


def coming_events(at: datetime.datetime) -> list[Block]:
    """Return the events of the next two weeks, the first ones when there are many."""
    events = (
        Event.objects.public(at)
        .dated()
        .taking_place()
        .filter(starts_at__gte=at, starts_at__lt=at + AHEAD)
        .select_related("venue")
        .order_by("starts_at", "pk")[:MOST_EVENTS]
    )
    return [
        Block(
            heading="Det skjer de neste to ukene",
            items=[event_item(event) for event in events],
            link_label="Alle arrangementer",
            link_url="/arrangementer/",
        )
    ]


def read_events(names: Collection[str], at: datetime.datetime) -> dict[str, Item]:
    """Return the events with these names ("event:12") that still take place ahead. One query."""
    keys = [int(name.partition(":")[2]) for name in names]
    events = Event.objects.public(at).dated().taking_place().filter(pk__in=keys, ends_at__gt=at)
    return {f"{EVENT}:{event.pk}": event_item(event) for event in events.select_related("venue")}


def event_item(event: Event) -> Item:
    """Return the event as an entry that is read anew until the newsletter is sent; needs `venue`."""
    return Item(
        title=event.title,
        text=event.summary,
        url=event.get_absolute_url(),
        meta=" · ".join(filter(None, [moment_text(event.starts_at), event.place_text])),
        live=f"{EVENT}:{event.pk}",
    )


def register() -> None:
    """Tell the newsletter who has something for it."""
    EXTRA_BLOCKS["events"] = coming_events
    READ_ANEW[EVENT] = read_events
