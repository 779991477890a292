"""
Events that people send in: received with a date for the answer, then published, sent back or refused.

Whoever sent it in changes or withdraws it by a mailed link. Each step is kept as a note with its date.
"""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from members.accounts.models import User
from members.mailings.ledger import MailKind, enqueue
from projects.bypuls.events.answering import answer_due, is_working_day
from projects.bypuls.events.duplicates import flag_duplicates
from projects.bypuls.events.organisers import has_other_organisers, make_submitter_organiser
from projects.bypuls.models import Event, NoteKind, Publication, SignUp, SubmissionNote
from projects.bypuls.models.event import EventQuerySet
from projects.bypuls.models.slugs import RESERVED_SLUGS
from projects.bypuls.signups import reminders
from vekst.links import make_token
from vekst.moderation import IllegalMoveError, check_move

SUBMISSION_LINK = "bypuls.submission"
# What the sender's form writes. Everything else belongs to staff and may have changed since it was read.
SENDER_WRITES = (
    *("title", "title_nb", "summary", "summary_nb", "description", "description_nb"),
    *(
        "is_date_set",
        "date_note",
        "starts_at",
        "ends_at",
        "venue",
        "place",
        "organiser",
        "topic",
        "audience",
        "language",
    ),
    *(
        "is_free",
        "price",
        "takes_signups",
        "capacity",
        "waiting_list_capacity",
        "website",
        "contact_email",
    ),
    *("picture", "picture_width", "picture_height", "picture_alt"),
    *("submitter_name", "submitter_email"),
)


class SubmissionError(Exception):
    """What the sender or staff wants is not possible now; the message can be shown to them."""


def slug_stem(title: str) -> str:
    """Return the title as the end of an address, with the letters that addresses have."""
    letters = title.lower().replace("æ", "ae").replace("ø", "o").replace("å", "a")
    return slugify(letters)[:80].strip("-") or "arrangement"


