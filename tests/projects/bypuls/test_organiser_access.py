"""Who runs an event: on Min side, by a door link, and nobody else."""

import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.http import Http404
from django.test import Client

from members.accounts.models import Role, User
from members.companies.models import ContactRole
from members.mailings.models.delivery import Delivery
from projects.bypuls import access
from projects.bypuls.events import moderation, organisers
from projects.bypuls.models import DoorLink, Event, EventOrganiser, ReminderRule
from projects.bypuls.signups.reminder_rules import save_rule
from tests.members.accounts.factories import UserFactory
from tests.members.companies.factories import CompanyContactFactory, CompanyFactory
from tests.projects.bypuls.factories import (
    NOW,
    EventFactory,
    EventMaterialFactory,
    EventPhotoFactory,
    QuestionFactory,
    SignUpFactory,
)

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def organise(event: Event, email: str = "arr@example.no") -> EventOrganiser:
    return EventOrganiser.objects.create(event=event, email=email, added_at=NOW)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def contact(event: Event, role: ContactRole, **changes: object) -> User:
    return CompanyContactFactory.create(company=event.company, role=role, **changes).user


def organiser_in_other_case(event: Event) -> User:
    organise(event, "kari.nordmann@example.no")
    return UserFactory.create(email="Kari.Nordmann@example.no")


def former_leader(event: Event) -> User:
    return contact(event, ContactRole.LEADER, until_date=dt.date(2026, 11, 20))


def sleeping_organiser(event: Event) -> User:
    organise(event, "sluttet@example.no")
    return UserFactory.create(email="sluttet@example.no", is_active=False)


def organiser_of_another(event: Event) -> User:
    organise(EventFactory.create(), "annen@example.no")
    return UserFactory.create(email="annen@example.no")


PEOPLE = [
    (organiser_in_other_case, True),
    (lambda event: contact(event, ContactRole.LEADER), True),
    (lambda event: contact(event, ContactRole.EDITOR), True),
    (lambda event: UserFactory.create(role=Role.PROGRAMME_OFFICE), True),
    (lambda event: UserFactory.create(role=Role.EDITOR), True),
    (lambda event: UserFactory.create(is_superuser=True), True),
    (lambda event: contact(event, ContactRole.DELEGATE), False),
    (lambda event: contact(event, ContactRole.INVOICE), False),
    (former_leader, False),
    (sleeping_organiser, False),
    (organiser_of_another, False),
    (lambda event: CompanyContactFactory.create(role=ContactRole.LEADER).user, False),
    (lambda event: UserFactory.create(is_staff=True), False),
    (lambda event: UserFactory.create(), False),
]
LABELS = [
    *("organiser", "leader", "company editor", "programme office", "editor", "superuser"),
    *("delegate", "invoice", "former leader", "inactive organiser", "organiser of another event"),
    *("leader of another company", "staff without a role", "resident"),
]


@pytest.mark.parametrize(("make", "may"), PEOPLE, ids=LABELS)
def test_who_runs_an_event(make, may: bool):
    event = EventFactory.create(company=CompanyFactory.create())
    user = make(event)

    assert access.organised_events(user, at=NOW).filter(pk=event.pk).exists() == may
    if may:
        assert access.event_for_organiser(user, event.slug, at=NOW) == event
    else:
        with pytest.raises(Http404):
            access.event_for_organiser(user, event.slug, at=NOW)


def test_others_do_not_learn_that_the_event_is_there():
    event = EventFactory.create(publication="draft")
    client = signed_in(UserFactory.create())

    assert client.get(f"/min-side/arrangementer/{event.slug}/").status_code == 404
    assert client.get("/min-side/arrangementer/finnes-ikke/").status_code == 404


