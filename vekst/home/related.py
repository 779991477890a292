"""The events and projects that go with a weekly post."""

import datetime

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from members.posts.models import CardKind, Post
from members.posts.related import RELATED, PointsAt, RelatedGroup, RelatedThing
from projects.bypuls.models import Event, EventStatus
from projects.portfolio.models import Project
from vekst.formats import moment_text
from vekst.languages import foreign_language

MOST_EVENTS = 6
MOST_PROJECTS = 4


def events_of(post: Post, points_at: PointsAt, at: datetime.datetime) -> RelatedGroup:
    """Return other events of that week, in order of time: those that the pieces tell of stand there. One query."""
    start = timezone.make_aware(datetime.datetime.combine(post.monday, datetime.time()))
    of_the_week = Q(
        starts_at__gte=start, starts_at__lt=start + datetime.timedelta(days=7), is_date_set=True
    ) & ~Q(status__in=[EventStatus.CANCELLED, EventStatus.POSTPONED])
    found = (
        Event.objects.public(at)
        .filter(of_the_week)
        .exclude(_told_events(points_at))
        .select_related("venue")
        .order_by("starts_at", "pk")[:MOST_EVENTS]
    )
    return RelatedGroup(
        heading=_("Andre arrangementer denne uka"),
        items=[_event(event) for event in found],
        more_label=_("Alle arrangementer"),
        more_url=reverse("bypuls:event_list"),
    )


def projects_of(post: Post, points_at: PointsAt, at: datetime.datetime) -> RelatedGroup:
    """
    Return the projects that the pieces name, and those that carry the events they tell of. One query.

    A project that stands there as a card is not repeated.
    """
    of_events = Event.objects.public(at).filter(_told_events(points_at)).values("project")
    found: QuerySet[Project] = Project.objects.public(at).filter(
        Q(slug__in=points_at.slugs("portfolio:project")) | Q(pk__in=of_events)
    )
    return RelatedGroup(
        heading=_("Prosjekter"),
        items=[
            RelatedThing(
                title=project.title,
                url=project.get_absolute_url(),
                about=project.get_main_project_display(),
                language=foreign_language(project, "title"),
            )
            for project in found.exclude(pk__in=points_at.carded(CardKind.PROJECT)).order_by(
                "title", "pk"
            )[:MOST_PROJECTS]
        ],
        more_label=_("Hele programmet"),
        more_url=reverse("portfolio:programme"),
    )


def _told_events(points_at: PointsAt) -> Q:
    """Those that the pieces link to, were proposed from, or show as a card."""
    keys = [key for kind, key in points_at.sources if kind.startswith("event")]
    keys += points_at.carded(CardKind.EVENT)
    # The card of an event that was found to be another shows that one.
    merged = Event.objects.filter(pk__in=keys, replaced_by__isnull=False).values("replaced_by")
    return Q(slug__in=points_at.slugs("bypuls:event")) | Q(pk__in=keys) | Q(pk__in=merged)


def _event(event: Event) -> RelatedThing:
    when = moment_text(event.starts_at) if event.is_date_set else event.date_note
    return RelatedThing(
        title=event.title,
        url=event.get_absolute_url(),
        about=event.place_text,
        when=when,
        day=timezone.localdate(event.starts_at) if event.is_date_set else None,
        language=foreign_language(event, "title"),
    )


def register() -> None:
    """Tell the weekly post what goes with it."""
    RELATED["events"] = events_of
    RELATED["projects"] = projects_of
