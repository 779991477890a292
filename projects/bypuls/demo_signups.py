"""Demo content: what sign-up can look like. Members first, a forum, questions, interest, a queue with an offer."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from members.companies.models import Company, Forum
from projects.bypuls.models import (
    Admission,
    Answer,
    AttendeeList,
    Event,
    Invitation,
    Publication,
    Question,
    QuestionKind,
    SignUp,
    SignUpState,
    Topic,
    Venue,
)

NOTE = "Arrangementet er oppdiktet og viser hvordan portalen virker."
# So many companies send somebody.
SHOWN = 6
OTHER_ANSWERS: dict[str, list[str]] = {QuestionKind.YES_NO: ["Ja", "Nei"]}


@dataclass(frozen=True)
class DemoSignUp:
    """
    One invented event. `parties` are (state, people in each), in the order in which they signed up.

    `days` and `hour` tell when it starts, counted from the day of loading.
    """

    slug: str
    title: str
    title_en: str
    summary: str
    summary_en: str
    days: int
    hour: int
    venue: str
    place: str
    topic: str
    parties: Sequence[tuple[SignUpState, int]] = ()
    questions: Sequence[Mapping[str, Any]] = ()
    event: Mapping[str, Any] = field(default_factory=dict)


SEAT, WAITS = SignUpState.ATTENDING, SignUpState.WAITING
EVENTS = (
    DemoSignUp(
        slug="medlemsfrokost-lokale-innkjop",
        title="Medlemsfrokost om lokale innkjøp",
        title_en="Members' breakfast on buying locally",
        summary="Hva kan bedriftene kjøpe av hverandre? Medlemmer melder seg på først, høyst tre fra hver.",
        summary_en="What can companies buy from each other? Members sign up first, three at most from each.",
        days=12,
        hour=8,
        venue="knf",
        place="Møterommet i første etasje",
        topic=Topic.BUSINESS,
        parties=[(SEAT, 1)] * SHOWN,
        event={
            "capacity": 30,
            "waiting_list_capacity": 10,
            "asks_company": True,
            "max_per_company": 3,
            "asks_diet": True,
            "attendee_list": AttendeeList.PUBLIC,
        },
    ),
    DemoSignUp(
        slug="industrilederforum-desembermote",
        title="Industrilederforum: neste års satsinger",
        title_en="Industry leaders' forum: next year's priorities",
        summary="For dem som har plass i forumet, og noen få inviterte.",
        summary_en="For those with a seat in the forum, and a few who are invited.",
        days=16,
        hour=13,
        venue="kongsberg-teknologipark",
        place="Møterom 2",
        topic=Topic.BUSINESS,
        event={"capacity": 25, "attendee_list": AttendeeList.PARTICIPANTS},
    ),
    DemoSignUp(
        slug="verksted-robotikk-for-smabedrifter",
        title="Verksted: robotikk for små bedrifter",
        title_en="Workshop: robotics for small companies",
        summary="Ta med et problem fra egen bedrift, og prøv det på en robot samme dag.",
        summary_en="Bring a problem from your own company, and try it on a robot the same day.",
        days=19,
        hour=10,
        venue="kongsberg-teknologipark",
        place="Verkstedet",
        topic=Topic.TECHNOLOGY,
        parties=[(SEAT, 1), (SEAT, 2), (SEAT, 1)],
        questions=[
            {
                "text": "Hvilken rolle har du?",
                "purpose": "Så hver gruppe får noen som kan maskinene.",
                "kind": QuestionKind.CHOICE,
                "options": "Operatør\nIngeniør\nLeder\nAnnet",
                "is_required": True,
            },
            {
                "text": "Hva vil du prøve?",
                "purpose": "Så vi setter fram riktige roboter.",
                "kind": QuestionKind.CHOICES,
                "options": "Plukking\nSveising\nKvalitetskontroll",
            },
            {
                "text": "Hvilket problem tar du med?",
                "purpose": "Veilederne leser det på forhånd.",
                "kind": QuestionKind.LONG_TEXT,
            },
            {
                "text": "Kommer du med bil?",
                "purpose": "Så vi vet hvor mange som trenger adgang til parkeringen.",
                "kind": QuestionKind.YES_NO,
                "is_required": True,
            },
        ],
        event={"capacity": 16, "waiting_list_capacity": 6, "asks_diet": True, "max_group_size": 3},
    ),
    DemoSignUp(
        slug="samling-for-partnere-til-tilflyttere",
        title="Samling for partnere til tilflyttere",
        title_en="Gathering for partners of newcomers",
        summary="Vi finner en dato som passer for mange. Er det noe for deg?",
        summary_en="We will find a date that suits many. Is it something for you?",
        days=120,
        hour=18,
        venue="biblioteket",
        place="Peisestua",
        topic=Topic.SOCIAL,
        parties=[(SignUpState.INTERESTED, 1), (SignUpState.INTERESTED, 2)],
        event={"is_date_set": False, "date_note": "En kveld på nyåret", "capacity": 30},
    ),
    DemoSignUp(
        slug="lefsebaking-for-nye-kongsbergere",
        title="Lefsebaking for nye kongsbergere",
        title_en="Baking lefse for newcomers",
        summary="Fullt, med noen som venter. Den første i køen er tilbudt plass og har en frist.",
        summary_en="Full, with some who wait. The first in the queue is offered a seat with a deadline.",
        days=10,
        hour=17,
        venue="kafe-eksempel",
        place="Kjøkkenet",
        topic=Topic.FOOD,
        parties=[*[(SEAT, 2)] * 5, (SignUpState.OFFERED, 2), (WAITS, 1), (WAITS, 2), (WAITS, 1)],
        event={"capacity": 12, "waiting_list_capacity": 8, "asks_diet": True},
    ),
)


def load(venues: Mapping[str, Venue], *, at: dt.datetime) -> None:
    """Write the events. What is there stays."""
    for demo in EVENTS:
        if not Event.objects.filter(slug=demo.slug).exists():
            _event(demo, venues.get(demo.venue), at)


def _event(demo: DemoSignUp, venue: Venue | None, at: dt.datetime) -> None:
    day = timezone.localdate(at) + dt.timedelta(days=demo.days)
    starts_at = timezone.make_aware(dt.datetime.combine(day, dt.time(demo.hour)))
    event = Event.objects.create(
        slug=demo.slug,
        title=demo.title,
        summary=demo.summary,
        description=f"{demo.summary}\n\n{NOTE}",
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(hours=2),
        venue=venue,
        place=demo.place,
        organiser="Vekst i Kongsberg",
        topic=demo.topic,
        takes_signups=True,
        is_example=True,
        publication=Publication.PUBLISHED,
        published_at=at,
        created_at=at,
        changed_at=at,
        **_in_english(demo),
        **_for_whom(demo, at),
        **demo.event,
    )
    questions = [
        Question.objects.create(event=event, position=number, **question)
        for number, question in enumerate(demo.questions, start=1)
    ]
    _sign_ups(event, demo.parties, questions, at)
    if event.admission == Admission.FORUM:
        # Somebody who has no seat in the forum and is asked all the same; the address is nobody's.
        Invitation.objects.create(
            event=event, name="Ida Eksempel", email="ida.invitert@example.no", created_at=at
        )


def _in_english(demo: DemoSignUp) -> dict[str, Any]:
    return {"title_en": demo.title_en, "summary_en": demo.summary_en}


def _for_whom(demo: DemoSignUp, at: dt.datetime) -> dict[str, Any]:
    if "max_per_company" in demo.event:
        return {"members_first_until": at + dt.timedelta(days=5)}
    forum = Forum.objects.filter(slug=demo.slug.partition("-")[0]).first()
    return {"admission": Admission.FORUM, "forum": forum} if forum else {}


def _sign_ups(
    event: Event,
    parties: Sequence[tuple[SignUpState, int]],
    questions: Sequence[Question],
    at: dt.datetime,
) -> None:
    """Write the sign-ups without mail: nobody with these addresses exists."""
    companies = list(Company.objects.public(at=at).order_by("pk")[:SHOWN])
    queued = 0
    for number, (state, size) in enumerate(parties, start=1):
        in_queue = state in (SignUpState.OFFERED, SignUpState.WAITING)
        queued += in_queue
        company = companies[number % len(companies)] if event.asks_company and companies else None
        signup = SignUp(
            event=event,
            name=f"Eksempel Deltaker {number}",
            email=f"deltaker{number}.{event.slug}@example.no",
            size=size,
            company=company,
            shows_name=event.attendee_list != AttendeeList.HIDDEN,
            state=state,
            queue_number=queued if in_queue else None,
            created_at=at - dt.timedelta(days=1),
            wants_reminder=False,
        )
        if state == SignUpState.OFFERED:
            signup.offered_size, signup.offered_at = size, at
            signup.offer_expires_at = at + dt.timedelta(hours=24)
        signup.save()
        Answer.objects.bulk_create(
            Answer(signup=signup, question=question, text=options[number % len(options)])
            for question in questions
            if (options := question.choices or OTHER_ANSWERS.get(question.kind))
        )
    _count(event, parties, queued)


def _count(event: Event, parties: Sequence[tuple[SignUpState, int]], queued: int) -> None:
    taken = (SignUpState.ATTENDING, SignUpState.OFFERED)
    Event.objects.filter(pk=event.pk).update(
        seats_taken=sum(size for state, size in parties if state in taken),
        waiting_taken=sum(size for state, size in parties if state == SignUpState.WAITING),
        queue_counter=queued,
    )