def test_staff_without_a_second_factor_are_asked_for_it_as_in_the_admin(settings):
    settings.STAFF_NEED_SECOND_FACTOR = True
    event = EventFactory.create()
    client = signed_in(UserFactory.create(role=Role.PROGRAMME_OFFICE))

    response = client.get(f"/min-side/arrangementer/{event.slug}/")

    assert response.status_code == 302
    assert "/konto/2fa/totp/activate/" in response.headers["Location"]


@pytest.mark.parametrize("role", [Role.PROGRAMME_OFFICE, Role.EDITOR])
def test_a_role_asks_for_a_second_factor_also_without_the_way_into_the_admin(settings, role: Role):
    settings.STAFF_NEED_SECOND_FACTOR = True
    event = EventFactory.create()
    user = UserFactory.create(role=role)
    User.objects.filter(pk=user.pk).update(is_staff=False)

    response = signed_in(user).get(f"/min-side/arrangementer/{event.slug}/")

    assert response.status_code == 302
    assert "/konto/2fa/totp/activate/" in response.headers["Location"]


# --- The door ---------------------------------------------------------------------------------------
def door_of(event: Event, **changes: object) -> DoorLink:
    return DoorLink.objects.create(event=event, made_at=NOW, **changes)


def test_a_door_link_opens_its_own_event_only():
    event, other = EventFactory.create(), EventFactory.create()
    link = door_of(event)
    token = access.door_token(link)

    assert access.door_by_token(token, event.slug, at=NOW) == link
    for wrong in (token[:-1] + ("a" if token[-1] != "a" else "b"), "tull", str(link.pk)):
        with pytest.raises(Http404):
            access.door_by_token(wrong, event.slug, at=NOW)
    with pytest.raises(Http404):
        access.door_by_token(token, other.slug, at=NOW)


@pytest.mark.parametrize(("hours", "is_open"), [(-48, True), (11.9, True), (12, False)])
def test_a_door_link_ends_twelve_hours_after_the_event(hours: float, is_open: bool):
    link = door_of(EventFactory.create())

    at = link.event.ends_at + dt.timedelta(hours=hours)

    assert access.is_door_open(link, at=at) == is_open


def test_a_withdrawn_door_link_is_closed_at_once():
    event = EventFactory.create()
    link = door_of(event, withdrawn_at=NOW)

    with pytest.raises(Http404):
        access.door_by_token(access.door_token(link), event.slug, at=NOW)
    with pytest.raises(Http404):
        access.event_at_the_door(UserFactory.create(), link.pk, event.slug, at=NOW)


# --- Organisers -----------------------------------------------------------------------------------------
def test_whoever_sent_in_an_event_runs_it_once_it_is_published():
    event = EventFactory.create(
        publication="submitted", submitter_email="kari@example.no", submitter_name="Kari"
    )

    moderation.publish(event.pk, at=NOW)

    user = User.objects.get(email="kari@example.no")
    assert list(access.own_events(user, at=NOW)) == [event]
    assert not user.has_usable_password()
    mail = Delivery.objects.get(recipient="kari@example.no")
    assert f"/min-side/arrangementer/{event.slug}/" in mail.body.text


def test_a_colleague_is_told_and_signs_in_with_the_address():
    event = EventFactory.create()
    boss = UserFactory.create(first_name="Per", last_name="Sjef")

    organisers.add_organiser(event.pk, email=" Kollega@Example.no ", name="Kim", by=boss, at=NOW)

    mail = Delivery.objects.get(recipient="kollega@example.no")
    assert "Per Sjef har gjort deg til arrangør" in mail.body.text
    client = Client()
    client.post("/konto/login/", {"login": "kollega@example.no"})
    letter = Delivery.objects.get(recipient="kollega@example.no", kind="sign-in").body.text
    code = re.search(r"^[A-Z0-9]{3,4}-?[A-Z0-9]{2,4}$", letter, re.MULTILINE)
    assert code, letter
    client.post("/konto/login/code/confirm/", {"code": code.group()})
    page = client.get(f"/min-side/arrangementer/{event.slug}/")
    assert page.status_code == 200
    assert EmailAddress.objects.get(email="kollega@example.no").verified


