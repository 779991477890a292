"""Demo content: a breakfast meeting held last week, with who came, slides, minutes, pictures and a survey."""

import datetime as dt
import io
from collections.abc import Mapping
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image, ImageDraw, ImageFont

from projects.bypuls.events.survey import answer_key
from projects.bypuls.models import (
    Event,
    EventMaterial,
    EventPhoto,
    EventStatus,
    MaterialKind,
    Publication,
    ReminderRule,
    ReminderState,
    SignUp,
    SignUpState,
    SurveyAnswer,
    Topic,
    Venue,
)
from projects.bypuls.signups.reminders import add_default_rules
from projects.portfolio.models import Project

SLUG = "frokostmote-robotikk-i-sma-bedrifter"
SIGNED_UP, CAME = 34, 29
RATINGS = [5] * 9 + [4] * 7 + [3] * 3 + [2]
WORDS = {
    0: "Best var det å høre hva det kostet, og ikke bare hva det ga.",
    3: "Gjerne mer tid til spørsmål neste gang.",
    11: "God kaffe, og traff tre jeg ikke kjente fra før.",
}
PHOTOS = (
    (
        "evening",
        "Fullt møterom sett bakfra, med en robotarm på lerretet",
        "Fullt i salen fra klokka åtte.",
    ),
    ("noon", "Deltakere rundt et langbord", "Praten fortsatte over kaffen."),
)
# Wall, screen, people.
COLOURS = {
    "evening": ("#31506b", "#f6e7c8", "#0b1f33"),
    "noon": ("#9cc8bd", "#fdf6e3", "#0f4a40"),
}


def load(venues: Mapping[str, Venue], *, at: dt.datetime) -> None:
    """Write the event and what is left of it. What is there stays."""
    if Event.objects.filter(slug=SLUG).exists():
        return
    event = _event(venues.get("krona"), at)
    _people(event)
    _put_out(event)
    # Their mails have been sent, so to say: nobody with these addresses exists.
    rules = [rule.pk for rule in add_default_rules(event, at=event.created_at)]
    ReminderRule.objects.filter(pk__in=rules).update(
        state=ReminderState.DONE, settled_at=event.ends_at
    )


def _event(venue: Venue | None, at: dt.datetime) -> Event:
    day = timezone.localdate(at) - dt.timedelta(days=7)
    starts_at = timezone.make_aware(dt.datetime.combine(day, dt.time(8)))
    english: dict[str, Any] = {
        "title_en": "Breakfast meeting: robotics in small companies",
        "summary_en": "Two companies with fewer than ten employees told what their first robot cost and gave.",
    }
    summary = (
        "To bedrifter med under ti ansatte fortalte hva den første roboten kostet, og hva den ga."
    )
    return Event.objects.create(
        slug=SLUG,
        title="Frokostmøte: Robotikk i små bedrifter",
        summary=summary,
        description=f"{summary}\n\nArrangementet er oppdiktet og viser hvordan portalen virker.",
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(minutes=75),
        venue=venue,
        place="Møterom Sølvet",
        organiser="Vekst i Kongsberg",
        project=Project.objects.filter(slug="frokostmoter").first(),
        topic=Topic.BUSINESS,
        takes_signups=True,
        is_signup_over=True,
        capacity=40,
        seats_taken=SIGNED_UP,
        status=EventStatus.HELD,
        attendance=CAME,
        is_attendance_counted=True,
        is_example=True,
        publication=Publication.PUBLISHED,
        published_at=starts_at - dt.timedelta(days=30),
        created_at=starts_at - dt.timedelta(days=30),
        changed_at=starts_at,
        **english,
    )


def _people(event: Event) -> None:
    rows = SignUp.objects.bulk_create(
        SignUp(
            event=event,
            name=f"Eksempel Deltaker {number}",
            email=f"deltaker{number}.{event.slug}@example.no",
            state=SignUpState.ATTENDING,
            created_at=event.created_at,
            checked_in_at=event.starts_at if number <= CAME else None,
            checked_in_size=1 if number <= CAME else None,
        )
        for number in range(1, SIGNED_UP + 1)
    )
    SurveyAnswer.objects.bulk_create(
        SurveyAnswer(
            event=event,
            key=answer_key(rows[number].pk),
            rating=rating,
            would_come_again=rating > 2,
            text=WORDS.get(number, ""),
            answered_on=timezone.localdate(event.ends_at) + dt.timedelta(days=1),
        )
        for number, rating in enumerate(RATINGS)
    )


def _put_out(event: Event) -> None:
    given = {"event": event, "added_at": event.ends_at, "published_at": event.ends_at}
    slides = _slides("Robotikk i små bedrifter", "Hva kostet den?", "Hva ga den?")
    minutes = _slides("Referat: tre ting vi tok med oss")
    for kind, title, name, content in (
        (MaterialKind.SLIDES, "Lysark fra de to bedriftene", "lysark.pdf", slides),
        (MaterialKind.MINUTES, "Kort referat", "referat.pdf", minutes),
    ):
        EventMaterial.objects.create(
            kind=kind,
            title=title,
            file=ContentFile(content, name=name),
            file_name=name,
            size_bytes=len(content),
            **given,
        )
    for palette, alt, caption in PHOTOS:
        EventPhoto.objects.create(
            picture=ContentFile(_hall(palette), name=f"{palette}.jpg"),
            alt=alt,
            caption=caption,
            credit="Eksempel",
            consent_note="Oppdiktet: alle på bildet er spurt og har sagt ja.",
            consent_at=event.ends_at,
            **given,
        )


def _slides(*titles: str) -> bytes:
    """Return a PDF with one page for each title."""
    font = ImageFont.load_default(size=64)
    pages = []
    for title in titles:
        page = Image.new("RGB", (1280, 720), "#0f4a40")
        ImageDraw.Draw(page).text((90, 300), title, fill="#fdf6e3", font=font)
        pages.append(page)
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:])
    return out.getvalue()


def _hall(palette: str) -> bytes:
    """Return a drawing of a meeting room as JPEG: a screen, and rows of people seen from behind."""
    wall, screen, people = COLOURS[palette]
    picture = Image.new("RGB", (1200, 800), wall)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((330, 90, 870, 390), fill=screen)
    draw.line(
        [(520, 350), (520, 240), (640, 170), (720, 230)], fill=people, width=26, joint="curve"
    )
    for row, (top, size) in enumerate(((430, 34), (520, 46), (640, 64))):
        for x in range(60 + 55 * (row % 2), 1200, size * 3):
            draw.ellipse((x - size, top - size, x + size, top + size), fill=people)
            body = (x - size * 1.3, top + size * 0.8, x + size * 1.3, top + size * 5)
            draw.rounded_rectangle(body, radius=size, fill=people)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()
