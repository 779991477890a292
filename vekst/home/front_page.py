"""What the front page tells: what is on, what is free, what happened, and how the town grows."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from members.posts.models import Post
from members.posts.reading import Story, with_photos
from projects.bypuls.listing import Card, make_cards
from projects.bypuls.models import Event
from projects.digital_stemme.models import Home, Vacancy
from projects.innsikt import presentation
from projects.innsikt.models import Indicator


@dataclass(frozen=True)
class FrontPage:
    """All that the template shows. Eight queries whatever the rows."""

    events: list[Card]
    homes: list[Home]
    vacancies: list[Vacancy]
    story: Story | None
    figures: list[presentation.Card]


def front_page(*, at: datetime.datetime) -> FrontPage:
    """Gather the front page as a stranger sees it at `at`."""
    events = Event.objects.public(at=at).not_over(at).taking_place().for_list()
    figures = (
        Indicator.objects.public(at=at)
        .filter(is_example=False)
        .order_by("position", "pk")
        .prefetch_related(presentation.main_series_prefetch())
    )
    posts = Post.objects.public(at=at).whole().order_by("-year", "-week")[:1]
    return FrontPage(
        events=make_cards(
            # What has begun is of less use than what one can still reach.
            events.filter(Q(starts_at__gte=at)).order_by("starts_at", "pk")[:4],
            at=at,
        ),
        homes=list(Home.objects.public(at=at).for_list().order_by("-published_at", "-pk")[:3]),
        vacancies=list(
            Vacancy.objects.public(at=at).for_list().order_by("-published_at", "-pk")[:4]
        ),
        story=next(iter(with_photos(posts)), None),
        figures=presentation.cards(figures[:2]),
    )


def ways_in() -> list[dict[str, Any]]:
    """Return the six ways into the portal: where to, what for, and the icon."""
    return [
        {
            "path": "/bolig/",
            "icon": "House",
            "label": _("Finn bolig"),
            "text": _("Leie, kjøpe eller bo som student"),
        },
        {
            "path": "/jobb/",
            "icon": "Briefcase",
            "label": _("Finn jobb"),
            "text": _("Ledige stillinger i og rundt byen"),
        },
        {
            "path": "/arrangementer/",
            "icon": "Calendar",
            "label": _("Bli med på noe"),
            "text": _("Det som skjer, uke for uke"),
        },
        {
            "path": "/ung/",
            "icon": "PersonGroup",
            "label": _("Møt folk"),
            "text": _("Møteplasser og mentor for unge"),
        },
        {
            "path": "/studier/",
            "icon": "HatSchool",
            "label": _("Lær noe nytt"),
            "text": _("Studier og kurs i Kongsberg"),
        },
        {
            "path": "/samferdsel/",
            "icon": "Train",
            "label": _("Kom deg fram"),
            "text": _("Tog og buss akkurat nå"),
        },
    ]
