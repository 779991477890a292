"""Forums that met or will meet, and companies that became members."""

import datetime

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from members.companies.access import meetings_for
from members.companies.models import Company, Meeting, MeetingState, Membership, Minutes
from members.posts.models import CardKind
from members.posts.proposals import MOST, Proposal, Week
from vekst.home.proposals.words import bullets, day, link_name, paragraphs, start

DAYS_AHEAD = 14


def meetings(week: Week, at: datetime.datetime) -> list[Proposal]:
    """Propose the meetings that strangers see: those of the week, and those to the end of the next."""
    is_told = Exists(Minutes.objects.public(at=at).filter(meeting=OuterRef("pk")))
    found = (
        meetings_for(AnonymousUser(), at=at)
        .exclude(state=MeetingState.CANCELLED)
        .filter(starts_at__gte=week.starts_at, starts_at__lt=week.midnight(DAYS_AHEAD))
        .select_related("forum", "minutes")
        .annotate(has_public_minutes=is_told)
        .order_by("starts_at", "pk")
    )
    proposals = []
    for meeting in found[:MOST]:
        is_over = meeting.state == MeetingState.HELD or (meeting.ends_at or meeting.starts_at) <= at
        if is_over and meeting.starts_at < week.ends_at:
            proposals.append(_held(meeting, week))
        elif not is_over and meeting.starts_at > at:
            proposals.append(_coming(meeting, week))
    return proposals


def _held(meeting: Meeting, week: Week) -> Proposal:
    # Annotated above, which the types do not follow.
    has_minutes: bool = meeting.has_public_minutes  # type: ignore[attr-defined]
    agenda = _agenda(meeting)
    text = paragraphs(f"{meeting.forum} møttes {day(meeting.starts_at)}.")
    return Proposal(
        source=f"meeting-held:{meeting.pk}",
        heading=f"{meeting.forum} møttes",
        text=text + (paragraphs("På sakslista:") + bullets(agenda) if agenda else ""),
        note=day(meeting.starts_at).capitalize()
        + (" · referatet er offentlig" if has_minutes else ""),
        link_path=meeting.minutes.get_absolute_url()
        if has_minutes
        else meeting.forum.get_absolute_url(),
        link_label=link_name("Referat fra" if has_minutes else "Om", meeting.forum.name),
        weekday=week.weekday_of(meeting.starts_at),
        forum_id=meeting.forum_id,
    )


def _coming(meeting: Meeting, week: Week) -> Proposal:
    agenda = _agenda(meeting)
    where = f", {meeting.place}" if meeting.place else ""
    text = paragraphs(f"{meeting.forum} møtes {start(meeting.starts_at)}{where}.")
    return Proposal(
        source=f"meeting-coming:{meeting.pk}",
        heading=f"{meeting.forum} møtes {day(meeting.starts_at)}",
        text=text + (paragraphs("På sakslista:") + bullets(agenda) if agenda else ""),
        note=start(meeting.starts_at).capitalize(),
        link_path=meeting.forum.get_absolute_url(),
        link_label=link_name("Om", meeting.forum.name),
        weekday=week.weekday_of(meeting.starts_at),
        forum_id=meeting.forum_id,
    )


def _agenda(meeting: Meeting) -> list[str]:
    lines = (line.strip().lstrip("-•*").strip() for line in meeting.agenda.splitlines())
    return [line for line in lines if line][:10]


def new_members(week: Week, at: datetime.datetime) -> list[Proposal]:
    """Propose a welcome to each company whose first membership began in the week, once it is in the directory."""
    earlier = Membership.objects.filter(
        company=OuterRef("company"), since_date__lt=OuterRef("since_date")
    )
    found = (
        Membership.objects.filter(
            ~Exists(earlier),
            Exists(Company.objects.public(at=at).filter(pk=OuterRef("company_id"))),
            since_date__gte=week.monday,
            since_date__lte=min(week.sunday, timezone.localdate(at)),
        )
        .select_related("company")
        .order_by(F("since_date"), "pk")
    )
    return [_welcome(membership, week) for membership in found[:MOST]]


def _welcome(membership: Membership, week: Week) -> Proposal:
    company = membership.company
    return Proposal(
        source=f"member:{company.pk}",
        heading=f"Velkommen, {company.name}",
        text=paragraphs(
            f"{company.name} er nytt medlem i {settings.BUSINESS_ASSOCIATION}.",
            company.description,
        ),
        note=f"Medlem fra {day(membership.since_date)} · {company.get_industry_display()}",
        weekday=week.weekday_of(membership.since_date),
        company_id=company.pk,
        cards=((CardKind.COMPANY.value, company.pk),),
    )
