import datetime

import pytest
from django.db import IntegrityError, transaction
from django.template import engines
from django.test import Client
from django.urls import reverse

from members.accounts.models import User
from members.mailings import mail_rules
from members.mailings.models import MailRules

pytestmark = pytest.mark.django_db

PAGE = "admin:mailings_mailrules_change"
TYPED = {
    "rate_per_second": "10",
    "domain_rate_per_minute": "",
    "pause_after_errors": "20",
    "quiet_from": "22:00",
    "quiet_until": "07:00",
    "undo_minutes": "5",
    "soft_bounce_limit": "3",
    "soft_bounce_days": "60",
    "mailbox_days": "30",
    "fewest_shown": "5",
}


@pytest.fixture(autouse=True)
def lenient_admin(monkeypatch: pytest.MonkeyPatch) -> None:
    """The admin's own templates count on an undefined name being empty."""
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", "")


def desk_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def oslo(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(f"2026-03-{text}:00+01:00")


def test_without_a_row_the_usual_rules_hold_and_nothing_is_written():
    rules = mail_rules.current()

    assert (rules.rate_per_second, rules.domain_rate_per_minute) == (None, None)
    assert (rules.quiet_from, rules.undo_minutes, rules.four_eyes) == (None, 0, False)
    assert not MailRules.objects.exists()


def test_the_office_sets_the_rules_on_their_one_page(programme_officer: User):
    desk = desk_of(programme_officer)
    start = desk.get(reverse("admin:mailings_mailrules_changelist"), follow=True)
    assert start.redirect_chain[-1][0] == reverse(PAGE, args=[1])
    assert start.status_code == 200

    answer = desk.post(reverse(PAGE, args=[1]), {**TYPED, "four_eyes": "on"})
    assert answer.status_code == 302, answer.context["errors"]
    desk.post(reverse(PAGE, args=[1]), {**TYPED, "rate_per_second": "20"})

    rules = MailRules.objects.get()
    assert (rules.rate_per_second, rules.four_eyes) == (20, False)
    assert rules.quiet_until == datetime.time(7)
    assert desk.get(reverse(PAGE, args=[2])).status_code == 302
    assert desk.get(reverse("admin:mailings_mailrules_add")).status_code == 403


def test_an_editor_reads_the_rules_and_cannot_set_them(editor: User):
    desk = desk_of(editor)

    assert desk.get(reverse(PAGE, args=[1])).status_code == 200
    assert desk.post(reverse(PAGE, args=[1]), TYPED).status_code == 403
    assert not MailRules.objects.exists()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"quiet_until": ""}, "quiet_until"),
        ({"quiet_from": ""}, "quiet_from"),
        ({"quiet_until": "22:00"}, "quiet_until"),
        ({"quiet_from": "25:00"}, "quiet_from"),
        ({"rate_per_second": "0"}, "rate_per_second"),
        ({"rate_per_second": "mange"}, "rate_per_second"),
        ({"undo_minutes": "500"}, "undo_minutes"),
        ({"fewest_shown": "0"}, "fewest_shown"),
    ],
    ids=["no-end", "no-start", "same", "no-time", "nought", "words", "long", "no-threshold"],
)
def test_a_wrong_rule_is_told_beside_its_field_and_nothing_typed_is_lost(
    programme_officer: User, typed: dict[str, str], field: str
):
    answer = desk_of(programme_officer).post(
        reverse(PAGE, args=[1]), {**TYPED, "pause_after_errors": "77", **typed}
    )

    form = answer.context["adminform"].form
    assert list(form.errors) == [field]
    assert form["pause_after_errors"].value() == "77"
    assert not MailRules.objects.exists()


@pytest.mark.parametrize(
    "values",
    [
        {"pk": 2},
        {"rate_per_second": 0},
        {"quiet_from": datetime.time(22)},
        {"quiet_from": datetime.time(22), "quiet_until": datetime.time(22)},
        {"fewest_shown": 0},
    ],
    ids=["second-row", "rate", "half", "same", "threshold"],
)
def test_the_database_refuses_rules_that_cannot_be(values: dict[str, object]):
    with pytest.raises(IntegrityError), transaction.atomic():
        MailRules.objects.create(**{"pk": 1, **values})


@pytest.mark.parametrize(
    ("hours", "moment", "until"),
    [
        ((22, 7), "13T21:59", None),
        ((22, 7), "13T22:00", "14T07:00"),
        ((22, 7), "14T03:00", "14T07:00"),
        ((22, 7), "14T07:00", None),
        ((12, 13), "13T12:30", "13T13:00"),
        ((12, 13), "13T13:00", None),
        ((22, 7), "29T01:30", "29T07:00"),
    ],
    ids=["before", "evening", "night", "morning", "midday", "after", "clocks-change"],
)
def test_quiet_hours_are_local_and_may_pass_midnight(
    hours: tuple[int, int], moment: str, until: str | None
):
    rules = MailRules(quiet_from=datetime.time(hours[0]), quiet_until=datetime.time(hours[1]))

    found = mail_rules.quiet_until(rules, at=oslo(moment))

    if until is None:
        assert found is None
    elif moment.startswith("29"):
        # The night of 29 March is an hour shorter; seven is seven by the clock on the wall.
        assert found == datetime.datetime.fromisoformat("2026-03-29T07:00:00+02:00")
    else:
        assert found == oslo(until)
