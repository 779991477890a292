"""Details of companies from the Central Coordinating Register (Enhetsregisteret), open data under NLOD."""

import datetime
import json
import logging
from dataclasses import dataclass
from typing import Any

import httpx
from django.conf import settings

from members.companies.models import Company, Industry, RegistryState
from vekst.sources import SourceUnavailableError, fetch

logger = logging.getLogger(__name__)

ACCEPT = "application/vnd.brreg.enhetsregisteret.enhet.v2+json;charset=UTF-8"
# The register does not say which edition its codes follow. SN2025 comes; until it does, this holds.
# Source: ssb.no, Standard for næringsgruppering, read 2026-11-21.
NACE_VERSION = "SN2007"
# Divisions of NACE, from and including, to the industries of our directory.
_INDUSTRY_FROM_DIVISION = [
    (1, Industry.OTHER),
    (5, Industry.INDUSTRY),
    (35, Industry.OTHER),
    (41, Industry.CONSTRUCTION),
    (45, Industry.TRADE),
    (49, Industry.TRANSPORT),
    (55, Industry.HOSPITALITY),
    (58, Industry.KNOWLEDGE),
    (68, Industry.CONSTRUCTION),
    (69, Industry.KNOWLEDGE),
    (77, Industry.OTHER),
    (84, Industry.PUBLIC),
    (85, Industry.EDUCATION),
    (86, Industry.HEALTH),
    (90, Industry.HOSPITALITY),
    (94, Industry.OTHER),
]


class UnreadableAnswerError(SourceUnavailableError):
    """The register answered with something that is not what it documents."""


@dataclass(frozen=True)
class Entity:
    """What the register says about one organisation; what it does not say is empty or None."""

    orgnr: str
    name: str
    organisation_form: str
    nace_code: str
    nace_text: str
    employees: int | None
    municipality_number: str
    postal_address: str
    is_bankrupt: bool
    is_dissolving: bool
    deleted_on: datetime.date | None


def read_entity(payload: object) -> Entity:
    """
    Read one answer of `/enheter/{orgnr}`: an `Enhet` or a `SlettetEnhet`.

    Raises UnreadableAnswerError when it is neither. A number of employees that is not stated is None.
    """
    if not isinstance(payload, dict):
        raise UnreadableAnswerError("the answer is no object")
    try:
        deleted = payload.get("slettedato")
        nace = payload.get("naeringskode1") or {}
        employees = payload.get("antallAnsatte")
        place = payload.get("forretningsadresse") or {}
        return Entity(
            orgnr=str(payload["organisasjonsnummer"]),
            name=str(payload["navn"])[:250],
            organisation_form=str((payload.get("organisasjonsform") or {}).get("kode", ""))[:20],
            nace_code=str(nace.get("kode", ""))[:10],
            nace_text=str(nace.get("beskrivelse", ""))[:250],
            employees=None if employees is None else int(employees),
            municipality_number=str(place.get("kommunenummer", ""))[:4],
            postal_address=_address(payload.get("postadresse") or place),
            is_bankrupt=bool(payload.get("konkurs", False)),
            is_dissolving=bool(payload.get("underAvvikling", False))
            or bool(payload.get("underTvangsavviklingEllerTvangsopplosning", False)),
            deleted_on=datetime.date.fromisoformat(deleted) if deleted else None,
        )
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise UnreadableAnswerError(f"the answer lacks or garbles {error}") from error


def _address(place: dict[str, Any]) -> str:
    lines = [str(line) for line in place.get("adresse") or []]
    town = f"{place.get('postnummer', '')} {place.get('poststed', '')}".strip()
    return ", ".join([*lines, town] if town else lines)[:300]


def industry_of(nace_code: str) -> Industry:
    """Return the directory's industry for a NACE code such as "71.129"."""
    division = nace_code.partition(".")[0]
    if not division.isdigit():
        return Industry.OTHER
    found = Industry.OTHER
    for first, industry in _INDUSTRY_FROM_DIVISION:
        if int(division) >= first:
            found = industry
    return found


