"""Fetch the calendars of others every hour, read uploaded files, and keep what came of it."""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from members.accounts.models import User
from members.mailings.ledger import MailKind, enqueue
from projects.bypuls.events.importing.applying import WINDOW, Outcome, carry_out
from projects.bypuls.events.importing.csv_rows import read_csv
from projects.bypuls.events.importing.found import Reading
from projects.bypuls.events.importing.lines import NoCalendarError, without_mark
from projects.bypuls.events.importing.reading import read_calendar
from projects.bypuls.models import ImportRun, ImportSource
from vekst.sources import SourceUnavailableError, fetch

MAX_BYTES = 5 * 1024 * 1024
EVERY = dt.timedelta(minutes=55)
# Sources are asked at different minutes, by their number.
SPREAD_MINUTES = 10
# Whoever began to read and died is taken over from after that.
LEASE = dt.timedelta(minutes=10)
# A source that has been silent so long is told of; shorter is its own affair.
PATIENCE = dt.timedelta(hours=24)


class ImportRefusedError(Exception):
    """Nothing was imported; the message is for staff. `outcome` tells what would have been done."""

    def __init__(self, message: str, outcome: Outcome | None = None) -> None:
        super().__init__(message)
        self.outcome = outcome


def due_sources(*, at: dt.datetime) -> list[int]:
    """Return the feeds whose turn it is; none where outside sources are turned off."""
    if not settings.OUTSIDE_SOURCES_ENABLED:
        return []
    return list(ImportSource.objects.due(at).order_by("pk").values_list("pk", flat=True))


def fetch_source(source_id: int, *, at: dt.datetime, by: User | None = None) -> ImportRun | None:
    """
    Fetch one calendar and carry out what it tells; None when there was no news, or another is at it.

    A source that fails leaves everything as it was, with the reason on the source.
    """
    if not _claim(source_id, at=at):
        return None
    source = ImportSource.objects.get(pk=source_id)
    try:
        return _fetch(source, at=at, by=by)
    except (SourceUnavailableError, NoCalendarError) as error:
        return _failed(source, str(error), at=at, by=by)
    finally:
        ImportSource.objects.filter(pk=source_id).update(reading_until=None)


def _claim(source_id: int, *, at: dt.datetime) -> bool:
    """Take the source for ourselves. The next time is decided now, so that a crash does not hammer it."""
    free = ImportSource.objects.filter(pk=source_id).filter(
        Q(reading_until=None) | Q(reading_until__lte=at)
    )
    minutes = source_id * 7 % SPREAD_MINUTES
    following = at + EVERY + dt.timedelta(minutes=minutes)
    return free.update(reading_until=at + LEASE, next_fetch_at=following) == 1


def _fetch(source: ImportSource, *, at: dt.datetime, by: User | None) -> ImportRun | None:
    # Once a day all of it is read whether it changed or not: the window moves on with the days.
    is_today = source.last_ok_at is not None and (
        timezone.localdate(source.last_ok_at) == timezone.localdate(at)
    )
    answer = fetch(
        # "webcal" is how calendar programs are told to subscribe.
        source.url.replace("webcal://", "https://", 1),
        at=at,
        etag=source.etag if is_today else "",
        last_modified=source.last_modified if is_today else "",
        headers={"Accept": "text/calendar, text/plain;q=0.5, */*;q=0.1"},
        max_bytes=MAX_BYTES,
        public_only=True,
    )
    if answer.not_modified:
        _went_well(source, at=at, etag=source.etag, last_modified=source.last_modified)
        return _kept(_no_news(source, at=at, by=by), by=by)
    reading = read_calendar(answer.content, since=at, until=at + WINDOW)
    outcome = carry_out(source, reading, at=at, is_everything=True, by=by)
    _went_well(source, at=at, etag=answer.etag[:200], last_modified=answer.last_modified[:100])
    _brake(source, outcome.run, at=at)
    return _kept(outcome.run, by=by)


def _no_news(source: ImportSource, *, at: dt.datetime, by: User | None) -> ImportRun:
    message = _("Kilden er uendret siden sist.")
    return ImportRun(source=source, by=by, started_at=at, finished_at=at, message=message)


def _went_well(source: ImportSource, *, at: dt.datetime, etag: str, last_modified: str) -> None:
    ImportSource.objects.filter(pk=source.pk).update(
        last_ok_at=at, last_error="", failing_since=None, etag=etag, last_modified=last_modified
    )


