"""What the live cards of the weekly post say of events, projects, measures, companies, homes and vacancies."""

import datetime
from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.translation import gettext as _

from members.companies.models import Company
from members.mailings.newsletter_content import READ_ANEW
from members.posts.cards import CARD_KINDS, CardSource, Found, LiveCard
from members.posts.models import CardKind
from members.posts.newsletter import CARD, card_entries
from projects.bypuls.events.availability import describe
from projects.bypuls.models import Event, EventStatus
from projects.digital_stemme.models import Home, Vacancy
from projects.portfolio.models import SIDES, Measure, MeasureState, Project, StatusReport, Value
from vekst import formats
from vekst.languages import foreign_language

# So many answers to a search: one that is not among them is found with one word more.
MOST = 12
UNSTATED = "uoppgitt"
Cards = Mapping[int, LiveCard]
Rows = TypeVar("Rows", bound="QuerySet[Any]")


# --- Events ------------------------------------------------------------------------------------
def events(keys: Collection[int], at: datetime.datetime) -> Cards:
    """Read events; one that was merged into another shows that one. One query."""
    rows = Event.objects.filter(pk__in=keys).for_list()
    found = rows.select_related("venue", "replaced_by__venue")
    shown = ((event.pk, event.replaced_by or event) for event in found)
    return {key: _event(event, at) for key, event in shown if event.is_listed}


def _event(event: Event, at: datetime.datetime) -> LiveCard:
    if event.is_date_set:
        lines = [formats.moment_range_text(event.starts_at, event.ends_at)]
    else:
        lines = [event.date_note or _("Datoen er ikke bestemt.")]
    lines.append(event.place_text)
    if event.old_starts_at:
        moment = formats.moment_text(event.old_starts_at)
        lines.append(_("Flyttet fra %(moment)s") % {"moment": moment})
    if event.old_place:
        lines.append(_("Flyttet fra %(place)s") % {"place": event.old_place})
    off = event.status in (EventStatus.CANCELLED, EventStatus.POSTPONED)
    if off and event.status_reason:
        lines.append(event.status_reason)
    label, tone = _event_state(event, at)
    return LiveCard(
        title=event.title,
        url=event.get_absolute_url(),
        lines=tuple(line for line in lines if line),
        state_label=label,
        tone=tone,
        language=foreign_language(event, "title"),
    )


def _event_state(event: Event, at: datetime.datetime) -> tuple[str, str]:
    room = describe(event, at=at)
    is_off = event.status in (EventStatus.CANCELLED, EventStatus.POSTPONED)
    is_over = event.status == EventStatus.HELD or (event.is_date_set and event.ends_at <= at)
    if is_over and not is_off and event.attendance is not None:
        number = formats.number_text(event.attendance)
        return _("Holdt, %(number)s til stede") % {"number": number}, "neutral"
    if event.status == EventStatus.MOVED and not is_over:
        return _("Flyttet · %(room)s") % {"room": room.label.lower()}, "info"
    return room.label, room.color


def find_events(text: str, at: datetime.datetime) -> list[Found]:
    """Return events of that title, those ahead first."""
    rows = _with_words(Event.objects.public(at), text, "title_nb", "title_en").for_list()
    ahead = rows.filter(Q(ends_at__gte=at) | Q(is_date_set=False)).order_by("starts_at", "pk")
    found = list(ahead[:MOST])
    if len(found) < MOST:
        found += rows.dated().over(at).order_by("-starts_at", "-pk")[: MOST - len(found)]
    return [
        Found(
            event.pk,
            event.title,
            " · ".join(
                filter(
                    None,
                    [
                        formats.moment_text(event.starts_at)
                        if event.is_date_set
                        else event.date_note,
                        event.place_text,
                    ],
                )
            ),
        )
        for event in found
    ]


