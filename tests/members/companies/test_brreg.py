import datetime
import json
from typing import Any

import pytest
from pytest_django import Settings

from members.companies.brreg import (
    Entity,
    UnreadableAnswerError,
    industry_of,
    read_entity,
    refresh_company,
    refresh_due_companies,
)
from members.companies.models import Company, Industry, RegistryState
from members.companies.tasks import refresh_companies, refresh_one_company
from tests.conftest import FakeSource
from tests.members.companies.factories import CompanyFactory

AT = datetime.datetime(2026, 11, 20, 4, 10, tzinfo=datetime.UTC)
ORGNR = "310000019"
ENTITY: dict[str, Any] = {
    "respons_klasse": "Enhet",
    "organisasjonsnummer": ORGNR,
    "navn": "EKSEMPEL TEKNOLOGI AS",
    "organisasjonsform": {"kode": "AS", "beskrivelse": "Aksjeselskap"},
    "hjemmeside": "www.example.no",
    "postadresse": {
        "postnummer": "3601",
        "poststed": "KONGSBERG",
        "adresse": ["Postboks 1"],
        "kommunenummer": "3303",
    },
    "naeringskode1": {"kode": "71.129", "beskrivelse": "Annen teknisk konsulentvirksomhet"},
    "antallAnsatte": 42,
    "harRegistrertAntallAnsatte": True,
    "forretningsadresse": {
        "postnummer": "3616",
        "poststed": "KONGSBERG",
        "adresse": ["Kirkegårdsveien 45"],
        "kommunenummer": "3303",
    },
    "konkurs": False,
    "underAvvikling": False,
    "underTvangsavviklingEllerTvangsopplosning": False,
}
DELETED = {
    "respons_klasse": "SlettetEnhet",
    "organisasjonsnummer": ORGNR,
    "navn": "EKSEMPEL NEDLAGT AS",
    "organisasjonsform": {"kode": "AS"},
    "slettedato": "2024-11-30",
}


@pytest.fixture
def register(fake_source: FakeSource, settings: Settings) -> FakeSource:
    settings.BRREG_API_URL = fake_source.url
    return fake_source


@pytest.fixture
def company(db: None) -> Company:
    return CompanyFactory.create(orgnr=ORGNR)


def serve(register: FakeSource, payload: object, **kwargs: Any) -> None:
    register.serve(f"/enheter/{ORGNR}", json.dumps(payload), **kwargs)


def test_an_entity_is_read_as_documented():
    assert read_entity(ENTITY) == Entity(
        orgnr=ORGNR,
        name="EKSEMPEL TEKNOLOGI AS",
        organisation_form="AS",
        nace_code="71.129",
        nace_text="Annen teknisk konsulentvirksomhet",
        employees=42,
        municipality_number="3303",
        postal_address="Postboks 1, 3601 KONGSBERG",
        is_bankrupt=False,
        is_dissolving=False,
        deleted_on=None,
    )


def test_employees_that_nobody_stated_are_not_zero():
    payload = {key: value for key, value in ENTITY.items() if key != "antallAnsatte"}

    assert read_entity(payload).employees is None


@pytest.mark.parametrize(
    "payload",
    [[], None, {}, {**ENTITY, "antallAnsatte": "mange"}, {**DELETED, "slettedato": "i fjor"}],
    ids=["list", "null", "empty", "employees", "date"],
)
def test_garbage_is_refused(payload: object):
    with pytest.raises(UnreadableAnswerError):
        read_entity(payload)


@pytest.mark.parametrize(
    ("code", "industry"),
    [
        ("25.400", Industry.INDUSTRY),
        ("41.200", Industry.CONSTRUCTION),
        ("47.111", Industry.TRADE),
        ("56.101", Industry.HOSPITALITY),
        ("71.129", Industry.KNOWLEDGE),
        ("85.421", Industry.EDUCATION),
        ("", Industry.OTHER),
        ("x", Industry.OTHER),
    ],
)
def test_the_industry_follows_from_the_code(code: str, industry: Industry):
    assert industry_of(code) == industry


