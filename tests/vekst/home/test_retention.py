"""Personal data goes when its time is over; a dry run says the same and changes nothing."""

import datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from members.accounts.retention import RetentionRule
from projects.bypuls.models import SignUp
from tests.projects.bypuls.factories import SignUpFactory
from vekst.home import retention
from vekst.home.retention import RULES, apply_all


def test_the_document_names_every_rule():
    text = (Path(settings.BASE_DIR) / "docs" / "retention.md").read_text()
    for rule in RULES:
        assert f"| {rule.data} | {rule.basis} | {rule.kept_for} |" in text


@pytest.mark.django_db
def test_the_privacy_page_names_every_rule(client):
    page = client.get("/personvern/").content.decode()
    for rule in RULES:
        assert str(rule.data) in page


@pytest.mark.django_db
def test_a_dry_run_counts_what_a_real_run_then_takes(capsys):
    signup = SignUpFactory.create(name="Kari Nordmann")
    later = signup.event.ends_at + datetime.timedelta(days=31)

    counted = apply_all(at=later, dry_run=True)
    assert SignUp.objects.get().name == "Kari Nordmann"
    taken = apply_all(at=later, dry_run=False)

    assert counted == taken
    assert sum(taken.values()) > 0
    assert SignUp.objects.get().name == ""
    assert sum(apply_all(at=later, dry_run=False).values()) == 0


@pytest.mark.django_db
def test_the_command_says_how_many(capsys):
    call_command("retention", "--dry-run")

    assert len(capsys.readouterr().out.splitlines()) == len({str(rule.data) for rule in RULES})


@pytest.mark.django_db
def test_a_rule_that_fails_stops_no_other(monkeypatch, capsys):
    def fail(at: datetime.datetime, dry_run: bool) -> int:
        raise ValueError("odd row")

    broken = RetentionRule(data="Rare rader", basis="", kept_for="", apply=fail)
    monkeypatch.setattr(retention, "RULES", [broken, *RULES])

    with pytest.raises(CommandError, match="Rare rader"):
        call_command("retention")
    assert len(capsys.readouterr().out.splitlines()) == len({str(rule.data) for rule in RULES})
