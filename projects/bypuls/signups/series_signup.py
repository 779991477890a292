"""
One sign-up for all dates of a series. Each date has a row of its own, with its own seat or place in the queue.

The dates ahead are locked in order of the key, and then the series: a date that is made meanwhile is seen.
"""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from projects.bypuls.models import (
    TAKING_PLACE,
    Event,
    EventSeries,
    Publication,
    SeriesSignUp,
    SeriesSignUpMode,
    SignUp,
    SignUpState,
)
from projects.bypuls.signups import mails, queue, seats, series_mails
from projects.bypuls.signups.errors import (
    ClosedError,
    CompanyLimitError,
    NotAdmittedError,
    SignUpError,
)
from projects.bypuls.signups.invitations import may_sign_up
from projects.bypuls.signups.limits import company_problem
from projects.bypuls.signups.signup import SAME_VISIT, Party, add_signup, leave


def _lock_dates(series_id: int, *, at: dt.datetime) -> tuple[EventSeries, list[Event]]:
    """
    Lock the dates that are not over, and the series; return them, the dates first come first.

    A series that was split has dates in its other parts too; the one that goes on is returned.
    """
    while True:
        begun = transaction.savepoint()
        parts = EventSeries.objects.get(pk=series_id).family()
        ahead = Event.objects.filter(series__in=parts, ends_at__gt=at).order_by("pk")
        list(ahead.select_for_update().values_list("pk", flat=True))
        newest = EventSeries.objects.filter(pk__in=parts).order_by("-first_starts_at", "-pk")
        series = newest.select_for_update()[0]
        # Those that were made while we waited for the series have higher keys.
        dates = list(ahead.select_for_update())
        if series.family() == parts:
            transaction.savepoint_commit(begun)
            return series, sorted(dates, key=lambda event: (event.starts_at, event.pk))
        # It was split while we waited. The locks go too, so that they are taken in order again.
        transaction.savepoint_rollback(begun)


@transaction.atomic
def sign_up_for_series(series_id: int, party: Party, *, at: dt.datetime) -> SeriesSignUp:
    """
    Sign the party up for every date ahead, each decided on its own, and send one receipt for all.

    A date that is full, closed or has the party already is left out; the receipt says so. The same
    address a second time changes nothing and is told by mail. Raises what `sign_up` raises when not
    one date has room.
    """
    series, dates = _lock_dates(series_id, at=at)
    if series.signup_mode != SeriesSignUpMode.WHOLE:
        raise SignUpError(_("I denne serien melder du deg på hver dato for seg."))
    # A draft, or a date for a closed circle, is neither given nor told of.
    dates = [event for event in dates if event.is_listed]
    before = SeriesSignUp.objects.active().filter(series=series, email=party.address).first()
    places = _places(dates, party, at, had=before)
    if before is not None:
        is_same = (before.name, before.size) == (party.name, party.size)
        if not is_same or before.created_at <= at - SAME_VISIT:
            series_mails.write_again(series, before, at=at)
        return before
    row = SeriesSignUp.objects.create(
        series=series,
        name=party.name,
        email=party.address,
        size=party.size,
        language=party.language,
        created_at=at,
    )
    for event, state in places:
        add_signup(event, party, state, series_signup_id=row.pk, at=at)
    series_mails.write_receipt(series, row, dates, at=at)
    for event, state in places:
        if state == SignUpState.WAITING:
            queue.offer_seats(event, at=at)
    return row


def _places(
    dates: list[Event], party: Party, at: dt.datetime, *, had: SeriesSignUp | None
) -> list[tuple[Event, SignUpState]]:
    """
    Return the dates that have room, and the state there. Raises the first reason when none has.

    Whoever `had` signed up before hears what a stranger would.
    """
    taken = set(
        SignUp.objects.active()
        .filter(event__in=dates, email=party.address)
        .values_list("event_id", flat=True)
    )
    found = []
    problems: list[SignUpError] = []
    for event in dates:
        try:
            state = _place(event, party, at)
        except SignUpError as error:
            problems.append(error)
        else:
            if event.pk not in taken or had is not None:
                found.append((event, state))
    if not found:
        raise problems[0] if problems else _nothing(bool(taken))
    return found


