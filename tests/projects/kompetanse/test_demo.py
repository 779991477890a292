from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from members.accounts.models import User
from members.companies import demo as companies_demo
from members.companies.demo import CONTACT_EMAIL
from members.companies.models import Company, Forum, Minutes
from projects.kompetanse import demo
from projects.kompetanse.models import Award, GrantRound, StudyProgramme
from projects.kompetanse.needs import gap_table
from tests.members.accounts.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def _filled() -> None:
    UserFactory.create(email=CONTACT_EMAIL)
    load()


def load() -> None:
    for module in (companies_demo, demo):
        module.load(at=timezone.now())


def counts() -> dict[str, int]:
    return {
        model.__name__: model._default_manager.count()
        for label in ("accounts", "companies", "kompetanse")
        for model in apps.get_app_config(label).get_models()
    }


@pytest.mark.usefixtures("_filled")
def test_a_second_load_changes_nothing():
    before = counts()
    load()

    assert counts() == before


@pytest.mark.usefixtures("_filled")
def test_every_page_is_alive_in_both_languages(client: Client):
    now = timezone.now()
    pages = [
        reverse("companies:company_list"),
        reverse("companies:forum_list"),
        reverse("kompetanse:programme_list"),
        reverse("kompetanse:competence"),
        reverse("kompetanse:round_list"),
    ]
    kinds: list[Any] = [Company, Forum, Minutes, StudyProgramme, GrantRound]
    for kind in kinds:
        pages += [thing.get_absolute_url() for thing in kind.objects.public(at=now)]
    for page in pages:
        for prefix in ("", "/en"):
            assert client.get(prefix + page).status_code == 200, page


@pytest.mark.usefixtures("_filled")
def test_the_needs_show_some_fields_and_hide_others():
    table = gap_table(at=timezone.now())

    assert table.shown_heads > 100
    assert table.hidden_fields >= 2


@pytest.mark.usefixtures("_filled")
def test_what_is_granted_agrees_with_the_awards():
    for grant_round in GrantRound.objects.all():
        awards = Award.objects.filter(application__grant_round=grant_round)
        assert grant_round.granted_nok == sum(award.amount_nok for award in awards)


@pytest.mark.usefixtures("_filled")
def test_the_contact_of_the_demo_has_seats_meetings_and_closed_minutes(client: Client):
    person = User.objects.get(email=CONTACT_EMAIL)
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")

    text = client.get(reverse("companies:my_page")).content.decode()

    assert "Eksempel Teknologi AS" in text
    assert "Topplederforum" in text
    assert "Eksempel: Status for fellesprosjektene" in text


@pytest.mark.usefixtures("_filled")
def test_everything_invented_says_so():
    for company in Company.objects.all():
        assert company.name.startswith("Eksempel ")
        assert company.orgnr.startswith("31")
