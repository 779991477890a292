"""The admin's own pages: who gets in, and what the front page tells."""

import pytest
from django.urls import reverse

from members.accounts.models import Role
from tests.members.accounts.factories import UserFactory
from vekst.roles import RIGHTS, sync_roles


def test_a_stranger_is_sent_to_the_sign_in_page(client):
    response = client.get(reverse("admin:index"), follow=True)

    assert response.redirect_chain[-1][0].startswith("/konto/login/")


def test_a_resident_is_refused(client, resident):
    client.force_login(resident)

    assert client.get(reverse("admin:login")).status_code == 403


@pytest.mark.parametrize("role", list(Role))
def test_each_role_sees_its_day_and_only_its_menu(client, db, role):
    client.force_login(UserFactory.create(role=role))

    page = client.get(reverse("admin:index")).content.decode()

    assert "Min dag" in page


def test_staff_need_a_second_factor_where_the_settings_say_so(client, editor, settings):
    settings.STAFF_NEED_SECOND_FACTOR = True
    client.force_login(editor)

    response = client.get(reverse("admin:index"))

    assert response.status_code == 302
    assert response["Location"] == reverse("mfa_activate_totp")


def test_rights_follow_the_table(db, django_assert_max_num_queries):
    editor = UserFactory.create(role=Role.EDITOR)
    officer = UserFactory.create(role=Role.PROGRAMME_OFFICE)

    assert editor.has_perm("mailings.view_delivery")
    assert not editor.has_perm("mailings.change_delivery")
    assert officer.has_perm("portfolio.change_project")
    assert not officer.has_perm("accounts.change_user")


@pytest.mark.parametrize(
    "model",
    [
        "ung.mentor",
        "ung.mentee",
        "ung.match",
        "ung.mentorsession",
        "kompetanse.competenceneed",
        "kompetanse.application",
        "kompetanse.historicalapplication",
        "kompetanse.grantvote",
        "kompetanse.boardmember",
    ],
)
def test_editors_do_not_read_what_people_trusted_the_office_with(client, editor, model):
    app_label, _, name = model.partition(".")
    officer = UserFactory.create(role=Role.PROGRAMME_OFFICE)

    for action in ("view", "add", "change", "delete"):
        assert not editor.has_perm(f"{app_label}.{action}_{name}")
    assert officer.has_perm(f"{app_label}.view_{name}")
    assert editor.has_perm("ung.view_mentorscheme")
    assert editor.has_perm("kompetanse.view_grantround")


def test_a_role_without_actions_on_a_thing_gets_none(db, monkeypatch):
    monkeypatch.setitem(RIGHTS, Role.EDITOR, {"posts": ("view",), "posts.photo": ()})

    sync_roles()

    editor = UserFactory.create(role=Role.EDITOR)
    assert editor.has_perm("posts.view_post")
    assert not editor.has_perm("posts.view_photo")
