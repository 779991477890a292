"""Demo content: events that the company contact runs, one today and one tomorrow, with people signed up."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from members.companies.models import Company
from projects.bypuls.models import (
    AttendeeList,
    DoorLink,
    Event,
    EventOrganiser,
    Publication,
    Question,
    QuestionKind,
    SignUp,
    SignUpState,
    Topic,
    Venue,
)
from projects.bypuls.signups import reminders

# The account of a local installation that speaks for a company.
ORGANISER = "bedrift@eksempel.no"
COMPANY = "eksempel-teknologi"
NOTE = "Arrangementet er oppdiktet og viser hvordan portalen virker."
# Invented first names, in the order in which they signed up, and the people in each party.
FIRST_NAMES = (
    *("Aisha", "Anders", "Bjørg", "Camilla", "Daniel", "Emil", "Fatima", "Gro", "Henrik", "Ingrid"),
    *("Jonas", "Kari", "Lars", "Maja", "Nora", "Ola", "Pernille", "Ragnhild", "Sondre", "Tuva"),
    *("Ulrik", "Vilde", "Yngve", "Øystein", "Åse"),
)
SIZES = (1, 1, 2, 1, 4, 1, 1, 3, 1, 2)


def load(venues: Mapping[str, Venue], *, at: dt.datetime) -> None:
    """Write the two events. What is there stays."""
    now = timezone.localtime(at)
    soon = now.replace(minute=0, second=0, microsecond=0) + dt.timedelta(hours=1)
    tomorrow = (now + dt.timedelta(days=1)).replace(hour=8, minute=0, second=0, microsecond=0)
    if not Event.objects.filter(slug="apen-lab-eksempel").exists():
        lab = _event(
            "apen-lab-eksempel",
            ("Åpen lab: se hva vi lager", "Open lab: see what we make"),
            ("Omvisning og kaffe i dag.", "A tour and coffee today."),
            soon,
            venues.get("kongsberg-teknologipark"),
            at,
        )
        _sign_ups(lab, at)
        _some_came(lab, at)
        DoorLink.objects.create(event=lab, label="Eksempel: frivillig ved døra", made_at=at)
    if not Event.objects.filter(slug="frokost-rekruttering-eksempel").exists():
        breakfast = _event(
            "frokost-rekruttering-eksempel",
            ("Frokost: slik finner vi nye kolleger", "Breakfast: how we find new colleagues"),
            ("Erfaringer fra tre bedrifter, i morgen tidlig.", "What three companies have learnt."),
            tomorrow,
            venues.get("krona"),
            at,
        )
        question = Question.objects.create(
            event=breakfast,
            kind=QuestionKind.CHOICE,
            text="Hva vil du høre mest om?",
            purpose="Vi bruker mest tid på det flest vil høre om",
            options="Lærlinger\nFolk utenfra\nÅ bli i byen",
        )
        for number, signup in enumerate(_sign_ups(breakfast, at)):
            answer = question.choices[number % len(question.choices)]
            question.answers.create(signup=signup, text=answer)
        reminders.add_default_rules(breakfast, at=at)


def _event(
    slug: str,
    titles: tuple[str, str],
    summaries: tuple[str, str],
    starts_at: dt.datetime,
    venue: Venue | None,
    at: dt.datetime,
) -> Event:
    event = Event.objects.create(
        slug=slug,
        title=titles[0],
        summary=summaries[0],
        description=f"{summaries[0]}\n\n{NOTE}",
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(hours=2),
        venue=venue,
        place="" if venue else "Resepsjonen",
        organiser="Eksempel Teknologi",
        company=Company.objects.filter(slug=COMPANY).first(),
        topic=Topic.BUSINESS,
        takes_signups=True,
        capacity=40,
        waiting_list_capacity=10,
        asks_diet=True,
        asks_company=True,
        attendee_list=AttendeeList.PARTICIPANTS,
        is_example=True,
        publication=Publication.PUBLISHED,
        published_at=at,
        created_at=at,
        changed_at=at,
        **_in_english(titles[1], summaries[1]),
    )
    EventOrganiser.objects.create(
        event=event, email=ORGANISER, name="Eksempel Bedriftskontakt", added_at=at
    )
    return event


def _in_english(title: str, summary: str) -> dict[str, Any]:
    return {"title_en": title, "summary_en": summary}


def _sign_ups(event: Event, at: dt.datetime) -> list[SignUp]:
    """Write the sign-ups without mail: nobody with these addresses exists."""
    companies = list(Company.objects.public(at=at).order_by("pk")[:5])
    taken = waiting = queued = 0
    made = []
    for number, name in enumerate(FIRST_NAMES):
        size = SIZES[number % len(SIZES)]
        has_seat = waiting == 0 and taken + size <= (event.capacity or 0)
        if not has_seat and waiting + size > event.waiting_list_capacity:
            continue
        taken, waiting = (taken + size, waiting) if has_seat else (taken, waiting + size)
        queued += not has_seat
        made.append(
            SignUp.objects.create(
                event=event,
                name=f"{name} Eksempel",
                email=f"deltaker{number}.{event.slug}@example.no",
                size=size,
                companions="\n".join(f"Følge {n} Eksempel" for n in range(1, size)),
                company=companies[number % len(companies)] if companies and number % 3 else None,
                diet="Nøtter" if number % 9 == 4 else "",
                shows_name=number % 2 == 0,
                state=SignUpState.ATTENDING if has_seat else SignUpState.WAITING,
                queue_number=None if has_seat else queued,
                wants_reminder=False,
                created_at=at - dt.timedelta(hours=60 - number),
            )
        )
    Event.objects.filter(pk=event.pk).update(
        seats_taken=taken, waiting_taken=waiting, queue_counter=queued
    )
    return made


def _some_came(event: Event, at: dt.datetime) -> None:
    """Check in the first few, as if the doors had just opened."""
    for signup in event.signups.attending().order_by("pk")[:4]:
        signup.checked_in_at, signup.checked_in_size = at, max(signup.size - 1, 1)
        signup.save(update_fields=["checked_in_at", "checked_in_size"])
