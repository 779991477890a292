"""What reminders say: to those who come, to those who wait, and to those who hold the event."""

import datetime as dt
from collections.abc import Iterable, Mapping

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from members.mailings.ledger import MailKind, Message, enqueue_many
from projects.bypuls.models import (
    Event,
    EventMaterial,
    EventOrganiser,
    EventPhoto,
    MessageAudience,
    ReminderPurpose,
    ReminderRule,
    SignUp,
)
from projects.bypuls.signups import mails
from projects.bypuls.signups.deadlines import mail_at
from projects.bypuls.signups.figures import figures_of
from vekst.links import make_token

REMINDER_LINK = "bypuls.reminder"
CONFIRM_LINK = "bypuls.confirm"
SURVEY_LINK = "bypuls.survey"
TEN = dt.time(10)


def _stamp(moment: dt.datetime) -> str:
    return f"{moment.astimezone(dt.UTC):%Y%m%dT%H%M}"


def _link(name: str, purpose: str, signup: SignUp) -> str:
    with translation.override(signup.language):
        return settings.SITE_URL + reverse(name, args=[make_token(purpose, signup.pk)])


def stop_url(signup: SignUp) -> str:
    """Return the address at which the holder stops the reminders of one sign-up."""
    return _link("bypuls:reminders_stop", REMINDER_LINK, signup)


def confirm_url(signup: SignUp) -> str:
    """Return the address at which the holder says whether they come."""
    return _link("bypuls:signup_confirm", CONFIRM_LINK, signup)


def survey_url(signup: SignUp) -> str:
    """Return the address of the survey, for whoever has this sign-up."""
    return _link("bypuls:event_survey", SURVEY_LINK, signup)


