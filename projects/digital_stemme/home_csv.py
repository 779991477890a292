"""Import homes from a file: look first, then keep the good rows or nothing, as the person chose."""

import datetime
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from members.accounts.models import User
from projects.digital_stemme.home_rows import HomeRow, RefusedRow, parse
from projects.digital_stemme.models import Home, ImportRun, SourceName
from projects.digital_stemme.models.choices import HomeSource
from projects.digital_stemme.models.slugs import listing_slug
from projects.digital_stemme.moderation import HOME_SHOWN_FOR
from vekst.moderation import ModerationState

# The brake: more than this share, and more than this many, is a fault of the file and not the market.
MOST_WITHDRAWN_SHARE, MOST_WITHDRAWN = 0.5, 5


@dataclass
class Plan:
    """What importing a file would do, or did."""

    new: list[HomeRow] = field(default_factory=list)
    changed: list[tuple[Home, HomeRow]] = field(default_factory=list)
    unchanged: int = 0
    missing: list[Home] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
    braked: bool = False

    @property
    def rows_read(self) -> int:
        """How many rows the file has, the refused ones too."""
        return len(self.new) + len(self.changed) + self.unchanged + len(self.refused)


class NothingImportedError(Exception):
    """The person chose all or nothing, and there were refused rows. `plan` tells which."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(_("Ingenting er importert, fordi noen rader har feil."))
        self.plan = plan


def preview(content: bytes, *, at: datetime.datetime) -> Plan:
    """Tell what the file would do, without doing it. Raises BadFileError."""
    return _plan(content, list(_imported()), at=at)


@transaction.atomic
def import_homes(
    content: bytes, *, keep_good_rows: bool, by: User, at: datetime.datetime
) -> tuple[ImportRun, Plan]:
    """
    Do what the file says and log it. Homes that the file no longer has are withdrawn.

    An empty or halved file withdraws nothing. What an officer has taken down stays down. Raises
    BadFileError, and NothingImportedError when rows are refused and `keep_good_rows` is False.
    """
    plan = _plan(content, list(_imported().select_for_update(of=("self",))), at=at)
    if plan.refused and not keep_good_rows:
        raise NothingImportedError(plan)
    for row in plan.new:
        home = Home(source=HomeSource.CSV, source_ref=row.ref)
        home.slug = listing_slug(row.fields["title_nb"])
        _write(home, row, at=at)
    for home, row in plan.changed:
        _write(home, row, at=at)
    if not plan.braked:
        for home in plan.missing:
            home.state, home.closed_at, home.decided_by = ModerationState.WITHDRAWN, at, None
            home.save(update_fields=["state", "closed_at", "decided_by", "updated_at"])
    run = ImportRun.objects.create(
        source=SourceName.HOMES_CSV,
        started_at=at,
        finished_at=timezone.now(),
        pages=1,
        read=plan.rows_read,
        new=len(plan.new),
        changed=len(plan.changed),
        closed=0 if plan.braked else len(plan.missing),
        refused=[{"line": str(row.line), "reason": row.reason} for row in plan.refused],
        braked=plan.braked,
        message=f"{by}" if not plan.braked else _("Filen manglet for mange boliger."),
    )
    return run, plan


def _imported() -> "QuerySet[Home]":
    return Home.objects.filter(source=HomeSource.CSV).defer("search").order_by("pk")


def _plan(content: bytes, known: list[Home], *, at: datetime.datetime) -> Plan:
    today = timezone.localdate(at)
    rows, refused = parse(content, today=today)
    by_ref = {home.source_ref: home for home in known}
    plan = Plan(refused=refused)
    for row in rows:
        home = by_ref.get(row.ref)
        if home is None:
            plan.new.append(row)
        elif _is_taken_down(home) or _says_the_same(home, row, today):
            plan.unchanged += 1
        else:
            plan.changed.append((home, row))
    in_file = {row.ref for row in rows} | {row.ref for row in refused}
    shown = [home for home in known if home.state == ModerationState.PUBLISHED]
    plan.missing = [home for home in shown if home.source_ref not in in_file]
    too_many = len(plan.missing) > max(MOST_WITHDRAWN, len(shown) * MOST_WITHDRAWN_SHARE)
    plan.braked = bool(plan.missing) and (not rows or too_many)
    return plan


def _is_taken_down(home: Home) -> bool:
    return home.state == ModerationState.WITHDRAWN and home.decided_by_id is not None


def _says_the_same(home: Home, row: HomeRow, today: datetime.date) -> bool:
    if home.state != ModerationState.PUBLISHED:
        return False
    fields = {name: value for name, value in row.fields.items() if name != "expires_on"}
    same = all(getattr(home, name) == value for name, value in fields.items())
    wanted = row.fields["expires_on"]
    return same and (wanted is None or wanted == home.expires_on)


def _write(home: Home, row: HomeRow, *, at: datetime.datetime) -> None:
    today = timezone.localdate(at)
    wanted_end = row.fields["expires_on"]
    for name, value in row.fields.items():
        if name != "expires_on":
            setattr(home, name, value)
    if wanted_end is not None:
        home.expires_on = wanted_end
    elif home._state.adding or home.expires_on < today:
        home.expires_on = today + HOME_SHOWN_FOR
    # Whoever sends a file for publishing shows the contact that stands in it.
    home.show_email = bool(row.fields["contact_email"])
    if home.published_at is None or home.closed_at is not None:
        home.published_at = _published_at(row, at=at)
    home.state, home.closed_at = ModerationState.PUBLISHED, None
    home.save()


def _published_at(row: HomeRow, *, at: datetime.datetime) -> datetime.datetime:
    if row.published_on is None or row.published_on >= timezone.localdate(at):
        return at
    return timezone.make_aware(datetime.datetime.combine(row.published_on, datetime.time(8)))
