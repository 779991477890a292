import datetime
import json

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from pytest_django import DjangoAssertNumQueries

from members.accounts.models import User
from members.companies.models import Company, Contact, ContactRole, Seat
from members.companies.retention import forget_old_delegates, remove_old_contacts
from members.mailings.ledger import MailKind, enqueue
from members.mailings.models import Consent, Delivery, Subscriber, WelcomeJourney
from tests.members.companies.factories import (
    CompanyContactFactory,
    CompanyFactory,
    MeetingFactory,
    MinutesFactory,
    SeatFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def contact() -> Contact:
    return CompanyContactFactory.create()


@pytest.fixture
def signed_in(client: Client, contact: Contact) -> Client:
    client.force_login(contact.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def edit_page(company: Company) -> str:
    return reverse("companies:company_edit", kwargs={"slug": company.slug})


def test_a_contact_writes_about_their_own_company(signed_in: Client, contact: Contact):
    response = signed_in.post(
        edit_page(contact.company),
        {
            "description_nb": "Vi lager rør.",
            "description_en": "We make pipes.",
            "website": "example.no",
            "name": "Et annet navn",
            "orgnr": "310000019",
        },
    )

    assert response.headers["Location"] == reverse("companies:my_page")
    company = Company.objects.get(pk=contact.company.pk)
    assert company.description == "Vi lager rør."
    with translation.override("en"):
        assert company.description == "We make pipes."
    assert company.website == "https://example.no"
    assert (company.name, company.orgnr) == (contact.company.name, contact.company.orgnr)


def test_what_was_typed_stays_when_the_address_is_wrong(signed_in: Client, contact: Contact):
    response = signed_in.post(
        edit_page(contact.company),
        {"description_nb": "Vi lager rør.", "website": "ikke en adresse"},
    )

    assert response.status_code == 200
    assert "Vi lager rør." in response.content.decode()
    assert Company.objects.get(pk=contact.company.pk).description != "Vi lager rør."


def test_anothers_company_does_not_exist(signed_in: Client):
    other = CompanyFactory.create()

    assert signed_in.get(edit_page(other)).status_code == 404
    assert signed_in.post(edit_page(other), {"description_nb": "Kupp"}).status_code == 404


@pytest.mark.parametrize("role", [ContactRole.INVOICE, ContactRole.DELEGATE])
def test_those_who_pay_or_sit_in_forums_do_not_write_the_profile(
    signed_in: Client, contact: Contact, role: str
):
    Contact.objects.update(role=role)

    assert signed_in.get(edit_page(contact.company)).status_code == 404


def test_a_role_that_ended_opens_nothing(signed_in: Client, contact: Contact):
    Contact.objects.update(until_date="2021-01-01")

    assert signed_in.get(edit_page(contact.company)).status_code == 404
    assert contact.company.name not in signed_in.get(reverse("companies:my_page")).content.decode()


@pytest.mark.parametrize("number", [1, 4])
def test_my_page_costs_the_same_for_many_rows(
    signed_in: Client,
    contact: Contact,
    django_assert_num_queries: DjangoAssertNumQueries,
    number: int,
):
    for _ in range(number):
        company = CompanyContactFactory.create(user=contact.user).company
        seat = SeatFactory.create(company=company, delegate=contact.user)
        meeting = MeetingFactory.create(
            forum=seat.forum,
            starts_at=timezone.now() + datetime.timedelta(days=1),
            state="planlagt",
        )
        MinutesFactory.create(meeting=meeting)

    # Session, user, groups twice over access, companies, seats, meetings, minutes, editable ones.
    with django_assert_num_queries(9):
        signed_in.get(reverse("companies:my_page"))


def test_staff_find_the_way_to_the_admin(client: Client, editor: User):
    client.force_login(editor, backend="allauth.account.auth_backends.AuthenticationBackend")

    assert reverse("admin:index") in client.get(reverse("companies:my_page")).content.decode()


def test_the_export_holds_ones_own_data_and_nobody_elses(signed_in: Client, contact: Contact):
    SeatFactory.create(company=contact.company, delegate=contact.user, delegate_name="Kari Delegat")
    other = CompanyContactFactory.create()
    for address in (contact.user.email, other.user.email):
        enqueue(
            kind=MailKind.OPERATIONS_NOTICE,
            subject="x",
            recipient=address,
            title=f"Til {address}",
            text="",
        )

    response = signed_in.get(reverse("home:own_data"))

    data = json.loads(response.content)
    assert data["account"]["email"] == contact.user.email
    assert [role["orgnr"] for role in data["company_roles"]] == [contact.company.orgnr]
    assert [seat["name"] for seat in data["forum_seats"]] == ["Kari Delegat"]
    assert [mail["title"] for mail in data["mail"]] == [f"Til {contact.user.email}"]
    assert other.user.email not in response.content.decode()
    assert "attachment" in response["Content-Disposition"]


def test_the_export_tells_of_the_subscription_without_its_keys(signed_in: Client, contact: Contact):
    now = timezone.now()
    subscriber = Subscriber.objects.create(
        email=contact.user.email, audiences=["innflyttere"], created_at=now, confirmed_at=now
    )
    journey = WelcomeJourney.objects.create(subscriber=subscriber, source="x", started_at=now)
    consent = Consent.objects.create(
        subscriber=subscriber,
        topic="bolig",
        text="Ja til bolig.",
        version="1",
        source="/nyhetsbrev/",
        given_at=now,
    )

    text = signed_in.get(reverse("home:own_data")).content.decode()

    assert "Ja til bolig." in text
    assert "innflyttere" in text
    assert "welcome_series" in text
    for held in (consent, subscriber, journey):
        assert held.token not in text


def erase(client: Client, email: str):
    return client.post(reverse("companies:account_erase"), {"email": email})


def test_erasing_takes_the_person_out_and_leaves_the_company(signed_in: Client, contact: Contact):
    SeatFactory.create(company=contact.company, delegate=contact.user, delegate_name="Kari Delegat")
    enqueue(
        kind=MailKind.SIGN_IN, subject="x", recipient=contact.user.email, title="Kode", text="123"
    )

    response = erase(signed_in, contact.user.email.upper())

    assert response.status_code == 200
    assert not User.objects.filter(pk=contact.user.pk).exists()
    assert not Delivery.objects.exists()
    seat = Seat.objects.get()
    assert (seat.delegate_name, seat.company) == ("", contact.company)
    assert signed_in.get(reverse("companies:my_page")).status_code == 302


def test_erasing_needs_ones_own_address(signed_in: Client, contact: Contact):
    response = erase(signed_in, "noen@example.no")

    assert "Det er ikke adressen til denne kontoen." in response.content.decode()
    assert User.objects.filter(pk=contact.user.pk).exists()


def test_staff_do_not_erase_themselves(client: Client, editor: User):
    client.force_login(editor, backend="allauth.account.auth_backends.AuthenticationBackend")

    response = erase(client, editor.email)

    assert "Be programkontoret om å avslutte den." in response.content.decode()
    assert User.objects.filter(pk=editor.pk).exists()


def test_old_roles_and_names_go_after_a_year(contact: Contact):
    Contact.objects.update(until_date="2024-11-01")
    seat = SeatFactory.create(
        company=contact.company,
        delegate=contact.user,
        delegate_name="Kari",
        until_date="2024-11-01",
    )
    kept = SeatFactory.create(delegate=contact.user, delegate_name="Kari")
    at = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)

    for rule in (remove_old_contacts, forget_old_delegates):
        assert rule(at, True) == 1
        assert rule(at, False) == 1
        assert rule(at, False) == 0

    seat.refresh_from_db()
    kept.refresh_from_db()
    assert (seat.delegate, seat.delegate_name) == (None, "")
    assert kept.delegate_name == "Kari"