def stop_headers(signup: SignUp) -> Mapping[str, str]:
    """Return the headers by which mail programs offer to stop reminders. Source: RFC 8058."""
    return {
        "List-Unsubscribe": f"<{stop_url(signup)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


# --- Names in the ledger --------------------------------------------------------------------------
def occasion(event: Event, rule: ReminderRule) -> str:
    """
    Return what the mail of a rule is called for the present time of the event.

    Two rules that are due at the same moment have the same name, so that nobody is reminded twice of
    one thing. The reminder at ten the day before is named as before there were rules.
    """
    who = "" if rule.audience == MessageAudience.ATTENDING else f"-{rule.audience}"
    what = "" if rule.purpose == ReminderPurpose.REMIND else f"-{rule.purpose}"
    name = f"event-{event.pk}-at-{_stamp(event.starts_at)}{who}{what}"
    day_before = timezone.localdate(event.starts_at) - dt.timedelta(days=1)
    if rule.due_at == timezone.make_aware(dt.datetime.combine(day_before, TEN)):
        return name
    return f"{name}-due-{_stamp(rule.due_at)}"


def asked_occasion(signup_id: int, rule: ReminderRule) -> str:
    """Return what the question of a rule to one party is called; each party has a link of its own."""
    return f"{asked_prefix(signup_id)}{_stamp(rule.due_at)}"


def asked_prefix(signup_id: int) -> str:
    """Return how the names of all questions to one party begin."""
    return f"signup-{signup_id}-confirm-"


# --- Mails ------------------------------------------------------------------------------------
def sent_at(event: Event, at: dt.datetime) -> dt.datetime:
    """Return when a reminder written at `at` is sent: at night it waits for the morning."""
    return mail_at(event, at=at) if at < event.starts_at else at


def _when(event: Event, at: dt.datetime) -> dict[str, bool]:
    """Say how near the event is at `at`, when the mail is read, which may be a day after it is written."""
    days = (timezone.localdate(event.starts_at) - timezone.localdate(at)).days
    return {
        "is_today": days == 0 and at < event.starts_at,
        "is_tomorrow": days == 1,
        "is_over": at >= event.ends_at,
        "is_now": event.starts_at <= at < event.ends_at,
    }


def write_reminders(
    event: Event,
    rule: ReminderRule,
    signups: Iterable[SignUp],
    *,
    at: dt.datetime,
    stale_at: dt.datetime,
) -> None:
    """Remind those who come, or those who wait. At night the mail waits for the morning."""
    template = "reminder_queue" if rule.audience == MessageAudience.QUEUE else "reminder"
    morning = sent_at(event, at)
    context = {**_when(event, morning), "text": rule.text}
    messages = [
        mails.compose(
            event,
            signup,
            template,
            {**context, "stop_url": stop_url(signup)},
            kind=MailKind.EVENT_REMINDER,
            occasion=occasion(event, rule),
            headers=stop_headers(signup),
            mandatory=False,
            not_before=morning,
            stale_at=stale_at,
        )
        for signup in signups
    ]
    enqueue_many(messages, at=at)


def write_surveys(
    event: Event, signups: Iterable[SignUp], *, at: dt.datetime, stale_at: dt.datetime
) -> None:
    """Ask how it was: once for each address, whatever becomes of the event's times."""
    messages = [
        mails.compose(
            event,
            signup,
            "survey",
            {"survey_url": survey_url(signup), "stop_url": stop_url(signup)},
            kind=MailKind.EVENT_SURVEY,
            occasion=f"event-{event.pk}",
            headers=stop_headers(signup),
            mandatory=False,
            stale_at=stale_at,
        )
        for signup in signups
    ]
    enqueue_many(messages, at=at)


def write_questions(
    event: Event,
    rule: ReminderRule,
    signups: Iterable[SignUp],
    *,
    at: dt.datetime,
    stale_at: dt.datetime,
) -> None:
    """Ask those with a seat whether they come; `answer_due_at` of each says until when, if at all."""
    messages = [
        mails.compose(
            event,
            signup,
            "confirm",
            {"text": rule.text, "confirm_url": confirm_url(signup)},
            kind=MailKind.SIGNUP_ASKED,
            occasion=asked_occasion(signup.pk, rule),
            not_before=mail_at(event, at=at),
            stale_at=stale_at,
        )
        for signup in signups
    ]
    enqueue_many(messages, at=at)


def has_report(event: Event) -> bool:
    """Tell whether anything is published of what happened."""
    materials = EventMaterial.objects.filter(event=event, published_at__isnull=False)
    return materials.exists() or EventPhoto.objects.shown().filter(event=event).exists()


def organiser_addresses(event: Event) -> list[str]:
    """Return where to reach those who hold the event: the organisers, or the address the page shows."""
    people = EventOrganiser.objects.filter(event=event).order_by("pk")
    found = list(people.values_list("email", flat=True))
    return found or [address for address in [event.contact_email.strip().lower()] if address]


def write_to_organisers(
    event: Event, rule: ReminderRule, *, at: dt.datetime, stale_at: dt.datetime
) -> None:
    """Remind those who hold the event. Asking for minutes ends when something is published."""
    is_report = rule.purpose == ReminderPurpose.REPORT
    if is_report and has_report(event):
        return
    template = "organiser_report" if is_report else "organiser_reminder"
    morning = sent_at(event, at)
    context = {
        **_when(event, morning),
        "event": event,
        "figures": figures_of(event, at=at),
        "text": rule.text,
        "url": settings.SITE_URL + reverse("bypuls:organiser_event", args=[event.slug]),
        "programme": settings.PROGRAMME_NAME,
    }
    messages = [
        Message(
            kind=MailKind.ORGANISER_NOTICE,
            subject=occasion(event, rule),
            recipient=address,
            title=render_to_string(f"bypuls/mail/{template}_subject.txt", context),
            text=render_to_string(f"bypuls/mail/{template}_body.txt", context).strip() + "\n",
            not_before=morning,
            stale_at=stale_at,
        )
        for address in organiser_addresses(event)
    ]
    enqueue_many(messages, at=at)
