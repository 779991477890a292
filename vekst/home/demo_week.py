"""
What happened this week, as an example: enough for the weekly post to have proposals, some of them taken.

Everything is dated to the beginning of the week, or to now when the week has hardly begun.
"""

import datetime

from django.db import transaction
from django.utils import timezone

from members.companies.demo import synthetic_orgnrs
from members.companies.models import (
    Company,
    Forum,
    Industry,
    Meeting,
    MeetingState,
    Membership,
)
from members.posts import proposals
from members.posts.models import Post
from members.posts.proposals import Week
from projects.bypuls.models import Event, EventStatus, Publication, Topic
from projects.kompetanse.models import StudyProgramme
from projects.portfolio.models import Measure, MeasureState, MeasureUpdate

SLUG = "morgenkaffe-med-naboene-eksempel"
MEMBER_SLUG = "eksempel-kaffebrenneri"
# Taken into the post of this week and the one before: so many of each kind, the others wait.
TAKEN = {"event-held": 1, "meeting-held": 1, "event-coming": 1}


@transaction.atomic
def load(*, at: datetime.datetime) -> None:
    """Write news of this week and take some of it into the posts. A second run changes nothing."""
    if Event.objects.filter(slug=SLUG).exists():
        return
    week = Week(timezone.localdate(at) - datetime.timedelta(days=timezone.localdate(at).weekday()))
    began = min(week.starts_at + datetime.timedelta(hours=8), at - datetime.timedelta(hours=3))
    _event(began)
    _meeting(began + datetime.timedelta(minutes=30))
    _member(week, at)
    _measure(week)
    programme = StudyProgramme.objects.public(at=at).filter(code="").order_by("-pk").first()
    if programme is not None:
        StudyProgramme.objects.filter(pk=programme.pk).update(
            published_at=max(began, week.starts_at)
        )
    for days in (0, 7):
        _take(week.monday - datetime.timedelta(days=days), at)


def _event(began: datetime.datetime) -> None:
    Event.objects.create(
        title="Eksempel: Morgenkaffe med naboene",
        slug=SLUG,
        summary="Kanelboller og korte historier fra dem som nettopp har flyttet hit.",
        starts_at=began,
        ends_at=began + datetime.timedelta(hours=1, minutes=30),
        place="Biblioteket, Krona",
        organiser="Eksempel velforening",
        topic=Topic.SOCIAL,
        takes_signups=False,
        publication=Publication.PUBLISHED,
        published_at=began - datetime.timedelta(days=14),
        created_at=began - datetime.timedelta(days=15),
        changed_at=began - datetime.timedelta(days=14),
        status=EventStatus.HELD,
        attendance=34,
        is_example=True,
    )


def _meeting(began: datetime.datetime) -> None:
    forum = Forum.objects.filter(is_closed=False).order_by("rank", "pk").first()
    if forum is not None:
        Meeting.objects.create(
            forum=forum,
            starts_at=began,
            ends_at=began + datetime.timedelta(hours=1),
            place="Krona",
            agenda="Eksempel: Lærlingplasser til høsten\nEksempel: Felles innkjøp av verneutstyr",
            is_public=True,
            state=MeetingState.HELD,
        )


def _member(week: Week, at: datetime.datetime) -> None:
    taken = set(Company.objects.values_list("orgnr", flat=True)) | {"310000027"}
    free = (number for number in synthetic_orgnrs(100) if number not in taken)
    company = Company.objects.create(
        slug=MEMBER_SLUG,
        orgnr=next(free),
        name="Eksempel Kaffebrenneri AS",
        industry=Industry.HOSPITALITY,
        description="Vi brenner kaffe i et gammelt smiebygg, og holder kurs for dem som vil lære. "
        "Bedriften er et eksempel.",
    )
    Membership.objects.create(company=company, since_date=week.monday, note="Eksempel")


def _measure(week: Week) -> None:
    measure = (
        Measure.objects.filter(plan__published_at__isnull=False, state=MeasureState.ONGOING)
        .order_by("plan_id", "number")
        .first()
    )
    if measure is not None:
        MeasureUpdate.objects.create(
            measure=measure,
            happened_on=week.monday,
            text="Eksempel: Arbeidsgruppa har møttes for første gang og delt oppgavene mellom seg.",
        )


def _take(monday: datetime.date, at: datetime.datetime) -> None:
    """Take the first proposals of some kinds into the post of that week."""
    year, number, _day = monday.isocalendar()
    post = Post.objects.filter(year=year, week=number).first()
    if post is None:
        return
    left, sources = dict(TAKEN), []
    for group in proposals.offers_for(post, at=at):
        for offer in group.offers:
            kind = offer.proposal.source.partition(":")[0]
            if left.get(kind):
                left[kind] -= 1
                sources.append(offer.proposal.source)
    proposals.take(post=post, sources=sources, at=at, by=None)
