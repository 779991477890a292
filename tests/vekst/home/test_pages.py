"""The shell's own pages: what they show, and that they ask few questions whatever the rows."""

import datetime

import pytest
from django.utils import timezone

from projects.innsikt import demo as innsikt_demo
from projects.portfolio.models import MainProject
from tests.members.posts.factories import PostFactory
from tests.projects.bypuls.factories import CounterFactory, EventFactory
from tests.projects.digital_stemme.factories import HomeFactory, VacancyFactory
from tests.projects.portfolio.factories import MeasureFactory, ProjectFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def full_portal():
    innsikt_demo.load(at=timezone.now())
    HomeFactory.create_batch(5)
    VacancyFactory.create_batch(5)
    start = timezone.now() + datetime.timedelta(days=2)
    for _ in range(5):
        EventFactory.create(starts_at=start, ends_at=start + datetime.timedelta(hours=1))
    CounterFactory.create_batch(4)
    for main in MainProject.values:
        for project in ProjectFactory.create_batch(3, main_project=main):
            MeasureFactory.create(project=project)


def test_the_front_page_asks_at_most_eight_questions(
    client, full_portal, django_assert_max_num_queries
):
    PostFactory.create(published=True)
    client.get("/")
    with django_assert_max_num_queries(8):
        page = client.get("/").content.decode()

    assert "Dette skjer" in page
    assert "Nye boliger" in page
    assert "28" in page


@pytest.mark.parametrize("main", MainProject.values)
def test_a_main_project_asks_at_most_ten_questions(
    client, full_portal, main, django_assert_max_num_queries
):
    client.get(f"/program/{main}/")
    with django_assert_max_num_queries(10):
        page = client.get(f"/program/{main}/").content.decode()

    assert str(MainProject(main).label) in page


def test_an_empty_portal_has_a_front_page(client):
    assert client.get("/").status_code == 200


def test_security_txt_expires_within_a_year(client):
    lines = dict(
        line.split(": ", 1)
        for line in client.get("/.well-known/security.txt").content.decode().splitlines()
    )
    expires = datetime.datetime.fromisoformat(lines["Expires"])

    assert timezone.now() < expires < timezone.now() + datetime.timedelta(days=365)
    assert lines["Contact"].startswith("mailto:")


def test_readyz_says_what_is_missing(client):
    response = client.get("/readyz/")

    assert response.status_code == 503
    assert response.json() == {"database": True, "broker": True, "beat": False}