# --- Projects and measures ---------------------------------------------------------------------
TONES = {Value.ON_TRACK: "success", Value.ATTENTION: "warning", Value.CRITICAL: "danger"}
MEASURE_TONES = {
    MeasureState.NOT_STARTED: "neutral",
    MeasureState.ONGOING: "info",
    MeasureState.DONE: "success",
    MeasureState.STOPPED: "danger",
    MeasureState.CARRIED_OVER: "neutral",
}


def projects(keys: Collection[int], at: datetime.datetime) -> Cards:
    """Read projects with the gravest value of their newest published report. One query."""
    newest = (
        StatusReport.objects.public(at)
        .filter(project=OuterRef("pk"))
        .order_by("-period_ends_on", "-published_at")
        .values(told=JSONObject(**{side: F(side) for side in SIDES}))[:1]
    )
    found = Project.objects.public(at).filter(pk__in=keys).annotate(told=Subquery(newest))
    # Annotated, which the types do not follow through our own QuerySet.
    return {project.pk: _project(project, project.told) for project in found}  # type: ignore[attr-defined]


def _project(project: Project, told: dict[str, str] | None) -> LiveCard:
    values = [Value(value) for value in (told or {}).values()]
    worst = max(values, key=lambda value: value.gravity, default=None)
    return LiveCard(
        title=project.title,
        url=project.get_absolute_url(),
        lines=(project.get_main_project_display(), _phase(project)),
        state_label=str(worst.label) if worst else "",
        tone=TONES[worst] if worst else "neutral",
        language=foreign_language(project, "title"),
    )


def _phase(project: Project) -> str:
    return _("Fase: %(phase)s") % {"phase": project.get_phase_display().lower()}


def find_projects(text: str, at: datetime.datetime) -> list[Found]:
    """Return projects of that title."""
    rows = _with_words(Project.objects.public(at), text, "title_nb", "title_en")
    return [
        Found(project.pk, project.title, project.get_main_project_display())
        for project in rows.order_by("title", "pk")[:MOST]
    ]


def measures(keys: Collection[int], at: datetime.datetime) -> Cards:
    """Read measures of public plans. One query."""
    found = Measure.objects.public(at).filter(pk__in=keys).select_related("plan")
    return {measure.pk: _measure(measure, timezone.localdate(at)) for measure in found}


def _measure(measure: Measure, on: datetime.date) -> LiveCard:
    lines = [
        _("Tiltak %(number)s i %(plan)s") % {"number": measure.number, "plan": measure.plan.title}
    ]
    if measure.progress is not None and measure.state == MeasureState.ONGOING:
        lines.append(_("%(percent)s %% ferdig") % {"percent": measure.progress})
    if measure.deadline and measure.state in (MeasureState.NOT_STARTED, MeasureState.ONGOING):
        date = formats.date_text(measure.deadline)
        late = measure.is_overdue(on)
        lines.append((_("Fristen var %(date)s") if late else _("Frist %(date)s")) % {"date": date})
    return LiveCard(
        title=measure.title,
        url=f"{measure.plan.get_absolute_url()}#tiltak-{measure.number}",
        lines=tuple(lines),
        state_label=measure.get_state_display(),
        tone=MEASURE_TONES[MeasureState(measure.state)],
        language=foreign_language(measure, "title"),
    )


def find_measures(text: str, at: datetime.datetime) -> list[Found]:
    """Return measures of that title."""
    rows = _with_words(Measure.objects.public(at), text, "title_nb", "title_en", "plan__title_nb")
    return [
        Found(measure.pk, measure.title, f"{measure.plan} · {measure.get_state_display()}")
        for measure in rows.select_related("plan").order_by("plan_id", "number", "pk")[:MOST]
    ]


# --- Companies ---------------------------------------------------------------------------------
def companies(keys: Collection[int], at: datetime.datetime) -> Cards:
    """Read members. One query."""
    found = Company.objects.public(at=at).filter(pk__in=keys)
    return {
        company.pk: LiveCard(
            title=company.name,
            url=company.get_absolute_url(),
            lines=(company.get_industry_display(),),
        )
        for company in found
    }


