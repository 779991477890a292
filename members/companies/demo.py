"""Invented members, the real forums with invented seats, meetings around now, minutes of two of them."""

import datetime

from django.db import transaction
from django.utils import timezone

from members.accounts.models import User
from members.companies.demo_texts import COMPANIES, FORUMS, CompanyText, ForumText
from members.companies.models import (
    Company,
    Contact,
    ContactRole,
    Forum,
    Meeting,
    MeetingState,
    Membership,
    Minutes,
    MinutesItem,
    MinutesVisibility,
    Seat,
)
from members.companies.orgnr import is_valid_orgnr

# The accounts of a local installation, made by `vekst.preparation` before this.
CONTACT_EMAIL = "bedrift@eksempel.no"
EDITOR_EMAIL = "redaktor@eksempel.no"
# The number of the documented example of Enhetsregisteret; numbers from 31 are never issued.
FIRST_ORGNR = 310_000_019


def synthetic_orgnrs(count: int) -> list[str]:
    """Return the first `count` valid numbers of those that are never issued."""
    found: list[str] = []
    number = FIRST_ORGNR
    while len(found) < count:
        if is_valid_orgnr(str(number)):
            found.append(str(number))
        number += 1
    return found


@transaction.atomic
def load(*, at: datetime.datetime) -> None:
    """Write companies, forums, meetings and minutes that are missing."""
    companies = {}
    # The second number belongs to the documented example of a deleted company.
    numbers = [orgnr for orgnr in synthetic_orgnrs(len(COMPANIES) + 1) if orgnr != "310000027"]
    for position, (text, orgnr) in enumerate(zip(COMPANIES, numbers, strict=False)):
        companies[text.slug] = _company(text, orgnr, position, at=at)
    person = User.objects.filter(email=CONTACT_EMAIL).first()
    if person is not None:
        for role in (ContactRole.EDITOR, ContactRole.DELEGATE):
            Contact.objects.get_or_create(
                company=companies["eksempel-teknologi"],
                user=person,
                role=role,
                defaults={"since_date": datetime.date(2024, 1, 1)},
            )
    secretary = User.objects.filter(email=EDITOR_EMAIL).first()
    for rank, forum_text in enumerate(FORUMS):
        _forum(forum_text, rank, companies, person, secretary, at=at)


def _company(text: CompanyText, orgnr: str, position: int, *, at: datetime.datetime) -> Company:
    company, created = Company.objects.get_or_create(
        slug=text.slug,
        defaults={
            "orgnr": orgnr,
            "name": text.name,
            "industry": text.industry,
            "description_nb": text.nb,
            "description_en": text.en or None,
            "website": "https://www.example.no" if text.nb else "",
            "nace_code": text.nace[0],
            "nace_text": text.nace[1],
            "nace_version": "SN2007",
            "employees": text.employees,
            "municipality_number": "3303",
            "organisation_form": "AS",
        },
    )
    if created:
        since = datetime.date(timezone.localdate(at).year - 1 - position % 9, 1 + position % 12, 1)
        Membership.objects.create(company=company, since_date=since, note="Eksempel")
    return company


def _forum(
    text: ForumText,
    rank: int,
    companies: dict[str, Company],
    person: User | None,
    secretary: User | None,
    *,
    at: datetime.datetime,
) -> None:
    forum, created = Forum.objects.get_or_create(
        slug=text.slug,
        defaults={
            "name": text.name,
            "is_closed": text.is_closed,
            "meeting_rhythm": text.rhythm,
            "summary_nb": text.summary,
            "summary_en": text.summary_en,
            "mandate_nb": text.mandate,
            "mandate_en": text.mandate_en,
            "rank": rank,
            "secretary": None if text.is_closed else secretary,
        },
    )
    if not created:
        return
    for number, slug in enumerate(text.seats):
        Seat.objects.create(
            forum=forum,
            company=companies[slug],
            delegate=person if slug == "eksempel-teknologi" else None,
            is_chair=number == 0,
            shown_by_consent=not text.is_closed and number < 5,
            since_date=datetime.date(2024, 1, 1),
        )
    _meetings(forum, rank, at=at)
    if forum.slug == "forum-for-bygg-anlegg-og-eiendom":
        _public_minutes(forum, at=at)
    if forum.slug == "topplederforum":
        _closed_minutes(forum, at=at)


def _meetings(forum: Forum, rank: int, *, at: datetime.datetime) -> None:
    for weeks in (2, 9):
        morning = _morning(at, days=7 * weeks + rank)
        Meeting.objects.create(
            forum=forum,
            starts_at=morning,
            ends_at=morning + datetime.timedelta(hours=1, minutes=30),
            place="Krona",
            agenda="Eksempel: Status fra bedriftene\nEksempel: Det vi skal gjøre sammen til neste gang",
            is_public=not forum.is_closed,
        )


def _morning(at: datetime.datetime, *, days: int) -> datetime.datetime:
    """Return 08.00 local time that many days from now, moved from weekends to Monday."""
    day = timezone.localtime(at) + datetime.timedelta(days=days)
    day += datetime.timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)
    return day.replace(hour=8, minute=0, second=0, microsecond=0)


def _held(forum: Forum, *, at: datetime.datetime) -> Meeting:
    morning = _morning(at, days=-30)
    return Meeting.objects.create(
        forum=forum,
        starts_at=morning,
        ends_at=morning + datetime.timedelta(hours=2),
        place="Krona",
        state=MeetingState.HELD,
        is_public=not forum.is_closed,
    )


def _public_minutes(forum: Forum, *, at: datetime.datetime) -> None:
    minutes = Minutes.objects.create(
        meeting=_held(forum, at=at),
        title="Eksempel: Lærlinger og utplassering",
        text="Møtet handlet om hvordan flere kan få prøve fagene før de velger.",
        visibility=MinutesVisibility.PUBLIC,
        approved_at=at - datetime.timedelta(days=20),
    )
    items = [
        (
            "Utplassering på VG1",
            "Fire bedrifter tar imot to elever hver i to uker. Skolen setter opp listen.",
            False,
        ),
        (
            "Lærlingplasser til høsten",
            "Forumet samler tallene fra bedriftene før jul, så elevene vet hvor det er plass.",
            False,
        ),
        ("Økonomien i et medlem", "Behandlet for lukkede dører.", True),
    ]
    for number, (title, text, is_confidential) in enumerate(items, start=1):
        MinutesItem.objects.create(
            minutes=minutes,
            number=number,
            title=title,
            text=text,
            is_confidential=is_confidential,
        )


def _closed_minutes(forum: Forum, *, at: datetime.datetime) -> None:
    minutes = Minutes.objects.create(
        meeting=_held(forum, at=at),
        title="Eksempel: Status for fellesprosjektene",
        text="Et oppdiktet referat som bare de med plass i forumet kan lese.",
        approved_at=at - datetime.timedelta(days=15),
    )
    MinutesItem.objects.create(
        minutes=minutes,
        number=1,
        title="Boliger til nye ansatte",
        text="Bedriftene legger sammen hvor mange de venter å ansette de neste to årene.",
    )