def test_a_colleague_who_runs_it_already_is_not_mailed_again():
    event = EventFactory.create()
    boss = UserFactory.create()
    organisers.add_organiser(event.pk, email="kim@example.no", by=boss, at=NOW)

    with pytest.raises(organisers.OrganiserError):
        organisers.add_organiser(event.pk, email="KIM@example.no", by=boss, at=NOW)

    assert Delivery.objects.filter(recipient="kim@example.no").count() == 1


@pytest.mark.parametrize("email", ["", "ikke-en-adresse", "a@b", "to@example.no, tre@example.no"])
def test_an_impossible_address_is_refused(email: str):
    with pytest.raises(organisers.OrganiserError):
        organisers.add_organiser(EventFactory.create().pk, email=email, by=None, at=NOW)


def test_the_last_organiser_cannot_vanish():
    event = EventFactory.create()
    first, second = organise(event, "en@example.no"), organise(event, "to@example.no")

    organisers.remove_organiser(event.pk, first.pk, by=None, at=NOW)
    organisers.remove_organiser(event.pk, first.pk, by=None, at=NOW)
    with pytest.raises(organisers.OrganiserError):
        organisers.remove_organiser(event.pk, second.pk, by=None, at=NOW)

    assert list(event.organisers.values_list("email", flat=True)) == ["to@example.no"]
    assert list(event.log.values_list("kind", "detail")) == [("organiser-removed", "en@example.no")]


def test_handing_over_lets_the_colleague_in_and_oneself_out():
    event = EventFactory.create()
    me = UserFactory.create(email="slutter@example.no")
    organise(event, me.email)

    organisers.hand_over(event.pk, email="kim@example.no", by=me, at=NOW)

    assert not access.organised_events(me, at=NOW).exists()
    kim = User.objects.get(email="kim@example.no")
    assert list(access.organised_events(kim, at=NOW)) == [event]
    assert Delivery.objects.filter(recipient="kim@example.no").count() == 1


def test_handing_over_to_oneself_changes_nothing():
    event = EventFactory.create()
    me = UserFactory.create(email="jeg@example.no")
    organise(event, me.email)

    with pytest.raises(organisers.OrganiserError):
        organisers.hand_over(event.pk, email="JEG@example.no", by=me, at=NOW)

    assert event.organisers.count() == 1


def test_handing_over_to_a_co_organiser_leaves_the_co_organiser():
    event = EventFactory.create()
    me = UserFactory.create(email="jeg@example.no")
    organise(event, me.email)
    organise(event, "kim@example.no")

    organisers.hand_over(event.pk, email="kim@example.no", by=me, at=NOW)

    assert list(event.organisers.values_list("email", flat=True)) == ["kim@example.no"]


# --- The list and the event's page -------------------------------------------------------------------------
def test_the_list_shows_ones_own_events_with_few_queries(django_assert_num_queries):
    user = UserFactory.create(email="arr@example.no")
    for days in (1, 2, 3, -3, -4):
        organise(EventFactory.create(starts_at=NOW + dt.timedelta(days=days)))
    EventFactory.create(title="En annens")
    client = signed_in(user)

    with django_assert_num_queries(5):
        page = client.get("/min-side/arrangementer/").content.decode()

    assert page.count("card__title") == 5
    assert "En annens" not in page


def test_the_page_of_an_event_costs_the_same_with_many_signed_up(django_assert_num_queries):
    event = EventFactory.create()
    organise(event)
    client = signed_in(UserFactory.create(email="arr@example.no"))
    SignUpFactory.create_batch(40, event=event)

    with django_assert_num_queries(9):
        page = client.get(f"/min-side/arrangementer/{event.slug}/").content.decode()

    assert page.count('scope="row"') == 40


