"""The page of each main project: what the portfolio holds of it, and what its own app offers."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from projects.bypuls.calendar.listing import make_cards
from projects.bypuls.models import Counter, Event, TransportCase, Venue
from projects.bypuls.pulse.presentation import pulses
from projects.digital_stemme.models import Home, Vacancy
from projects.innsikt import presentation
from projects.innsikt.models import Indicator
from projects.kompetanse.models import GrantRound, StudyProgramme
from projects.portfolio.models import MainProject
from projects.portfolio.overview import MainProjectOverview, main_project_overview
from projects.ung.models import MeetingPlace


@dataclass(frozen=True)
class Part:
    """The part of the page that one app fills: its template and what the template shows."""

    template: str
    context: dict[str, Any]


def _innsikt(at: datetime.datetime) -> Part:
    figures = (
        Indicator.objects.public(at=at)
        .order_by("position", "pk")
        .prefetch_related(presentation.main_series_prefetch())
    )
    return Part("home/_main_innsikt.html", {"figures": presentation.cards(figures[:4])})


def _digital_stemme(at: datetime.datetime) -> Part:
    newest = ("-published_at", "-pk")
    return Part(
        "home/_main_digital_stemme.html",
        {
            "homes": list(Home.objects.public(at=at).for_list().order_by(*newest)[:3]),
            "vacancies": list(Vacancy.objects.public(at=at).for_list().order_by(*newest)[:4]),
        },
    )


def _bypuls(at: datetime.datetime) -> Part:
    events = Event.objects.public(at=at).dated().not_over(at).taking_place().for_list()
    public = Counter.objects.public(at).select_related("venue").order_by("name", "pk")
    counters = list(public[:3])
    return Part(
        "home/_main_bypuls.html",
        {
            "events": make_cards(events.order_by("starts_at", "pk")[:4], at=at),
            "venues": list(Venue.objects.public(at=at).order_by("name", "pk")[:8]),
            "cases": list(TransportCase.objects.public(at=at).order_by("-pk")[:3]),
            "pulses": pulses(counters, at=at) if counters else [],
        },
    )


def _ung(at: datetime.datetime) -> Part:
    places = MeetingPlace.objects.public(at=at).order_by("name", "pk")
    return Part("home/_main_ung.html", {"places": list(places[:8])})


def _kompetanse(at: datetime.datetime) -> Part:
    programmes = StudyProgramme.objects.public(at=at).select_related("provider")
    return Part(
        "home/_main_kompetanse.html",
        {
            "programmes": list(programmes.order_by("title", "pk")[:6]),
            "rounds": list(GrantRound.objects.public(at=at).order_by("-opens_at", "-pk")[:2]),
        },
    )


PARTS: dict[MainProject, Callable[[datetime.datetime], Part]] = {
    MainProject.INNSIKT: _innsikt,
    MainProject.DIGITAL_STEMME: _digital_stemme,
    MainProject.BYPULS: _bypuls,
    MainProject.UNG: _ung,
    MainProject.KOMPETANSE: _kompetanse,
}


@dataclass(frozen=True)
class MainProjectPage:
    """One main project's page."""

    overview: MainProjectOverview
    part: Part


def main_project_page(main_project: str, *, at: datetime.datetime) -> MainProjectPage:
    """
    Gather the page of one main project as a stranger sees it. At most ten queries.

    Raises ValueError when there is no main project of that name.
    """
    main = MainProject(main_project)
    return MainProjectPage(main_project_overview(main, at=at), PARTS[main](at))