def find_companies(text: str, at: datetime.datetime) -> list[Found]:
    """Return members of that name."""
    rows = _with_words(Company.objects.public(at=at), text, "name")
    return [
        Found(company.pk, company.name, company.get_industry_display())
        for company in rows.order_by("sort_name", "pk")[:MOST]
    ]


# --- Homes and vacancies -----------------------------------------------------------------------
def homes(keys: Collection[int], at: datetime.datetime) -> Cards:
    """Read homes that are still offered; whatever came of the others is nobody's business. One query."""
    found = Home.objects.public(at).filter(pk__in=keys).for_list()
    return {home.pk: _home(home, timezone.localdate(at)) for home in found}


def _home(home: Home, on: datetime.date) -> LiveCard:
    where = "" if home.neighbourhood == UNSTATED else home.get_neighbourhood_display()
    dwelling = "" if home.dwelling == UNSTATED else home.get_dwelling_display()
    price = ""
    if home.amount_nok is not None:
        price = formats.nok_text(home.amount_nok)
        if home.is_for_rent:
            price = _("%(price)s per måned") % {"price": price}
    free = ""
    if home.available_from and home.available_from > on:
        free = _("Ledig fra %(date)s") % {"date": formats.date_text(home.available_from)}
    return LiveCard(
        title=home.title,
        url=home.get_absolute_url(),
        lines=tuple(
            line for line in (" · ".join(filter(None, [dwelling, where])), price, free) if line
        ),
        state_label=home.get_kind_display(),
        tone="success",
        language=home.other_language,
    )


def find_homes(text: str, at: datetime.datetime) -> list[Found]:
    """Return homes on offer, the newest first."""
    rows = _with_words(Home.objects.public(at), text, "title_nb", "title_en", "address").for_list()
    return [
        Found(home.pk, home.title, home.get_kind_display())
        for home in rows.order_by("-published_at", "-pk")[:MOST]
    ]


def jobs(keys: Collection[int], at: datetime.datetime) -> Cards:
    """Read vacancies that can still be applied for. One query."""
    found = Vacancy.objects.public(at).filter(pk__in=keys).for_list()
    return {job.pk: _job(job) for job in found}


def _job(job: Vacancy) -> LiveCard:
    due = ""
    if job.due_on:
        due = _("Søk innen %(date)s") % {"date": formats.date_text(job.due_on)}
    return LiveCard(
        title=job.title,
        url=job.get_absolute_url(),
        lines=tuple(line for line in (job.employer_name, due) if line),
        state_label=_("Ledig"),
        tone="success",
        language=job.other_language,
    )


def find_jobs(text: str, at: datetime.datetime) -> list[Found]:
    """Return vacancies of that title or employer, the newest first."""
    rows = _with_words(
        Vacancy.objects.public(at), text, "title_nb", "title_en", "employer_name"
    ).for_list()
    return [
        Found(job.pk, job.title, job.employer_name)
        for job in rows.order_by("-published_at", "-pk")[:MOST]
    ]


def _with_words(rows: Rows, text: str, *fields: str) -> Rows:
    """Narrow to the rows where each word stands in one of the fields."""
    for word in text.split()[:6]:
        wanted = Q()
        for field in fields:
            wanted |= Q(**{f"{field}__icontains": word})
        rows = rows.filter(wanted)
    return rows


def register() -> None:
    """Tell the weekly post who reads each kind of card, and the newsletter how to read them until it is sent."""
    READ_ANEW[CARD] = card_entries
    CARD_KINDS.update(
        {
            CardKind.EVENT: CardSource(events, find_events),
            CardKind.PROJECT: CardSource(projects, find_projects),
            CardKind.MEASURE: CardSource(measures, find_measures),
            CardKind.COMPANY: CardSource(companies, find_companies),
            CardKind.HOME: CardSource(homes, find_homes),
            CardKind.JOB: CardSource(jobs, find_jobs),
        }
    )