def test_the_sign_ups_are_searched_and_filtered():
    event = EventFactory.create()
    client = signed_in(UserFactory.create(role=Role.PROGRAMME_OFFICE))
    SignUpFactory.create(event=event, name="Kari Ås", companions="Ola Berg")
    SignUpFactory.create(event=event, name="Nils", company=CompanyFactory.create(name="Berg AS"))
    SignUpFactory.create(event=event, name="Venter", state="waiting")
    SignUpFactory.create(event=event, name="Borte", state="cancelled", cancelled_at=NOW)
    address = f"/min-side/arrangementer/{event.slug}/"

    def names(query: str) -> set[str]:
        page = client.get(address + query).content.decode()
        return {name for name in ("Kari Ås", "Nils", "Venter", "Borte") if name in page}

    assert names("") == {"Kari Ås", "Nils", "Venter"}
    assert names("?q=berg") == {"Kari Ås", "Nils"}
    assert names("?q=kari+ås") == {"Kari Ås"}
    assert names("?q=%25") == set()
    assert names("?tilstand=waiting") == {"Venter"}
    assert names("?tilstand=cancelled") == {"Borte"}
    assert names("?tilstand=tull&q=%00") == {"Kari Ås", "Nils", "Venter"}


def test_the_live_part_is_the_table_alone_and_the_same_as_on_the_page():
    event = EventFactory.create()
    client = signed_in(UserFactory.create(role=Role.PROGRAMME_OFFICE))
    SignUpFactory.create(event=event, name="Kari")
    address = f"/min-side/arrangementer/{event.slug}/"

    whole = client.get(address).content.decode()
    part = client.get(address, headers={"HX-Request": "true"}).content.decode().strip()

    assert part.startswith("<section")
    assert part in whole
    assert "every 15s" in part
    assert "every 15s" not in client.get(address + "?stopp=1").content.decode()


# --- The key of something of another event --------------------------------------------------------
def a_row(kind: str, event: Event) -> Any:
    """Return a reminder, a question, a file or a picture of this event."""
    if kind == "rule":
        return save_rule(ReminderRule(event=event), at=NOW)
    factories = {
        "question": QuestionFactory,
        "material": EventMaterialFactory,
        "photo": EventPhotoFactory,
    }
    return factories[kind].create(event=event)


@pytest.mark.parametrize(
    ("kind", "page", "action"),
    [
        ("rule", "paminnelser", "remove"),
        ("question", "sporsmal", "remove"),
        ("material", "etterpa", "remove-material"),
        ("photo", "etterpa", "withdraw-photo"),
    ],
)
def test_the_key_of_another_event_changes_nothing_there(kind: str, page: str, action: str):
    mine, other = EventFactory.create(starts_at=NOW - dt.timedelta(days=1)), EventFactory.create()
    organise(mine)
    row = a_row(kind, other)
    client = signed_in(UserFactory.create(email="arr@example.no"))
    before = type(row).objects.filter(pk=row.pk).values().get()

    answer = client.post(
        f"/min-side/arrangementer/{mine.slug}/{page}/", {"action": action, kind: row.pk}
    )

    assert answer.status_code in (302, 404)
    assert type(row).objects.filter(pk=row.pk).values().get() == before
    own = a_row(kind, mine)
    client.post(f"/min-side/arrangementer/{mine.slug}/{page}/", {"action": action, kind: own.pk})
    after = type(own).objects.filter(pk=own.pk).first()
    assert after is None or after.consent_withdrawn_at is not None


@pytest.mark.parametrize(("kind", "part"), [("material", "materiell"), ("photo", "bilder")])
def test_a_file_is_not_there_below_another_event(kind: str, part: str):
    mine, other = EventFactory.create(), EventFactory.create()
    row = a_row(kind, other)

    assert Client().get(f"/arrangementer/{mine.slug}/{part}/{row.pk}/").status_code == 404