def _nothing(is_signed_up: bool) -> SignUpError:
    if is_signed_up:
        return SignUpError(_("Du er alt påmeldt de datoene som er satt opp."))
    return ClosedError(_("Det er ikke satt opp flere datoer i serien ennå."))


def _place(event: Event, party: Party, at: dt.datetime) -> SignUpState:
    reason = seats.closed_reason(event, at)
    if reason:
        raise ClosedError(reason)
    reason = may_sign_up(event, company=party.company_id, at=at)
    if reason:
        raise NotAdmittedError(reason)
    seats.check_size(event, party.size)
    reason = company_problem(event, party.company_id, party.size)
    if reason:
        raise CompanyLimitError(reason)
    state = seats.place_for(event, party.size, at=at)
    if state is None:
        raise seats.refusal(event, party.size, at=at)
    return state


@transaction.atomic
def join_new_date(event: Event, *, at: dt.datetime) -> int:
    """
    Sign those who come to the whole series up for a date that is made later; return how many got in.

    First come first, each with a receipt of its own. The caller has locked the series and published the
    date. A date that is not published, or a series that one signs up for date by date, takes nobody.
    """
    if event.series_id is None:
        return 0
    series = EventSeries.objects.get(pk=event.series_id)
    event = seats.lock(event.pk)
    if series.signup_mode != SeriesSignUpMode.WHOLE or seats.closed_reason(event, at):
        return 0
    if not event.is_listed:
        return 0
    people = SeriesSignUp.objects.active().filter(series=series).exclude(email="")
    there = set(SignUp.objects.filter(event=event).values_list("email", flat=True))
    joined = [
        signup
        for row in people.order_by("created_at", "pk")
        if row.email not in there and (signup := _join(event, row, at)) is not None
    ]
    for signup in joined:
        number = queue.queue_number(signup) if signup.state == SignUpState.WAITING else 0
        mails.write_receipt(event, signup, number=number, at=at)
    queue.offer_seats(event, at=at)
    return len(joined)


def _join(event: Event, row: SeriesSignUp, at: dt.datetime) -> SignUp | None:
    latest = row.signups.order_by("-pk").first()
    party = Party(
        name=row.name,
        email=row.email,
        size=row.size,
        language=row.language,
        companions=latest.companions if latest else "",
        company_id=latest.company_id if latest else None,
        shows_name=latest.shows_name if latest else False,
        wants_reminder=latest.wants_reminder if latest else True,
        own_reminder=latest.own_reminder if latest else "",
    )
    try:
        state = _place(event, party, at)
    except SignUpError:
        return None
    return add_signup(event, party, state, series_signup_id=row.pk, at=at)


@transaction.atomic
def cancel_series_signup(pk: int, *, at: dt.datetime) -> SeriesSignUp:
    """Sign the party off all dates that have not begun, with one mail. A second time changes nothing."""
    series_id = SeriesSignUp.objects.values_list("series_id", flat=True).get(pk=pk)
    series, dates = _lock_dates(series_id, at=at)
    row = SeriesSignUp.objects.select_for_update().get(pk=pk)
    if row.cancelled_at is not None:
        return row
    by_pk = {event.pk: event for event in dates if event.starts_at > at}
    mine = list(row.signups.active().filter(event__in=by_pk).order_by("event__starts_at", "pk"))
    seated = [signup for signup in mine if signup.state == SignUpState.ATTENDING]
    for signup in mine:
        leave(by_pk[signup.event_id], signup, at=at)
    row.cancelled_at = at
    row.save(update_fields=["cancelled_at"])
    series_mails.write_cancelled(
        series, row, [(by_pk[signup.event_id], signup) for signup in seated], at=at
    )
    for signup in mine:
        queue.offer_seats(by_pk[signup.event_id], at=at)
    return row


def upcoming(*, series: EventSeries, at: dt.datetime) -> list[Event]:
    """Return the dates ahead of all parts of the series that take sign-ups, in order, with `venue`."""
    dates = Event.objects.filter(
        series__in=series.family(),
        starts_at__gt=at,
        takes_signups=True,
        publication=Publication.PUBLISHED,
        is_unlisted=False,
        status__in=TAKING_PLACE,
    )
    return list(dates.select_related("venue").order_by("starts_at", "pk"))
