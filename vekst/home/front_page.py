"""What the front page tells: what is on, what is free, what happened, and how the town grows."""

import datetime
from dataclasses import dataclass

from django.db.models import Prefetch, Q

from members.posts.models import Photo, Post
from members.posts.reading import Story
from projects.bypuls.calendar.listing import Card, make_cards
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


def _newest_story(at: datetime.datetime) -> Story | None:
    """The newest post with its pictures; its pieces stand on its own page."""
    photos = Prefetch("photos", Photo.objects.order_by("position", "pk"))
    post = Post.objects.public(at=at).prefetch_related(photos).order_by("-year", "-week").first()
    if post is None:
        return None
    return Story(post, [photo for photo in post.photos.all() if not photo.lacks_consent], [])


def front_page(*, at: datetime.datetime) -> FrontPage:
    """Gather the front page as a stranger sees it at `at`."""
    events = Event.objects.public(at=at).dated().not_over(at).taking_place().for_list()
    figures = (
        Indicator.objects.public(at=at)
        .filter(is_example=False)
        .order_by("position", "pk")
        .prefetch_related(presentation.main_series_prefetch())
    )
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
        story=_newest_story(at),
        figures=presentation.cards(figures[:2]),
    )
