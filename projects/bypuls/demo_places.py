"""Demo content of places: invented ones with hours, exceptions, rooms, photos, a contact and a queue of proposals."""

import datetime as dt
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from members.posts.demo_pictures import paint
from projects.bypuls.models import (
    MeetingRoom,
    OpeningException,
    OpeningHours,
    ProposalKind,
    Venue,
    VenueContact,
    VenuePhoto,
    VenueProposal,
)
from projects.bypuls.models.opening_hours import read_spans, write_spans
from projects.bypuls.places import fields
from projects.bypuls.places.keeping import answer_by

CONTACT = "kafe@example.no"
NOTE = "Åpningstidene er et eksempel."
# Weekdays from Monday: hours as people write them.
PLACES: tuple[dict[str, Any], ...] = (
    {
        "slug": "bakeriet-eksempel",
        "name": "Bakeriet Eksempel",
        "kind": "serving",
        "summary": "Surdeigsbrød, boller og kaffe fra klokka sju.",
        "summary_en": "Sourdough bread, buns and coffee from seven o’clock.",
        "address": "Eksempelgata 3",
        "latitude": "59.66720",
        "longitude": "9.64810",
        "offers": ["coffee", "lunch", "takeaway", "vegetarian", "children"],
        "price_level": 1,
        "has_step_free_entrance": True,
        "has_accessible_toilet": False,
        "holiday_rule": "closed",
        "hours": ["07-17", "07-17", "07-17", "07-17", "07-17", "08-16", ""],
    },
    {
        "slug": "baren-eksempel",
        "name": "Baren Eksempel",
        "kind": "serving",
        "summary": "Quiz på torsdag, konsert på fredag og uteservering om sommeren.",
        "summary_en": "Quiz on Thursdays, concerts on Fridays, and outdoor seating in summer.",
        "address": "Eksempelgata 9",
        "latitude": "59.66640",
        "longitude": "9.64590",
        "offers": ["bar", "dinner", "outdoor"],
        "price_level": 2,
        "holiday_rule": "",
        "hours": ["", "", "17-23", "17-24", "16-02", "14-02", ""],
    },
    {
        "slug": "motestedet-eksempel",
        "name": "Møtestedet Eksempel",
        "kind": "meeting",
        "summary": "Møterom og arbeidsplasser midt i byen, gratis for lag og foreninger på kveldstid.",
        "summary_en": "Meeting rooms and desks in the centre, free for clubs in the evening.",
        "address": "Eksempelplassen 1",
        "latitude": "59.66900",
        "longitude": "9.64990",
        "offers": ["wifi", "rooms", "coffee"],
        "has_step_free_entrance": True,
        "has_lift": True,
        "has_accessible_toilet": True,
        "has_hearing_loop": True,
        "accessibility_note": "Heisen går fra inngangen mot elva.",
        "holiday_rule": "appointment",
        "hours": ["08-21", "08-21", "08-21", "08-21", "08-16", "", ""],
    },
)
ROOMS = (
    (
        "Sølvsalen",
        60,
        ["screen", "sound", "hearing-loop", "catering"],
        "Bestill senest to dager før.",
    ),
    ("Gruva", 12, ["screen", "video", "whiteboard"], ""),
    ("Stollen", 4, ["video"], "Bare å sette seg, hvis det er ledig."),
)
PHOTOS = (
    ("evening", 31, "Tegnet landskap i kveldslys: åser og grantrær"),
    ("winter", 32, "Tegnet landskap om vinteren: snø på åsene"),
    ("autumn", 33, "Tegnet landskap om høsten: gule åser"),
)


def load(*, at: dt.datetime) -> None:
    """Write the places relative to `at`. What is there stays."""
    for row in PLACES:
        _place(row, at)
    meeting = Venue.objects.get(slug="motestedet-eksempel")
    for name, capacity, equipment, how in ROOMS:
        MeetingRoom.objects.get_or_create(
            venue=meeting,
            name=name,
            defaults={"capacity": capacity, "equipment": equipment, "how_to_book": how},
        )
    cafe = Venue.objects.filter(slug="kafe-eksempel", contacts=None).first()
    if cafe is not None:
        _keep(cafe, at)