def test_details_are_stored_with_their_age(register: FakeSource, company: Company):
    serve(register, ENTITY)

    assert refresh_company(company, at=AT)

    company.refresh_from_db()
    assert company.registered_name == "EKSEMPEL TEKNOLOGI AS"
    assert company.employees == 42
    assert company.nace_version == "SN2007"
    assert company.registry_state == RegistryState.ACTIVE
    assert company.fetched_at == AT
    assert register.requests[0][2]["Accept"].startswith("application/vnd.brreg")


def test_what_staff_chose_as_industry_stays(register: FakeSource, company: Company):
    Company.objects.update(industry=Industry.INDUSTRY)
    company.refresh_from_db()
    serve(register, ENTITY)

    refresh_company(company, at=AT)

    assert Company.objects.get().industry == Industry.INDUSTRY


def test_a_deleted_company_keeps_what_was_known(register: FakeSource, company: Company):
    serve(register, ENTITY)
    refresh_company(company, at=AT)
    serve(register, DELETED)
    refresh_company(company, at=AT)

    company.refresh_from_db()
    assert company.registry_state == RegistryState.DELETED
    assert company.deleted_on == datetime.date(2024, 11, 30)
    assert company.nace_code == "71.129"


def test_an_unknown_number_keeps_the_details(register: FakeSource, company: Company):
    serve(register, ENTITY)
    refresh_company(company, at=AT)
    serve(register, {}, status=404)
    refresh_company(company, at=AT)

    company.refresh_from_db()
    assert company.registry_state == RegistryState.NOT_FOUND
    assert company.employees == 42


def test_one_removed_by_law_loses_the_details(register: FakeSource, company: Company):
    serve(register, ENTITY)
    refresh_company(company, at=AT)
    serve(register, {}, status=410)
    refresh_company(company, at=AT)

    company.refresh_from_db()
    assert company.registry_state == RegistryState.REMOVED
    assert company.registered_name == ""
    assert company.employees is None


def bad_status(register: FakeSource) -> None:
    serve(register, {}, status=503)


def hang_up(register: FakeSource) -> None:
    register.hang_up(f"/enheter/{ORGNR}")


def no_json(register: FakeSource) -> None:
    register.serve(f"/enheter/{ORGNR}", "<html>")


def another_company(register: FakeSource) -> None:
    serve(register, {**ENTITY, "organisasjonsnummer": "310000027"})


@pytest.mark.parametrize("trouble", [bad_status, hang_up, no_json, another_company])
def test_trouble_leaves_the_last_good_details(register: FakeSource, company: Company, trouble: Any):
    serve(register, ENTITY)
    refresh_company(company, at=AT)
    trouble(register)

    assert not refresh_company(company, at=AT + datetime.timedelta(days=1))

    company.refresh_from_db()
    assert company.employees == 42
    assert company.fetched_at == AT
    assert company.attempted_at == AT + datetime.timedelta(days=1)
    assert company.fetch_error


def test_the_nightly_run_asks_for_issued_numbers_once(register: FakeSource, company: Company):
    issued = CompanyFactory.create(orgnr="943753709")
    register.serve("/enheter/943753709", json.dumps({**ENTITY, "organisasjonsnummer": "943753709"}))

    refresh_companies()
    refresh_companies()

    issued.refresh_from_db()
    assert issued.registry_state == RegistryState.ACTIVE
    assert [path for _, path, _, _ in register.requests] == ["/enheter/943753709"]


def test_a_register_that_is_down_is_left_alone_after_three_failures(register: FakeSource, db: None):
    for orgnr in ["943753709", "911770709", "942402465", "974760673"]:
        CompanyFactory.create(orgnr=orgnr)
        register.serve(f"/enheter/{orgnr}", "{}", status=500)

    assert refresh_due_companies(at=AT) == 0
    assert len(register.requests) == 3


def test_the_task_for_one_company_is_safe_twice_and_without_it(
    register: FakeSource, company: Company
):
    serve(register, ENTITY)
    for pk in (company.pk, company.pk, 0):
        refresh_one_company(pk)

    assert Company.objects.get().employees == 42
