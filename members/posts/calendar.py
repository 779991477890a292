"""The editors' calendar: week by week what is planned, what is set, and what else happens and is mailed."""

import datetime
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise

from members.mailings.models import Newsletter
from members.posts import rules
from members.posts.models import LIVE_STATES, PUBLIC_STATES, Post, PostState
from members.posts.weeks import WEEK, Week, weeks_from

# What one week lists of each other kind; the rest is counted.
MOST_LISTED = 5
# More than this past the plan is late.
GRACE = datetime.timedelta(minutes=30)


@dataclass(frozen=True)
class Entry:
    """One line of a week."""

    day: datetime.date
    title: str
    url: str
    note: str = ""


@dataclass(frozen=True)
class Listing:
    """The first lines of a week, how many there are in all, and where they all stand."""

    entries: list[Entry]
    count: int
    url: str

    @property
    def more(self) -> int:
        """How many are not listed."""
        return self.count - len(self.entries)


@dataclass(frozen=True)
class Source:
    """
    Something that other apps have for the calendar.

    `find` gets the first and the last day, both included, and the most lines to list, and returns the
    listings by the Monday of their weeks.
    """

    label: str | Promise
    find: Callable[[datetime.date, datetime.date, int], dict[datetime.date, Listing]]


# Filled by the site's shell, which knows the programme's apps.
SOURCES: dict[str, Source] = {}


@dataclass(frozen=True)
class PlannedPost:
    """A post in its week: what was planned against what came of it."""

    post: Post
    is_live: bool
    is_late: bool

    @property
    def actual_at(self) -> datetime.datetime | None:
        """When it went out, or will."""
        if self.post.state in PUBLIC_STATES:
            return self.post.published_at
        return self.post.publish_at if self.post.state == PostState.SCHEDULED else None


@dataclass
class CalendarWeek:
    """All that the calendar shows of one week."""

    week: Week
    is_now: bool
    is_past: bool
    posts: list[PlannedPost] = field(default_factory=list)
    newsletters: list[Entry] = field(default_factory=list)
    others: list[tuple[str | Promise, Listing]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Tell whether a post is expected and nobody has begun one."""
        return not self.posts and not self.week.quiet_why


def weeks(monday: datetime.date, count: int, *, at: datetime.datetime) -> list[CalendarWeek]:
    """Return `count` weeks. Three queries, one for each source, and one for each source of days off."""
    found = {
        week.monday: CalendarWeek(
            week=week,
            is_now=week.monday <= timezone.localdate(at) <= week.sunday,
            is_past=week.sunday < timezone.localdate(at),
        )
        for week in weeks_from(monday, count, rules=rules.current())
    }
    last = monday + count * WEEK - datetime.timedelta(days=1)
    _add_posts(found, at=at)
    _add_newsletters(found, monday, last)
    for source in SOURCES.values():
        listings = source.find(monday, last, MOST_LISTED)
        for day, listing in listings.items():
            found[day].others.append((source.label, listing))
    return list(found.values())


def _add_posts(found: dict[datetime.date, CalendarWeek], *, at: datetime.datetime) -> None:
    numbers: dict[int, list[int]] = defaultdict(list)
    for row in found.values():
        numbers[row.week.year].append(row.week.number)
    wanted = Q(pk__in=[])
    for year, of_year in numbers.items():
        wanted |= Q(year=year, week__in=of_year)
    posts = Post.objects.filter(wanted).select_related("responsible").order_by("created_at", "pk")
    for post in posts:
        row = found[post.monday]
        planned = post.planned_at or row.week.publication
        is_live = post.state in LIVE_STATES
        shown = PlannedPost(post, is_live=is_live, is_late=False)
        reached = shown.actual_at or at
        is_late = reached > planned + GRACE
        row.posts.append(PlannedPost(post, is_live=is_live, is_late=is_late))


def _add_newsletters(
    found: dict[datetime.date, CalendarWeek], first: datetime.date, last: datetime.date
) -> None:
    start = timezone.make_aware(datetime.datetime.combine(first, datetime.time()))
    end = timezone.make_aware(datetime.datetime.combine(last, datetime.time.max))
    rows = Newsletter.objects.filter(
        Q(started_at__range=(start, end))
        | Q(started_at=None, scheduled_at__range=(start, end))
        | Q(started_at=None, scheduled_at=None, created_at__range=(start, end))
    )
    for newsletter in rows.order_by("created_at", "pk"):
        moment = newsletter.started_at or newsletter.scheduled_at or newsletter.created_at
        day = timezone.localdate(moment)
        entry = Entry(
            day=day,
            title=newsletter.title,
            url=reverse("admin:mailings_newsletter_change", args=[newsletter.pk]),
            note=newsletter.get_state_display(),
        )
        found[day - datetime.timedelta(days=day.weekday())].newsletters.append(entry)
