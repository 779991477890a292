import stat
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from members.accounts.demo import load
from members.accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def passwords(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "var" / "sign-in.txt"
    monkeypatch.setenv("DEMO_PASSWORDS_FILE", str(path))
    return path


def test_each_role_gets_an_account_whose_password_is_in_the_file(passwords: Path, client: Client):
    load(at=timezone.now())

    rows = [line.split("\t") for line in passwords.read_text().splitlines()]
    assert [row[0] for row in rows] == ["Programkontor", "Redaktør", "Bedrift"]
    for _, email, password in rows:
        response = client.post(reverse("account_login"), {"login": email, "password": password})
        assert response.status_code == 302
        client.logout()
    assert EmailAddress.objects.filter(verified=True, primary=True).count() == 3
    assert User.objects.get(email="programkontor@eksempel.no").is_programme_office
    assert User.objects.get(email="redaktor@eksempel.no").is_editor
    assert not User.objects.get(email="bedrift@eksempel.no").is_staff


def test_only_the_owner_reads_the_file(passwords: Path):
    load(at=timezone.now())

    assert stat.S_IMODE(passwords.stat().st_mode) == 0o600


def test_a_second_run_writes_nothing_and_keeps_the_passwords(passwords: Path):
    load(at=timezone.now())
    before = passwords.read_text(), list(User.objects.order_by("pk").values_list("password"))
    load(at=timezone.now())

    assert (
        passwords.read_text(),
        list(User.objects.order_by("pk").values_list("password")),
    ) == before


def test_passwords_differ_between_installations(passwords: Path):
    load(at=timezone.now())
    User.objects.all().delete()
    load(at=timezone.now())

    found = [line.split("\t")[2] for line in passwords.read_text().splitlines()]
    assert len(set(found)) == 6
