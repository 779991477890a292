import datetime as dt

import pytest
from django.apps import apps

from projects.innsikt.models import Fetch
from tests.projects.innsikt.factories import (
    AnnotationFactory,
    NeedsSurveyFactory,
    RankingFactory,
    series_of,
)

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 5, 4, 8, tzinfo=dt.UTC)


@pytest.fixture
def office(client, programme_officer):
    client.force_login(
        programme_officer, backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    return client


@pytest.mark.parametrize("model", ["indicator", "observation", "ranking", "needssurvey", "fetch"])
def test_lists_and_forms_open(office, model, django_assert_max_num_queries):
    for _ in range(3):
        indicator = series_of({"2022": 1, "2023": 2}).indicator
        AnnotationFactory.create(indicator=indicator)
        RankingFactory.create()
        NeedsSurveyFactory.create()
        Fetch.objects.create(indicator=indicator, fetched_at=NOW, url="x", outcome="stored")

    with django_assert_max_num_queries(20):
        assert office.get(f"/admin/innsikt/{model}/").status_code == 200
    one = apps.get_model("innsikt", model)._default_manager.first()
    assert one is not None
    assert office.get(f"/admin/innsikt/{model}/{one.pk}/change/").status_code == 200


def test_the_log_of_fetches_cannot_be_changed(office):
    assert office.get("/admin/innsikt/fetch/add/").status_code == 403


def test_asking_for_figures_now(office):
    indicator = series_of({"2022": 1}).indicator
    indicator.table_id = "06913"
    indicator.save()

    chosen = {"action": "fetch_now", "_selected_action": [indicator.pk]}
    response = office.post("/admin/innsikt/indicator/", chosen, follow=True)

    assert "1 henting er satt i gang." in response.content.decode()
