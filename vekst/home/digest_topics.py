"""What is new on each topic of the gathered mail, read from the programme's apps."""

import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from members.mailings.digest_content import DIGEST_TOPICS
from members.mailings.models import Topic
from members.mailings.newsletter_content import Block, Item
from members.posts.models import Post
from projects.bypuls.models import CaseUpdate, Event, Venue
from projects.bypuls.models.choices import Audience as EventAudience
from projects.bypuls.models.choices import Topic as EventTopic
from projects.bypuls.models.event import EventQuerySet
from projects.digital_stemme.models import Home, Vacancy
from projects.kompetanse.models import StudyProgramme
from projects.ung.models import MeetingPlace
from vekst.formats import date_text
from vekst.home.newsletter import event_item

AHEAD = datetime.timedelta(days=10)
DEADLINES_AHEAD = datetime.timedelta(days=14)
MOST = 6


def weekly_post(since: datetime.datetime, at: datetime.datetime) -> Block:
    """Return the posts that were published."""
    posts = Post.objects.public(at=at).filter(published_at__gt=since)
    items = [
        Item(post.title, post.intro, post.get_absolute_url())
        for post in posts.order_by("-published_at", "-pk")[:MOST]
    ]
    return Block(_("Uka oppsummert"), items, _("Alle uker"), reverse("posts:post_list"))


def events(since: datetime.datetime, at: datetime.datetime) -> Block:
    """Return what happens in the coming days."""
    items = _event_items(_coming(at))
    return Block(_("Arrangementer"), items, _("Alle arrangementer"), reverse("bypuls:event_list"))


def homes(since: datetime.datetime, at: datetime.datetime) -> Block:
    """Return the homes that came."""
    found = Home.objects.public(at).filter(published_at__gt=since).for_list()
    items = [
        Item(home.title, "", home.get_absolute_url(), str(home.get_dwelling_display()))
        for home in found.order_by("-published_at", "-pk")[:MOST]
    ]
    return Block(_("Nye boliger"), items, _("Alle boliger"), reverse("digital_stemme:home_list"))


def jobs(since: datetime.datetime, at: datetime.datetime) -> Block:
    """Return the vacancies that came."""
    found = Vacancy.objects.public(at).filter(published_at__gt=since).for_list()
    items = [
        Item(job.title, "", job.get_absolute_url(), job.employer_name)
        for job in found.order_by("-published_at", "-pk")[:MOST]
    ]
    label, url = _("Alle ledige stillinger"), reverse("digital_stemme:vacancy_list")
    return Block(_("Nye stillinger"), items, label, url)


def town_life(since: datetime.datetime, at: datetime.datetime) -> Block:
    """Return new places, and what there is of culture, food and company in the coming days."""
    places = Venue.objects.public(at).filter(published_at__gt=since)
    items = [
        Item(place.name, place.summary, place.get_absolute_url(), _("Nytt sted"))
        for place in places.order_by("-published_at", "-pk")[:MOST]
    ]
    social = [EventTopic.CULTURE, EventTopic.FOOD, EventTopic.SOCIAL, EventTopic.TOWN]
    items += _event_items(_coming(at).filter(topic__in=social))
    return Block(_("Byliv"), items[:MOST], _("Steder i byen"), reverse("bypuls:venue_list"))


def transport(since: datetime.datetime, at: datetime.datetime) -> Block:
    """Return what happened in the cases of the transport forum, on whole days: today's may still be written."""
    found = (
        CaseUpdate.objects.filter(
            case__published_at__lte=at,
            date__gte=timezone.localdate(since),
            date__lt=timezone.localdate(at),
        )
        .select_related("case")
        .order_by("-date", "-pk")[:MOST]
    )
    page = reverse("bypuls:transport_forum")
    items = [
        Item(update.case.title, update.text, f"{page}#{update.case.slug}", date_text(update.date))
        for update in found
    ]
    return Block(_("Samferdsel"), items, _("Samferdselsforum"), page)


def young(since: datetime.datetime, at: datetime.datetime) -> Block:
    """Return new meeting places, and what is made for young people in the coming days."""
    places = MeetingPlace.objects.public(at=at).filter(published_at__gt=since)
    items = [
        Item(place.name, place.for_whom, place.get_absolute_url(), _("Nytt tilbud"))
        for place in places.order_by("-published_at", "-pk")[:MOST]
    ]
    audiences = [EventAudience.YOUNG, EventAudience.STUDENTS]
    items += _event_items(_coming(at).filter(audience__in=audiences))
    return Block(_("Ung i Kongsberg"), items[:MOST], _("Ung i Kongsberg"), reverse("ung:landing"))


def studies(since: datetime.datetime, at: datetime.datetime) -> Block:
    """Return new offers, and those whose deadline is near."""
    today = timezone.localdate(at)
    public = StudyProgramme.objects.public(at=at).select_related("provider")
    new = public.filter(published_at__gt=since).order_by("-published_at", "-pk")[:MOST]
    soon = public.filter(deadline_on__gte=today, deadline_on__lte=today + DEADLINES_AHEAD)
    programmes = {one.pk: one for one in [*soon.order_by("deadline_on", "pk")[:MOST], *new]}
    items = [
        Item(one.title, "", one.get_absolute_url(), _about(one))
        for one in list(programmes.values())[:MOST]
    ]
    url = reverse("kompetanse:programme_list")
    return Block(_("Studier og kompetanse"), items, _("Alle studier"), url)


def _about(programme: StudyProgramme) -> str:
    deadline = programme.deadline_on
    until = _("søknadsfrist %(day)s") % {"day": date_text(deadline)} if deadline else ""
    return " · ".join(filter(None, [programme.provider.name, until]))


def _coming(at: datetime.datetime) -> EventQuerySet:
    found = Event.objects.public(at).dated().taking_place()
    return found.filter(starts_at__gte=at, starts_at__lt=at + AHEAD)


def _event_items(found: EventQuerySet) -> list[Item]:
    return [
        event_item(event)
        for event in found.select_related("venue").order_by("starts_at", "pk")[:MOST]
    ]


def register() -> None:
    """Tell the gathered mail who knows each topic."""
    DIGEST_TOPICS.update(
        {
            Topic.WEEKLY: weekly_post,
            Topic.EVENTS: events,
            Topic.HOMES: homes,
            Topic.JOBS: jobs,
            Topic.TOWN_LIFE: town_life,
            Topic.TRANSPORT: transport,
            Topic.YOUNG: young,
            Topic.STUDIES: studies,
        }
    )
