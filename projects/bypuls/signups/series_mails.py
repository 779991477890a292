"""What those who come to a whole series are told by mail: one message with all its dates."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from members.mailings.ledger import Attachment, MailKind, Message, enqueue_many
from projects.bypuls.calendar.calendar_file import CANCEL, PUBLISH, calendar_text
from projects.bypuls.models import Event, EventSeries, SeriesSignUp, SignUp, SignUpState
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
