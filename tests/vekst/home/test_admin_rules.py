"""What holds for every admin page of ours: who may act, and that earlier versions are only read."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db.models import Model
from django.template import engines
from django.urls import reverse
from simple_history.admin import SimpleHistoryAdmin

from members.accounts.models import Role
from tests.members.accounts.factories import UserFactory
from tests.projects.bypuls.factories import EventFactory, VenueFactory
from tests.projects.digital_stemme.factories import HomeFactory
from tests.projects.portfolio.factories import MeasureFactory, ProjectFactory
from vekst.history_admin import HistoryAdmin

OURS = [
    model_admin
    for model_admin in admin.site._registry.values()
    if type(model_admin).__module__.split(".")[0] in ("vekst", "projects", "members")
]


@pytest.fixture
def loose_templates(monkeypatch):
    # Unfold's own templates ask for variables that are not there.
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", "")


LISTS = ("actions", "actions_list", "actions_detail", "actions_row", "actions_submit_line")


def action_names(model_admin):
    for attribute in LISTS:
        for entry in getattr(model_admin, attribute, None) or []:
            yield from entry["items"] if isinstance(entry, dict) else [entry]


@pytest.mark.parametrize("model_admin", OURS, ids=lambda found: found.model._meta.label)
def test_every_action_names_the_right_it_needs(model_admin):
    for name in action_names(model_admin):
        step = getattr(model_admin, name) if isinstance(name, str) else name
        assert getattr(step, "allowed_permissions", None), name


@pytest.mark.parametrize("model_admin", OURS, ids=lambda found: found.model._meta.label)
def test_no_admin_writes_earlier_versions_back(model_admin):
    assert isinstance(model_admin, HistoryAdmin) or not isinstance(model_admin, SimpleHistoryAdmin)


def version_url(row: Model) -> str:
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_simple_history"
    return reverse(name, args=[row.pk, row.history.latest().pk])


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("factory", [ProjectFactory, HomeFactory, EventFactory, VenueFactory])
def test_an_earlier_version_is_read_and_not_posted(client, role, factory, loose_templates):
    client.force_login(UserFactory.create(role=role))
    row = factory.create()
    versions = row.history.count()

    shown = client.get(version_url(row))
    posted = client.post(version_url(row), {"title": "Omskrevet", "title_nb": "Omskrevet"})

    assert shown.status_code == 200
    assert 'type="submit"' not in shown.content.decode().partition("<main")[2]
    assert posted.status_code == 403
    assert row.history.count() == versions


@pytest.mark.django_db
def test_measures_are_carried_in_and_out_only_by_those_who_may(
    client, editor, programme_officer, loose_templates
):
    plain = UserFactory.create(is_staff=True)
    MeasureFactory.create()

    def answers(user):
        client.force_login(user)
        names = ("import", "export")
        return [
            client.get(reverse(f"admin:portfolio_measure_{name}")).status_code for name in names
        ]

    assert answers(plain) == [403, 403]
    assert answers(editor) == [403, 200]
    assert answers(programme_officer) == [200, 200]


@pytest.mark.django_db
def test_an_import_needs_the_right_to_add_too(client, loose_templates):
    person = UserFactory.create(is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename="change_measure"))
    client.force_login(person)

    assert client.get(reverse("admin:portfolio_measure_import")).status_code == 403