def _place(row: dict[str, Any], at: dt.datetime) -> None:
    given = {name: value for name, value in row.items() if name != "hours"}
    venue, created = Venue.objects.get_or_create(
        slug=row["slug"],
        defaults=given
        | {
            "postal_code": "3616",
            "postal_place": "Kongsberg",
            "hours_note": NOTE,
            "is_example": True,
            "published_at": at,
        },
    )
    if created:
        OpeningHours.objects.bulk_create(
            OpeningHours(venue=venue, weekday=day, opens=opens, closes=closes)
            for day, text in enumerate(row["hours"])
            for opens, closes in read_spans(text)
        )


def _keep(cafe: Venue, at: dt.datetime) -> None:
    """Give the café a contact, Christmas, pictures, and a proposal and a tip that wait for an answer."""
    Venue.objects.filter(pk=cafe.pk).update(
        offers=["coffee", "lunch", "vegetarian", "outdoor", "wifi"],
        price_level=1,
        holiday_rule="closed",
        phone="32000000",
        contact_email=CONTACT,
    )
    cafe.refresh_from_db()
    VenueContact.objects.create(
        venue=cafe, email=CONTACT, name="Eksempel Kontakt", is_trusted=True, added_at=at
    )
    _christmas(cafe, at)
    for position, (palette, seed, alt) in enumerate(PHOTOS):
        is_waiting = position == len(PHOTOS) - 1
        VenuePhoto.objects.create(
            venue=cafe,
            picture=ContentFile(paint(palette=palette, seed=seed), f"eksempel-sted-{seed}.jpg"),
            alt=alt,
            credit="Tegnet for portalen",
            position=position,
            sent_at=at if is_waiting else None,
            sent_by=CONTACT if is_waiting else "",
            approved_at=None if is_waiting else at,
        )
    week = fields.week_of(cafe)
    wanted = {
        "summary_nb": "Kaffe, kaker og varm lunsj i lune lokaler ved elva.",
        fields.HOURS: [*week[:5], write_spans(read_spans("10-18")), week[6]],
        "has_hearing_loop": True,
    }
    sent = at - dt.timedelta(days=1)
    common = {"venue": cafe, "submitted_at": sent, "answer_by": answer_by(sent)}
    VenueProposal.objects.create(
        **common,
        kind=ProposalKind.CHANGE,
        changes=fields.difference(cafe, wanted, at=at),
        message="Vi har fått teleslynge, og holder lenger åpent på lørdager.",
        sender_name="Eksempel Kontakt",
        sender_email=CONTACT,
    )
    VenueProposal.objects.create(
        **common, kind=ProposalKind.TIP, message="Inngangen er flyttet til hjørnet. (Eksempel)"
    )


def _christmas(cafe: Venue, at: dt.datetime) -> None:
    """Exceptions around the next Christmas, and a day in the coming week so that the page shows one."""
    today = timezone.localdate(at)
    year = today.year
    OpeningException.objects.bulk_create(
        [
            OpeningException(
                venue=cafe,
                first_date=dt.date(year, 12, 24),
                last_date=dt.date(year, 12, 26),
                kind="closed",
                note="Jul",
            ),
            OpeningException(
                venue=cafe,
                first_date=dt.date(year, 12, 31),
                last_date=dt.date(year, 12, 31),
                kind="hours",
                hours="10:00-14:00",
                note="Nyttårsaften",
            ),
            OpeningException(
                venue=cafe,
                first_date=today + dt.timedelta(days=3),
                last_date=today + dt.timedelta(days=3),
                kind="hours",
                hours="10:00-15:00",
                note="Eksempel: privat selskap på kvelden",
            ),
        ]
    )