def make_slug(title: str, starts_at: dt.datetime) -> str:
    """Return an address that is free: the title, then with the date, then with a number."""
    stem = slug_stem(title)
    candidates = [stem, f"{stem}-{starts_at:%Y-%m-%d}"]
    taken = set(Event.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    for candidate in candidates:
        if candidate not in taken | RESERVED_SLUGS:
            return candidate
    number = 2
    while f"{candidates[-1]}-{number}" in taken:
        number += 1
    return f"{candidates[-1]}-{number}"


def change_url(event: Event) -> str:
    """Return the address at which the sender changes or withdraws what was sent in."""
    token = make_token(SUBMISSION_LINK, event.pk)
    return settings.SITE_URL + reverse("bypuls:event_change", args=[token])


def public_look_alike(event: Event, *, at: dt.datetime) -> Event | None:
    """Return the event that this one may be the same as, if strangers may see it."""
    if event.possible_duplicate_of_id is None:
        return None
    return Event.objects.public(at).filter(pk=event.possible_duplicate_of_id).first()


def _write(event: Event, template: str, *, kind: MailKind, occasion: str, at: dt.datetime) -> None:
    if not event.submitter_email:
        return
    context = {
        "event": event,
        "change_url": change_url(event),
        "event_url": settings.SITE_URL + event.get_absolute_url(),
        "organiser_url": settings.SITE_URL + reverse("bypuls:organiser_event", args=[event.slug]),
        "programme": settings.PROGRAMME_NAME,
        "contact": settings.CONTACT_EMAIL,
        "alike": public_look_alike(event, at=at),
        "site": settings.SITE_URL,
    }
    enqueue(
        kind=kind,
        subject=occasion,
        recipient=event.submitter_email,
        title=render_to_string(f"bypuls/mail/{template}_subject.txt", context),
        text=render_to_string(f"bypuls/mail/{template}_body.txt", context).strip() + "\n",
        mandatory=True,
        at=at,
    )


def _note(
    event: Event, kind: NoteKind, *, text: str = "", by: User | None = None, at: dt.datetime
) -> None:
    SubmissionNote.objects.create(event=event, kind=kind, text=text, by=by, created_at=at)


@transaction.atomic
def submit(event: Event, *, at: dt.datetime) -> Event:
    """Keep a new event that somebody sends in, and mail them the link with which to change it."""
    event.slug = make_slug(event.title, event.starts_at)
    event.publication = Publication.SUBMITTED
    event.submitted_at = event.created_at = event.changed_at = at
    event.answer_due_at = answer_due(at)
    event.submitter_email = event.submitter_email.strip().lower()
    event.save()
    _note(event, NoteKind.SENT_IN, at=at)
    flag_duplicates([event.pk], at=at)
    event.refresh_from_db(fields=["possible_duplicate_of"])
    _write(
        event,
        "submitted",
        kind=MailKind.SUBMISSION_RECEIPT,
        occasion=f"event-{event.pk}",
        at=at,
    )
    return event


def _move(event: Event, wanted: Publication) -> None:
    """Check the move. A draft, which the stages of submissions do not know, may only be published."""
    if event.publication == Publication.DRAFT:
        if wanted != Publication.PUBLISHED:
            raise SubmissionError(_("Arrangementet er et utkast."))
        return
    try:
        check_move(event.publication, wanted)
    except IllegalMoveError as error:
        raise SubmissionError(str(error)) from error


def why_unchangeable(event: Event) -> str:
    """Say why the sender can change nothing any more; empty when they can."""
    # Before the first publication the office may name an organiser while the sender still corrects it.
    if event.published_at is not None and has_other_organisers(event):
        return _("Andre har tatt over arrangementet. Skriv til oss om noe må endres.")
    if event.publication == Publication.PUBLISHED and SignUp.objects.active().filter(event=event):
        return _(
            "Noen er alt påmeldt. Skriv til oss om du må endre noe, så får de beskjed samtidig."
        )
    if event.publication == Publication.WITHDRAWN:
        return _("Arrangementet er trukket.")
    return ""


@transaction.atomic
def resubmit(event: Event, *, at: dt.datetime, message: str = "") -> Event:
    """Keep the sender's changes, with what they write to us, and ask for a new decision. Raises SubmissionError."""
    current = Event.objects.select_for_update().get(pk=event.pk)
    reason = why_unchangeable(current)
    if reason:
        raise SubmissionError(reason)
    event.sequence = current.sequence + (current.publication == Publication.PUBLISHED)
    event.publication = Publication.SUBMITTED
    event.submitted_at = event.changed_at = at
    event.answer_due_at = answer_due(at)
    event.save(
        update_fields=[
            *SENDER_WRITES,
            *("sequence", "publication", "submitted_at", "changed_at", "answer_due_at"),
        ]
    )
    _note(event, NoteKind.SENT_AGAIN, text=message.strip(), at=at)
    flag_duplicates([event.pk], at=at)
    return event


@transaction.atomic
def publish(event_id: int, *, at: dt.datetime, by: User | None = None) -> Event:
    """Let strangers see the event, and tell whoever sent it in. Raises SubmissionError."""
    event = Event.objects.select_for_update().get(pk=event_id)
    _move(event, Publication.PUBLISHED)
    event.publication, event.published_at, event.changed_at = Publication.PUBLISHED, at, at
    event.moderation_note = ""
    event.save(update_fields=["publication", "published_at", "changed_at", "moderation_note"])
    make_submitter_organiser(event, at=at)
    if event.submitted_at is not None:
        _note(event, NoteKind.PUBLISHED, by=by, at=at)
    reminders.add_default_rules(event, at=at)
    # The times of what was never published change without anybody being told.
    reminders.plan(event, at=at)
    _decided(event, "published", at=at)
    return event


@transaction.atomic
def ask_changes(event_id: int, *, note: str, at: dt.datetime, by: User | None = None) -> Event:
    """Send the event back to whoever sent it in, with what to change. Raises SubmissionError."""
    event = Event.objects.select_for_update().get(pk=event_id)
    if not event.submitter_email:
        raise SubmissionError(_("Ingen har sendt inn dette arrangementet."))
    if not note.strip():
        raise SubmissionError(_("Skriv hva som må endres."))
    if event.publication == Publication.PUBLISHED and _has_people(event):
        raise SubmissionError(_("Noen er alt påmeldt. Flytt eller avlys i stedet."))
    _move(event, Publication.CHANGES_ASKED)
    event.publication, event.moderation_note = Publication.CHANGES_ASKED, note.strip()
    event.changed_at = at
    event.save(update_fields=["publication", "moderation_note", "changed_at"])
    _note(event, NoteKind.CHANGES_ASKED, text=event.moderation_note, by=by, at=at)
    _decided(event, "changes_asked", at=at)
    return event


@transaction.atomic
def refuse(event_id: int, *, reason: str, at: dt.datetime, by: User | None = None) -> Event:
    """Say no to what was sent in, and tell whoever sent it why. Raises SubmissionError."""
    event = Event.objects.select_for_update().get(pk=event_id)
    if not reason.strip():
        raise SubmissionError(_("Skriv hvorfor."))
    if event.publication not in (Publication.SUBMITTED, Publication.CHANGES_ASKED):
        raise SubmissionError(_("Bare det som venter på svar, kan avslås."))
    _move(event, Publication.WITHDRAWN)
    event.publication, event.moderation_note = Publication.WITHDRAWN, reason.strip()
    event.changed_at = at
    event.save(update_fields=["publication", "moderation_note", "changed_at"])
    _note(event, NoteKind.REFUSED, text=event.moderation_note, by=by, at=at)
    _decided(event, "refused", at=at)
    return event


@transaction.atomic
def withdraw(event_id: int, *, at: dt.datetime, by: User | None = None) -> Event:
    """Take the event away from strangers. With people signed up it must be called off instead."""
    event = Event.objects.select_for_update().get(pk=event_id)
    if event.publication == Publication.WITHDRAWN:
        return event
    if event.status != "cancelled" and _has_people(event):
        raise SubmissionError(_("Noen er alt påmeldt. Avlys arrangementet, så får de beskjed."))
    _move(event, Publication.WITHDRAWN)
    event.publication, event.changed_at = Publication.WITHDRAWN, at
    event.save(update_fields=["publication", "changed_at"])
    if event.submitted_at is not None:
        _note(event, NoteKind.WITHDRAWN, by=by, at=at)
    return event


def _has_people(event: Event) -> bool:
    taken: int = event.seats_taken + event.waiting_taken
    return bool(taken) or SignUp.objects.active().filter(event=event).exists()


def _decided(event: Event, template: str, *, at: dt.datetime) -> None:
    _write(
        event,
        template,
        kind=MailKind.SUBMISSION_DECIDED,
        occasion=f"event-{event.pk}-{at.timestamp():.6f}",
        at=at,
    )


# --- The queue ------------------------------------------------------------------------------------
def awaiting_answer() -> EventQuerySet:
    """Return what waits for an answer of ours, of people and of calendars; the most urgent first."""
    waiting: EventQuerySet = Event.objects.filter(publication=Publication.SUBMITTED)
    return waiting.order_by("answer_due_at", "pk")


def overdue(at: dt.datetime) -> EventQuerySet:
    """Return what should have been answered by now."""
    return awaiting_answer().filter(Q(answer_due_at=None) | Q(answer_due_at__lt=at))


def remind_office(*, at: dt.datetime) -> int:
    """
    Write to the office what is to be answered today or should have been, and return how much that is.

    Once a working day, however often it is asked for.
    """
    today = timezone.localdate(at)
    if not is_working_day(today):
        return 0
    tomorrow = timezone.make_aware(dt.datetime.combine(today + dt.timedelta(days=1), dt.time()))
    due = list(
        awaiting_answer()
        .filter(Q(answer_due_at=None) | Q(answer_due_at__lt=tomorrow))
        .only("title", "answer_due_at", "submitter_name")[:50]
    )
    if not due:
        return 0
    late = [event for event in due if event.answer_due_at is None or event.answer_due_at < at]
    context = {
        "late": late,
        "today": [event for event in due if event not in late],
        "number": len(due),
        "queue_url": settings.SITE_URL + reverse("admin:bypuls_event_changelist") + "?svar=venter",
    }
    enqueue(
        kind=MailKind.OPERATIONS_NOTICE,
        subject=f"submissions-{today}",
        recipient=settings.CONTACT_EMAIL,
        title=render_to_string("bypuls/mail/queue_due_subject.txt", context),
        text=render_to_string("bypuls/mail/queue_due_body.txt", context).strip() + "\n",
        mandatory=True,
        stale_at=tomorrow,
        at=at,
    )
    return len(due)
