"""
Read NAV's job feed page by page, and keep our copy of its vacancies as NAV wants it kept.

Each page is stored in one transaction with where the reader stands, so a reader that dies reads the same
page again and nothing is lost or doubled. An entry that NAV calls inactive is closed at once. What a
reading from the start has not seen at all is closed too, unless that would take most of what is there.
Source: https://github.com/navikt/pam-stilling-feed, read 2026-08-21.
"""

import datetime
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from email.utils import format_datetime
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from projects.digital_stemme.membership import company_of
from projects.digital_stemme.models import ImportRun, SourceName, SourceState, Vacancy
from projects.digital_stemme.models.choices import VacancySource
from projects.digital_stemme.models.slugs import listing_slug
from projects.digital_stemme.moderation import NO_CONTACT
from projects.digital_stemme.nav_entries import (
    BadEntryError,
    FeedPage,
    Item,
    NavVacancy,
    parse_entry,
    parse_page,
)
from vekst.moderation import ModerationState
from vekst.sources import Fetched, SourceUnavailableError, fetch

logger = logging.getLogger(__name__)

FEED_PATH = "/api/v1/feed"
# Advertisements never live longer than this.
OLDEST = datetime.timedelta(days=183)
PAGES_PER_RUN = 20
# A reading from the start now and then finds what a missed page would have told.
FULL_RUN_EVERY = datetime.timedelta(days=7)
# After the brake, the next one comes sooner.
RETRY_AFTER = datetime.timedelta(hours=6)
# The brake: more than this share, and more than this many, is a fault of the source and not the market.
MOST_CLOSED_SHARE, MOST_CLOSED = 0.5, 5


@dataclass
class _Details:
    """What one page led to: the vacancies to show, those to close, and those we could not read."""

    page: FeedPage
    vacancies: list[tuple[NavVacancy, dict[str, Any]]] = field(default_factory=list)
    unchanged: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)
    refused: list[dict[str, str]] = field(default_factory=list)


def import_jobs(
    *, at: datetime.datetime, clock: Callable[[], datetime.datetime]
) -> ImportRun | None:
    """
    Read on from where the last run stopped, and return what happened; None when nobody gave us a token.

    `clock` tells when each page was read. A source that fails leaves everything as it was, with the
    reason in SourceState; the next run goes on from the same page.
    """
    if not settings.NAV_FEED_TOKEN:
        return None
    state, _ = SourceState.objects.get_or_create(source=SourceName.NAV)
    run = ImportRun(source=SourceName.NAV, started_at=at)
    try:
        _start_over_if_due(state, at=at)
        for _page in range(PAGES_PER_RUN):
            if not _read_one_page(state, run, at=clock()):
                break
    except (SourceUnavailableError, BadEntryError) as error:
        run.message = str(error)[:500]
        SourceState.objects.filter(pk=state.pk).update(
            last_error=run.message, last_error_at=clock()
        )
        logger.warning("NAV feed: %s", error)
    run.finished_at = clock()
    # Every ten minutes the source says "nothing new"; that alone is no news in the log.
    if run.read or run.closed or run.refused or run.braked or run.message:
        run.save()
    return run


def _start_over_if_due(state: SourceState, *, at: datetime.datetime) -> None:
    last = state.full_run_ended_at
    due = last is None or last + FULL_RUN_EVERY <= at
    if due and state.full_run_started_at is None:
        state.feed_url, state.etag, state.last_modified = "", "", ""
        state.full_run_started_at = at
        state.save()


def _get(path: str, *, at: datetime.datetime, etag: str = "", last_modified: str = "") -> Fetched:
    headers = {"Authorization": f"Bearer {settings.NAV_FEED_TOKEN}", "Accept": "application/json"}
    url = urljoin(settings.NAV_FEED_URL, path)
    return fetch(
        url,
        at=at,
        headers=headers,
        etag=etag,
        last_modified=last_modified,
        accept_statuses=(404,),
    )


def _read_one_page(state: SourceState, run: ImportRun, *, at: datetime.datetime) -> bool:
    """Read the page where `state` stands and store it; True when another one follows."""
    if state.feed_url:
        answer = _get(state.feed_url, at=at, etag=state.etag, last_modified=state.last_modified)
    else:
        oldest = format_datetime((at - OLDEST).astimezone(datetime.UTC), usegmt=True)
        answer = _get(FEED_PATH, at=at, last_modified=oldest)
    if answer.status == 404:
        # The page is gone at the source: begin again instead of asking for it for ever.
        SourceState.objects.filter(pk=state.pk).update(feed_url="", etag="", last_modified="")
        raise SourceUnavailableError(f"{answer.url}: status 404, starting from the beginning")
    if answer.not_modified and not state.feed_url:
        # Nothing at all in half a year is a fault of the source.
        run.braked, run.message = True, "NAV sier at det ikke finnes noen stillinger."
        return False
    if answer.not_modified:
        _at_the_end(state, run, at=at)
        return False
    page = parse_page(answer.content)
    if not page.items:
        # Pages overlap by one entry, so a whole page without any is a fault.
        run.braked, run.message = True, "NAV svarte med en tom side."
        return False
    details = _read_details(page, at=at)
    following = page.next_url or state.feed_url or f"{FEED_PATH}/{page.id}"
    _store(details, state, run, following=following, answer=answer, at=at)
    if page.next_url is None:
        _at_the_end(state, run, at=at)
        return False
    return True


