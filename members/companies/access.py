"""Who may see and do what with companies, forums and their papers. Only these functions decide."""

import datetime

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from members.accounts.access import may_run_programme
from members.accounts.models import User
from members.companies.models import (
    Company,
    Contact,
    ContactRole,
    Forum,
    Meeting,
    Minutes,
    MinutesItem,
    MinutesVisibility,
    Seat,
    SeatPrivacy,
)

Visitor = User | AnonymousUser


def companies_of(user: Visitor, *, at: datetime.datetime) -> QuerySet[Company]:
    """Return the companies that the person speaks for at `at`, in any role."""
    if not isinstance(user, User) or not user.is_active:
        return Company.objects.none()
    roles = Contact.objects.current(timezone.localdate(at)).filter(user=user)
    return Company.objects.filter(pk__in=roles.values("company"))


def editable_companies(user: Visitor, *, at: datetime.datetime) -> QuerySet[Company]:
    """Return the companies whose profile the person writes: as leader or editor, not as delegate only."""
    if not isinstance(user, User) or not user.is_active:
        return Company.objects.none()
    roles = Contact.objects.current(timezone.localdate(at)).filter(
        user=user, role__in=[ContactRole.LEADER, ContactRole.EDITOR]
    )
    return Company.objects.filter(pk__in=roles.values("company"))


def company_for_editor(user: Visitor, slug: str, *, at: datetime.datetime) -> Company:
    """Return the company to edit. Others' companies do not exist: raises Http404."""
    company = editable_companies(user, at=at).filter(slug=slug).first()
    if company is None:
        raise Http404
    return company


def seats_of(user: Visitor, *, at: datetime.datetime) -> QuerySet[Seat]:
    """Return the seats that the person holds at `at`, as delegate or deputy, in forums that live."""
    if not isinstance(user, User) or not user.is_active:
        return Seat.objects.none()
    return Seat.objects.current(timezone.localdate(at)).filter(
        Q(delegate=user) | Q(deputy=user), forum__in=Forum.objects.public(at=at)
    )


def meetings_for(user: Visitor, *, at: datetime.datetime) -> QuerySet[Meeting]:
    """Return the meetings that the person may see: public ones, and all of the forums they sit in."""
    if may_run_programme(user):
        return Meeting.objects.all()
    seen = Q(is_public=True, forum__in=Forum.objects.public(at=at))
    if isinstance(user, User) and user.is_active:
        seen |= Q(forum__in=seats_of(user, at=at).values("forum"))
        seen |= Q(forum__secretary=user)
    return Meeting.objects.filter(seen)


def minutes_for(user: Visitor, *, at: datetime.datetime) -> QuerySet[Minutes]:
    """
    Return the minutes that the person may read at `at`.

    Everybody: approved public ones. The programme office: all. The secretary of a forum who is an
    editor: all of that forum. Whoever has a seat today: the approved ones of that forum.
    """
    if may_run_programme(user):
        return Minutes.objects.all()
    seen = Q(
        visibility=MinutesVisibility.PUBLIC,
        approved_at__lte=at,
        meeting__forum__in=Forum.objects.public(at=at),
    )
    if isinstance(user, User) and user.is_active:
        seen |= Q(approved_at__lte=at, meeting__forum__in=seats_of(user, at=at).values("forum"))
        if user.is_editor:
            seen |= Q(meeting__forum__secretary=user)
    return Minutes.objects.filter(seen)


def forum_minutes_for(user: User, *, at: datetime.datetime) -> QuerySet[Minutes]:
    """Return those of `minutes_for` that the person reads as a part of the forum, not as the public."""
    if may_run_programme(user):
        return Minutes.objects.all()
    inside = Q(approved_at__lte=at, meeting__forum__in=seats_of(user, at=at).values("forum"))
    if user.is_active and user.is_editor:
        inside |= Q(meeting__forum__secretary=user)
    return Minutes.objects.filter(inside)


def public_items(minutes: Minutes) -> QuerySet[MinutesItem]:
    """Return the matters that strangers may read in public minutes: none that is confidential."""
    return minutes.items.filter(is_confidential=False).order_by("number", "pk")


def shown_seats(*, at: datetime.datetime) -> QuerySet[Seat]:
    """Return the seats that strangers see at `at`: by the forum's rule and the company's consent."""
    return Seat.objects.current(timezone.localdate(at)).filter(
        Q(forum__seat_privacy=SeatPrivacy.ALL)
        | Q(forum__seat_privacy=SeatPrivacy.CONSENT, shown_by_consent=True),
        forum__in=Forum.objects.public(at=at),
    )