def _kept(run: ImportRun, *, by: User | None) -> ImportRun | None:
    """Keep the run if it tells anything that the last one did not; hourly "nothing new" is no news."""
    last = ImportRun.objects.filter(source=run.source).order_by(F("started_at").desc()).first()
    did = run.added + run.changed + run.cancelled + run.gone
    told = (run.troubles, run.notes, run.is_braked)
    before = (last.troubles, last.notes, last.is_braked) if last else ([], [], False)
    if by is None and not did and told == before:
        return None
    run.save()
    return run


def _failed(
    source: ImportSource, reason: str, *, at: dt.datetime, by: User | None
) -> ImportRun | None:
    since = source.failing_since or at
    ImportSource.objects.filter(pk=source.pk).update(last_error=reason[:500], failing_since=since)
    if at - since >= PATIENCE:
        _tell_owner(source, "import_failing", f"failing-{_minute(since)}", reason=reason, at=at)
    if by is None and source.failing_since is not None:
        return None
    run = ImportRun(source=source, by=by, started_at=at, finished_at=timezone.now())
    run.message = reason[:500]
    run.save()
    return run


def _brake(source: ImportSource, run: ImportRun, *, at: dt.datetime) -> None:
    """Tell the owner when the brake goes on, and take it off as soon as the source is whole again."""
    if not run.is_braked:
        ImportSource.objects.filter(pk=source.pk, braked_since__isnull=False).update(
            braked_since=None
        )
        return
    since = source.braked_since or at
    # A source that was cut short is asked for all of it next time.
    ImportSource.objects.filter(pk=source.pk).update(braked_since=since, etag="", last_modified="")
    _tell_owner(source, "import_braked", f"braked-{_minute(since)}", reason=run.message, at=at)


def _minute(moment: dt.datetime) -> str:
    return f"{moment.astimezone(dt.UTC):%Y%m%d%H%M}"


def _tell_owner(
    source: ImportSource, template: str, occasion: str, *, reason: str, at: dt.datetime
) -> None:
    context = {
        "source": source,
        "reason": reason,
        "since": source.failing_since,
        "url": settings.SITE_URL + reverse("admin:bypuls_importsource_change", args=[source.pk]),
    }
    enqueue(
        kind=MailKind.OPERATIONS_NOTICE,
        subject=f"calendar-{source.pk}-{occasion}",
        recipient=source.owner_email or settings.CONTACT_EMAIL,
        title=render_to_string(f"bypuls/mail/{template}_subject.txt", context),
        text=render_to_string(f"bypuls/mail/{template}_body.txt", context).strip() + "\n",
        mandatory=True,
        at=at,
    )


# --- Files ----------------------------------------------------------------------------------------
def read_file(content: bytes, *, at: dt.datetime) -> Reading:
    """Read an uploaded file: a calendar, or rows with columns. Raises NoCalendarError."""
    if len(content) > MAX_BYTES:
        raise NoCalendarError(_("Filen er større enn 5 MB."))
    if b"BEGIN:VCALENDAR" in without_mark(content)[:2000].upper():
        return read_calendar(content, since=at, until=at + WINDOW)
    return read_csv(content, since=at, until=at + WINDOW)


def preview_file(
    source: ImportSource, content: bytes, *, is_everything: bool, at: dt.datetime
) -> Outcome:
    """Tell what the file would do, by doing it and taking it back. Raises NoCalendarError."""
    with transaction.atomic():
        outcome = carry_out(source, read_file(content, at=at), at=at, is_everything=is_everything)
        transaction.set_rollback(True)
    return outcome


@transaction.atomic
def import_file(
    source: ImportSource,
    content: bytes,
    *,
    file_name: str,
    keep_good: bool,
    is_everything: bool,
    at: dt.datetime,
    by: User | None = None,
) -> Outcome:
    """
    Carry out what the file tells and keep the run, all of it or nothing.

    Raises NoCalendarError, and ImportRefusedError when lines are broken and `keep_good` is False.
    """
    outcome = carry_out(
        source,
        read_file(content, at=at),
        at=at,
        is_everything=is_everything,
        by=by,
        file_name=file_name[:200],
    )
    if outcome.run.troubles and not keep_good:
        raise ImportRefusedError(_("Ingenting er importert, fordi noen linjer har feil."), outcome)
    outcome.run.save()
    ImportSource.objects.filter(pk=source.pk).update(last_ok_at=at)
    if is_everything:
        _brake(source, outcome.run, at=at)
    return outcome