def _read_details(page: FeedPage, *, at: datetime.datetime) -> _Details:
    """Fetch the entries of the page that concern us. An entry that stands there twice: the last one counts."""
    found = _Details(page)
    latest: dict[str, Item] = {item.uuid: item for item in page.items}
    ours = Vacancy.objects.filter(uuid__in=latest).values_list("uuid", "state", "updated_at_source")
    known = {str(uuid): (state, updated_at) for uuid, state, updated_at in ours}
    municipality = settings.MUNICIPALITY_NAME.upper()
    for item in latest.values():
        if not item.is_active:
            found.closed.add(item.uuid)
        elif known.get(item.uuid) == (ModerationState.PUBLISHED, item.changed_at):
            # The page is read anew whenever it grows; what has not changed is not asked for again.
            found.unchanged.add(item.uuid)
        elif item.municipality == municipality or item.uuid in known:
            _read_entry(item, found, at=at)
    return found


def _read_entry(item: Item, found: _Details, *, at: datetime.datetime) -> None:
    answer = _get(item.url, at=at)
    if answer.status == 404:
        found.refused.append({"line": item.uuid, "reason": "status 404"})
        return
    try:
        vacancy = parse_entry(answer.content, municipality=settings.MUNICIPALITY_NAME)
    except BadEntryError as error:
        found.refused.append({"line": item.uuid, "reason": str(error)[:200]})
        return
    if vacancy is None:
        # It became inactive since the page was written, or moved to another municipality.
        found.closed.add(item.uuid)
    else:
        # The page's own word is what the next reading of the page compares with.
        vacancy = replace(vacancy, updated_at=item.changed_at or vacancy.updated_at)
        found.vacancies.append((vacancy, json.loads(answer.content)))


@transaction.atomic
def _store(
    details: _Details,
    state: SourceState,
    run: ImportRun,
    *,
    following: str,
    answer: Fetched,
    at: datetime.datetime,
) -> None:
    new = changed = 0
    for vacancy, raw in details.vacancies:
        if _keep(vacancy, raw, at=at):
            new += 1
        else:
            changed += 1
    Vacancy.objects.filter(uuid__in=details.unchanged).update(last_seen_at=at)
    closed = close(details.closed, at=at)
    is_newest = details.page.next_url is None
    state.feed_url = following
    state.etag = answer.etag if is_newest else ""
    state.last_modified = answer.last_modified if is_newest else ""
    state.last_ok_at, state.last_error, state.last_error_at = at, "", None
    state.save()
    run.pages += 1
    run.read += len(details.page.items)
    run.new, run.changed, run.closed = run.new + new, run.changed + changed, run.closed + closed
    run.refused.extend(details.refused)


def _keep(nav: NavVacancy, raw: dict[str, Any], *, at: datetime.datetime) -> bool:
    """Write one active vacancy; return whether it is new."""
    vacancy = Vacancy.objects.select_for_update(of=("self",)).filter(uuid=nav.uuid).first()
    is_new = vacancy is None
    if vacancy is None:
        vacancy = Vacancy(uuid=nav.uuid, source=VacancySource.NAV)
        vacancy.slug = listing_slug(nav.fields["title_nb"], nav.uuid[:8])
    for name, value in nav.fields.items():
        setattr(vacancy, name, value)
    vacancy.company, vacancy.is_member_employer = company_of(nav.orgnr, at=at)
    is_over = nav.fields["expires_at"] <= at
    vacancy.state = ModerationState.EXPIRED if is_over else ModerationState.PUBLISHED
    vacancy.closed_at = at if is_over else None
    vacancy.published_at = nav.published_at or at
    vacancy.updated_at_source, vacancy.last_seen_at = nav.updated_at, at
    vacancy.raw = None if is_over else raw
    if is_over:
        for name, value in NO_CONTACT.items():
            setattr(vacancy, name, value)
    vacancy.save()
    return is_new


def close(uuids: set[str], *, at: datetime.datetime) -> int:
    """Close NAV's vacancies of these numbers and forget whom to contact; return how many were open."""
    rows = Vacancy.objects.filter(source=VacancySource.NAV, uuid__in=uuids)
    is_open = rows.filter(state=ModerationState.PUBLISHED).values("pk")
    count = len(is_open)
    closed = {"state": ModerationState.EXPIRED, "updated_at": at}
    rows.filter(state=ModerationState.PUBLISHED).update(closed_at=at, **closed)
    # Also of those that ended by themselves: NAV has said now that they must not be kept.
    rows.update(raw=None, **NO_CONTACT)
    return count


def _at_the_end(state: SourceState, run: ImportRun, *, at: datetime.datetime) -> None:
    """The newest page is read. After a reading from the start, close what it has not seen."""
    started = state.full_run_started_at
    if started is not None:
        closed_all = _close_unseen(run, since=started, at=at)
        state.full_run_started_at = None
        state.full_run_ended_at = at if closed_all else at - FULL_RUN_EVERY + RETRY_AFTER
    state.last_ok_at, state.last_error, state.last_error_at = at, "", None
    state.save()


def _close_unseen(run: ImportRun, *, since: datetime.datetime, at: datetime.datetime) -> bool:
    """Close what a whole reading since `since` has not seen. False when the brake held it back."""
    active = Vacancy.objects.public(at).filter(source=VacancySource.NAV)
    unseen = active.filter(last_seen_at__lt=since)
    total, missing = active.count(), unseen.count()
    if missing > MOST_CLOSED and missing > total * MOST_CLOSED_SHARE:
        run.braked = True
        run.message = (
            f"{missing} av {total} stillinger manglet hos NAV. Ingen av dem er fjernet; "
            "neste fulle lesing prøver på nytt."
        )
        return False
    uuids = {str(uuid) for uuid in unseen.values_list("uuid", flat=True)}
    run.closed += close(uuids, at=at)
    return True


def import_now() -> ImportRun | None:
    """Read the feed with the clock of the wall."""
    return import_jobs(at=timezone.now(), clock=timezone.now)
