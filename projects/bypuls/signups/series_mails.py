"""What those who come to a whole series are told by mail: one message with all its dates."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from members.mailings.ledger import Attachment, MailKind, Message, enqueue_many
from members.mailings.models.delivery import Delivery
from projects.bypuls.calendar.calendar_file import CANCEL, PUBLISH, calendar_text
from projects.bypuls.models import (
    AnnouncementKind,
    Event,
    EventSeries,
    SeriesSignUp,
    SignUp,
    SignUpState,
)
from projects.bypuls.signups.mails import my_signup_url
from vekst.links import make_token

SERIES_SIGNUP_LINK = "bypuls.series-signup"


@dataclass(frozen=True)
class DateLine:
    """One date as the mail and the page tell of it. Without `signup` the party did not get in."""

    event: Event
    signup: SignUp | None
    url: str = ""

    @property
    def state(self) -> str:
        return self.signup.state if self.signup else ""


def series_signup_url(row: SeriesSignUp) -> str:
    """Return the address at which the holder sees the dates and cancels all of them."""
    token = make_token(SERIES_SIGNUP_LINK, row.pk)
    return settings.SITE_URL + reverse("bypuls:my_series_signup", args=[token])


def date_lines(row: SeriesSignUp, dates: Iterable[Event]) -> list[DateLine]:
    """Return the dates in order, with what the party has there. One query."""
    signups = {signup.event_id: signup for signup in row.signups.order_by("pk")}
    return [
        DateLine(event, signup, my_signup_url(signup) if signup else "")
        for event in dates
        for signup in [signups.get(event.pk)]
    ]


def _write(
    series: EventSeries,
    row: SeriesSignUp,
    template: str,
    *,
    kind: MailKind,
    occasion: str,
    at: dt.datetime,
    files: Sequence[Attachment] = (),
    **more: object,
) -> None:
    with translation.override(row.language):
        context = {
            **more,
            "series": series,
            "row": row,
            "series_url": series_signup_url(row),
            "programme": settings.PROGRAMME_NAME,
        }
        title = render_to_string(f"bypuls/mail/{template}_subject.txt", context)
        text = render_to_string(f"bypuls/mail/{template}_body.txt", context)
    message = Message(
        kind=kind,
        subject=occasion,
        recipient=row.email,
        title=title,
        text=text.strip() + "\n",
        attachments=files,
        mandatory=True,
    )
    enqueue_many([message], at=at)


def write_receipt(
    series: EventSeries, row: SeriesSignUp, dates: Iterable[Event], *, at: dt.datetime
) -> None:
    """Tell of every date, and put those with a seat into the calendar: one file for all of them."""
    lines = date_lines(row, dates)
    seated = [line.event for line in lines if line.state == SignUpState.ATTENDING]
    with translation.override(row.language):
        text = calendar_text(seated, method=PUBLISH)
    file: Attachment = {
        "name": "datoer.ics",
        "type": f"text/calendar; method={PUBLISH}; charset=utf-8",
        "content": text,
    }
    _write(
        series,
        row,
        "series_receipt",
        kind=MailKind.SIGNUP_RECEIPT,
        occasion=f"series-signup-{row.pk}",
        at=at,
        files=[file] if seated else [],
        lines=lines,
    )


def write_again(series: EventSeries, row: SeriesSignUp, *, at: dt.datetime) -> None:
    """Remind someone who signs up again that they are signed up. At most once an hour."""
    _write(
        series,
        row,
        "series_already",
        kind=MailKind.SIGNUP_RECEIPT,
        occasion=f"series-signup-{row.pk}-again-{at.astimezone(dt.UTC):%Y%m%d%H}",
        at=at,
    )


def write_cancelled(
    series: EventSeries,
    row: SeriesSignUp,
    seated: Sequence[tuple[Event, SignUp]],
    *,
    at: dt.datetime,
) -> None:
    """Confirm that one is signed off all of it, and take the dates out of the calendar."""
    files: list[Attachment] = []
    if seated:
        with translation.override(row.language):
            text = calendar_text(
                [event for event, _signup in seated], method=CANCEL, attendee=seated[0][1]
            )
        files.append(
            {
                "name": "avmeldt.ics",
                "type": f"text/calendar; method={CANCEL}; charset=utf-8",
                "content": text,
            }
        )
    _write(
        series,
        row,
        "series_signed_off",
        kind=MailKind.SIGNUP_CANCELLED,
        occasion=f"series-signup-{row.pk}",
        at=at,
        files=files,
    )


# --- News of several dates ------------------------------------------------------------------------
# What the mail is called in the ledger, and which calendar file goes along.
_NEWS = {
    AnnouncementKind.MOVED: (MailKind.EVENT_MOVED, "datoer.ics", PUBLISH),
    AnnouncementKind.CANCELLED: (MailKind.EVENT_CANCELLED, "avlyst.ics", CANCEL),
}
Dates = Sequence[tuple[Event, SignUp]]


def write_news(
    people: Iterable[Dates], kind: AnnouncementKind, *, changed_at: dt.datetime, at: dt.datetime
) -> None:
    """
    Tell each of these what has become of all their dates in one mail, once a change: moved or called off.

    The events need `venue`, and hold what people knew before.
    """
    todo = {(_occasion(dates, kind, changed_at), dates[0][1].email): dates for dates in people}
    told = Delivery.objects.filter(
        kind=_NEWS[kind][0],
        subject__in={occasion for occasion, _email in todo},
        recipient__in={email for _occasion, email in todo},
    )
    # The news of each of their dates comes by here; the mail is costly to word.
    for key in told.values_list("subject", "recipient"):
        todo.pop(key, None)
    enqueue_many([_news(dates, kind, changed_at, at) for dates in todo.values()], at=at)


def _occasion(dates: Dates, kind: AnnouncementKind, changed_at: dt.datetime) -> str:
    return f"series-{dates[0][0].series_id}-{kind}-{changed_at.timestamp():.6f}"


def _news(
    dates: Dates, kind: AnnouncementKind, changed_at: dt.datetime, at: dt.datetime
) -> Message:
    """Word one mail. New times come in a file of publication: a request is for one event only."""
    first, signup = dates[0]
    mail_kind, file_name, method = _NEWS[kind]
    seated = [event for event, own in dates if own.state == SignUpState.ATTENDING]
    with translation.override(signup.language):
        context = {
            "signup": signup,
            "first": first,
            "lines": [DateLine(event, own, my_signup_url(own)) for event, own in dates],
            "number": len(dates),
            "has_seats": bool(seated),
            "programme": settings.PROGRAMME_NAME,
        }
        title = render_to_string(f"bypuls/mail/series_{kind}_subject.txt", context)
        text = render_to_string(f"bypuls/mail/series_{kind}_body.txt", context)
        attendee = signup if method == CANCEL else None
        calendar = calendar_text(seated, method=method, attendee=attendee) if seated else ""
    file: Attachment = {
        "name": file_name,
        "type": f"text/calendar; method={method}; charset=utf-8",
        "content": calendar,
    }
    return Message(
        kind=mail_kind,
        subject=_occasion(dates, kind, changed_at),
        recipient=signup.email,
        title=title,
        text=text.strip() + "\n",
        attachments=[file] if seated else [],
        mandatory=True,
        # News of something that is over helps nobody.
        stale_at=max(dates[-1][0].ends_at, at + dt.timedelta(days=2)),
    )
