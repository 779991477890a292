"""The open data of the portal, for everyone; only counters write. Described by OpenAPI at /api/v1/openapi.json."""

import datetime
from decimal import Decimal

from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from ninja import NinjaAPI, Schema

from projects.bypuls.models import Venue
from projects.innsikt.models import Indicator
from projects.portfolio.models import MainProject, Measure, Plan, Project
from vekst.api import events, pulse

api = NinjaAPI(
    title="Vekst i Kongsberg",
    version="1",
    description="Åpne data fra programmet: bare det som også står på de offentlige sidene. "
    "Lisens: NLOD 2.0. Tidspunkt er i ISO 8601 med tidssone.",
    # The documentation page would fetch scripts from elsewhere, which our policy does not allow.
    docs_url=None,
    urls_namespace="api",
)
api.add_router("", events.router)
api.add_router("", pulse.router)


def _absolute(path: str) -> str:
    return settings.SITE_URL + path


class VenueOut(Schema):
    """One place. Positions are WGS 84 degrees."""

    name: str
    kind: str
    summary: str
    address: str
    latitude: Decimal | None
    longitude: Decimal | None
    url: str

    @staticmethod
    def resolve_url(venue: Venue) -> str:
        return _absolute(venue.get_absolute_url())


@api.get("/venues", response=list[VenueOut], summary="Steder")
def list_venues(request: HttpRequest) -> list[Venue]:
    """List public places by name, at most 500."""
    return list(Venue.objects.public(at=timezone.now()).order_by("name", "pk")[:500])


class ProjectOut(Schema):
    """One project of the programme; money in whole kroner."""

    title: str
    main_project: str
    phase: str
    summary: str
    owner: str
    starts_on: datetime.date | None
    ends_on: datetime.date | None
    budget_nok: int | None
    url: str

    @staticmethod
    def resolve_url(project: Project) -> str:
        return _absolute(project.get_absolute_url())


@api.get("/projects", response=list[ProjectOut], summary="Prosjekter")
def list_projects(request: HttpRequest, hovedprosjekt: MainProject | None = None) -> list[Project]:
    """List public projects by title, all or those of one main project; at most 500."""
    projects = Project.objects.public(at=timezone.now())
    if hovedprosjekt is not None:
        projects = projects.filter(main_project=hovedprosjekt)
    return list(projects.order_by("title", "pk")[:500])


class MeasureOut(Schema):
    """One measure of a plan. `progress` is per cent; null means that nobody has said, not zero."""

    number: int
    title: str
    state: str
    progress: int | None
    deadline: datetime.date | None
    organisation: str
    url: str

    @staticmethod
    def resolve_url(measure: Measure) -> str:
        return _absolute(f"{measure.plan.get_absolute_url()}#tiltak-{measure.number}")


class PlanOut(Schema):
    """An adopted plan with its measures by number."""

    title: str
    period_from: int
    period_to: int
    adopted_on: datetime.date | None
    adopted_by: str
    measures: list[MeasureOut]


@api.get("/plans/{slug:slug}", response=PlanOut, summary="En plan med tiltak")
def get_plan(request: HttpRequest, slug: str) -> dict[str, object]:
    """Return one public plan; 404 when there is none of that name."""
    now = timezone.now()
    plan = get_object_or_404(Plan.objects.public(at=now), slug=slug)
    measures = Measure.objects.public(at=now).filter(plan=plan).select_related("plan")
    return {
        "title": plan.title,
        "period_from": plan.period_from,
        "period_to": plan.period_to,
        "adopted_on": plan.adopted_on,
        "adopted_by": plan.adopted_by,
        "measures": list(measures.order_by("number", "pk")),
    }


class IndicatorOut(Schema):
    """One indicator; the figures themselves, with missing ones named, are at `json_url` and `csv_url`."""

    slug: str
    title: str
    question: str
    unit: str
    source_name: str
    licence: str
    is_example: bool
    url: str
    json_url: str
    csv_url: str

    @staticmethod
    def resolve_url(indicator: Indicator) -> str:
        return _absolute(indicator.get_absolute_url())

    @staticmethod
    def resolve_json_url(indicator: Indicator) -> str:
        return _absolute(reverse("innsikt:indicator_json", args=[indicator.slug]))

    @staticmethod
    def resolve_csv_url(indicator: Indicator) -> str:
        return _absolute(reverse("innsikt:indicator_csv", args=[indicator.slug]))


@api.get("/indicators", response=list[IndicatorOut], summary="Indikatorer")
def list_indicators(request: HttpRequest) -> list[Indicator]:
    """List public indicators in the portal's order."""
    return list(Indicator.objects.public(at=timezone.now()).order_by("position", "pk")[:500])
