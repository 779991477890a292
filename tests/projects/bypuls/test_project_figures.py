import datetime as dt

import pytest
from django.test import Client

from projects.bypuls.events.project_figures import figures_of_project
from projects.bypuls.events.survey import answer
from projects.bypuls.models import Event
from projects.portfolio.models import Project
from projects.portfolio.snapshots import project_at, project_from_json, project_to_json
from tests.projects.bypuls.factories import NOW, EventFactory, SignUpFactory
from tests.projects.portfolio.factories import ProjectFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    found: Project = ProjectFactory.create(published_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    return found


def held(project: Project, attendance: int | None, **fields: object) -> Event:
    event: Event = EventFactory.create(
        project=project,
        status="held",
        attendance=attendance,
        starts_at=NOW - dt.timedelta(days=3),
        **fields,
    )
    return event


def test_the_figures_of_a_project_are_those_of_its_public_events(project: Project):
    first = held(project, 40)
    held(project, None)
    held(project, 99, publication="withdrawn")
    EventFactory.create(project=project, starts_at=NOW + dt.timedelta(days=1))
    EventFactory.create(attendance=7, status="held")
    came = SignUpFactory.create(event=first, size=3, checked_in_at=NOW, checked_in_size=2)
    SignUpFactory.create(event=first, size=2)
    SignUpFactory.create_batch(3, event=first)
    for signup in (came, *first.signups.exclude(pk=came.pk)):
        answer(signup, rating=4, would_come_again=None, text="", at=NOW)

    found = figures_of_project(project, at=NOW)

    assert (found.held, found.counted, found.attended, found.ahead) == (2, 1, 40, 1)
    assert found.no_shows == 6
    assert (found.survey_answers, found.survey_mean) == (5, 4.0)


def test_what_nobody_counted_is_unknown_and_not_nobody(project: Project):
    event = held(project, None)
    answer(SignUpFactory.create(event=event), rating=1, would_come_again=None, text="", at=NOW)

    found = figures_of_project(project, at=NOW)

    assert (found.held, found.attended, found.no_shows) == (1, None, None)
    assert (found.survey_answers, found.survey_mean) == (0, None)


def test_the_page_of_the_project_shows_them(client: Client, project: Project):
    assert "Dette har portalen talt" not in client.get(project.get_absolute_url()).content.decode()
    held(project, 40)
    held(project, None)

    page = client.get(project.get_absolute_url()).content.decode()

    assert "Dette har portalen talt" in page
    assert ">40<" in page
    assert "talt på 1 av 2" in page


def test_a_report_keeps_the_figures_of_its_day(project: Project):
    event = held(project, 40)
    kept = project_to_json(project_at(project, at=NOW))
    Event.objects.filter(pk=event.pk).update(attendance=50)

    then = project_from_json(kept)

    assert [(figure.value, figure.label) for figure in then.activity] == [
        ("1", "arrangement holdt"),
        ("40", "deltakere"),
    ]
    assert project_from_json({**kept, "activity": []}).activity == []
    del kept["activity"]
    assert project_from_json(kept).activity == []