def fetch_entity(orgnr: str, *, at: datetime.datetime) -> Entity | RegistryState:
    """
    Ask the register for one organisation.

    Returns NOT_FOUND for an unknown number and REMOVED for one that was taken out for legal reasons.
    Raises SourceUnavailableError when there is no answer worth trusting.
    """
    answer = fetch(
        f"{settings.BRREG_API_URL}/enheter/{orgnr}",
        at=at,
        headers={"Accept": ACCEPT},
        accept_statuses=(httpx.codes.NOT_FOUND, httpx.codes.GONE),
    )
    if answer.status == httpx.codes.NOT_FOUND:
        return RegistryState.NOT_FOUND
    if answer.status == httpx.codes.GONE:
        return RegistryState.REMOVED
    try:
        payload = json.loads(answer.content)
    except ValueError as error:
        raise UnreadableAnswerError(f"{answer.url}: no JSON") from error
    entity = read_entity(payload)
    if entity.orgnr != orgnr:
        raise UnreadableAnswerError(f"{answer.url}: the answer is about {entity.orgnr}")
    return entity


def refresh_company(company: Company, *, at: datetime.datetime) -> bool:
    """
    Fetch the company's details and store them; return whether the register answered.

    A register that is down leaves the last good details with their age and notes what went wrong.
    An unknown number keeps them too; one removed for legal reasons loses them.
    """
    company.attempted_at = at
    try:
        answer = fetch_entity(company.orgnr, at=at)
    except SourceUnavailableError as error:
        company.fetch_error = str(error)[:300]
        company.save(update_fields=["attempted_at", "fetch_error"])
        logger.warning("brreg: %s: %s", company.orgnr, error)
        return False
    company.fetch_error = ""
    if isinstance(answer, Entity):
        _take_over(company, answer)
        company.fetched_at = at
    else:
        company.registry_state = answer
        if answer == RegistryState.REMOVED:
            _forget_details(company)
    company.save(update_fields=[*_DETAILS, "industry", "attempted_at", "fetch_error"])
    return True


_DETAILS = [
    "registered_name",
    "organisation_form",
    "nace_code",
    "nace_text",
    "nace_version",
    "employees",
    "municipality_number",
    "postal_address",
    "is_bankrupt",
    "is_dissolving",
    "deleted_on",
    "registry_state",
    "fetched_at",
]


def _take_over(company: Company, entity: Entity) -> None:
    company.registered_name = entity.name
    company.organisation_form = entity.organisation_form
    company.deleted_on = entity.deleted_on
    if entity.deleted_on:
        # The answer about a deleted one holds nothing more; what we knew before stays readable.
        company.registry_state = RegistryState.DELETED
        return
    company.registry_state = RegistryState.ACTIVE
    company.nace_code = entity.nace_code
    company.nace_text = entity.nace_text
    company.nace_version = NACE_VERSION if entity.nace_code else ""
    company.employees = entity.employees
    company.municipality_number = entity.municipality_number
    company.postal_address = entity.postal_address
    company.is_bankrupt = entity.is_bankrupt
    company.is_dissolving = entity.is_dissolving
    if company.industry == Industry.OTHER:
        company.industry = industry_of(entity.nace_code)


def _forget_details(company: Company) -> None:
    company.registered_name = ""
    company.organisation_form = ""
    company.nace_code = ""
    company.nace_text = ""
    company.nace_version = ""
    company.employees = None
    company.municipality_number = ""
    company.postal_address = ""
    company.is_bankrupt = False
    company.is_dissolving = False
    company.deleted_on = None
    company.fetched_at = None


def refresh_due_companies(*, at: datetime.datetime, limit: int = 200) -> int:
    """
    Fetch the companies that were not asked for in the last 20 hours, the oldest first; return how many answered.

    Synthetic numbers (2 and 3 first) are not asked for. Three failures in a row end the run: the
    register is down, and tomorrow is another night.
    """
    due = (
        Company.objects.issued()
        .not_attempted_since(at - datetime.timedelta(hours=20))
        .order_by("attempted_at", "pk")[:limit]
    )
    answered = failed = 0
    for company in due:
        if refresh_company(company, at=at):
            answered, failed = answered + 1, 0
        else:
            failed += 1
        if failed == 3:
            break
    return answered
