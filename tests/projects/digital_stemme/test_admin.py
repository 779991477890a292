import pytest
from django.urls import reverse
from django.utils import timezone

from members.mailings.models import Delivery
from projects.digital_stemme import retention
from projects.digital_stemme.models import Home, ImportRun, SourceState, Vacancy
from projects.digital_stemme.models.choices import VacancySource
from tests.projects.digital_stemme.factories import HomeFactory, VacancyFactory
from vekst.moderation import ModerationState

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def office(client, programme_officer):
    client.force_login(programme_officer, backend=BACKEND)
    return client


def change(listing):
    name = listing._meta.model_name
    return reverse(f"admin:digital_stemme_{name}_change", args=[listing.pk])


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["home", "vacancy", "importrun", "sourcestate"])
def test_every_list_opens_with_few_queries(office, name, django_assert_max_num_queries):
    for _ in range(4):
        HomeFactory.create(state=ModerationState.SUBMITTED)
        VacancyFactory.create(state=ModerationState.SUBMITTED)
        ImportRun.objects.create(
            source="nav", started_at=timezone.now(), refused=[{"line": "1", "reason": "<x>"}]
        )
    SourceState.objects.create(source="nav")

    with django_assert_max_num_queries(12):
        response = office.get(reverse(f"admin:digital_stemme_{name}_changelist"))

    assert response.status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("factory", [HomeFactory, VacancyFactory])
def test_the_office_publishes_asks_and_takes_down_with_a_mail_each(office, factory):
    listing = factory.create(state=ModerationState.SUBMITTED, published_at=None)
    address = change(listing).removesuffix("change/")
    assert office.get(change(listing)).status_code == 200

    office.post(f"{address}be-om-endring/", {"note": "Skriv mer.", "_form_submitted": "on"})
    listing.refresh_from_db()
    assert (listing.state, listing.moderation_note) == (
        ModerationState.CHANGES_ASKED,
        "Skriv mer.",
    )

    type(listing).objects.update(state=ModerationState.SUBMITTED)
    office.get(f"{address}publiser/")
    listing.refresh_from_db()
    assert listing.state == ModerationState.SUBMITTED, "looking at the question is not an answer"
    office.post(f"{address}publiser/", {"_form_submitted": "on"})
    listing.refresh_from_db()
    assert listing.state == ModerationState.PUBLISHED
    office.post(f"{address}ta-ned/", {"_form_submitted": "on"})
    listing.refresh_from_db()
    assert listing.state == ModerationState.WITHDRAWN
    assert Delivery.objects.count() == 3


@pytest.mark.django_db
def test_several_are_published_at_once_and_the_impossible_ones_named(office):
    waiting = HomeFactory.create(state=ModerationState.SUBMITTED, published_at=None)
    gone = HomeFactory.create(state=ModerationState.WITHDRAWN)

    response = office.post(
        reverse("admin:digital_stemme_home_changelist"),
        {"action": "publish_selected", "_selected_action": [waiting.pk, gone.pk]},
        follow=True,
    )

    assert Home.objects.get(pk=waiting.pk).state == ModerationState.PUBLISHED
    assert Home.objects.get(pk=gone.pk).state == ModerationState.WITHDRAWN
    assert "Kan ikke gå fra" in response.content.decode()


@pytest.mark.django_db
def test_editors_may_not_decide(client, editor):
    client.force_login(editor, backend=BACKEND)
    home = HomeFactory.create(state=ModerationState.SUBMITTED, published_at=None)

    response = client.post(
        change(home).removesuffix("change/") + "publiser/", {"_form_submitted": "on"}
    )

    assert response.status_code == 403
    assert Home.objects.get().state == ModerationState.SUBMITTED


@pytest.mark.django_db
def test_what_nav_says_cannot_be_edited_here(office):
    vacancy = VacancyFactory.create(
        source=VacancySource.NAV, uuid="7d0f4a3e-3c55-4f5d-9a5e-0c1f7b2f9101"
    )

    html = office.get(change(vacancy)).content.decode()

    assert 'name="title_nb"' not in html
    assert 'name="project"' in html


@pytest.mark.django_db
@pytest.mark.parametrize("state", [ModerationState.SUBMITTED, ModerationState.CHANGES_ASKED])
def test_contacts_of_what_nobody_decided_are_forgotten_after_a_year(state):
    now = timezone.now()
    old, new = HomeFactory.create(state=state), HomeFactory.create(state=state)
    Home.objects.filter(pk=old.pk).update(updated_at=now - retention.UNDECIDED)

    assert retention.forget_home_contacts(now, False) == 1
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.contact_email, bool(new.contact_email)) == ("", True)


@pytest.mark.django_db
def test_contacts_of_what_ended_long_ago_are_forgotten():
    now = timezone.now()
    long_ago = now - retention.KEPT_AFTER_END
    old = HomeFactory.create(state=ModerationState.EXPIRED, closed_at=long_ago)
    HomeFactory.create(state=ModerationState.EXPIRED, closed_at=now)
    HomeFactory.create()
    VacancyFactory.create(state=ModerationState.WITHDRAWN, closed_at=long_ago)

    for rule in retention.RULES:
        assert rule.apply(now, True) == 1
        assert rule.apply(now, False) == 1
        assert rule.apply(now, False) == 0

    old.refresh_from_db()
    assert (old.contact_name, old.contact_email) == ("", "")
    assert Home.objects.exclude(contact_email="").count() == 2
    assert Vacancy.objects.get().contact_email == ""
