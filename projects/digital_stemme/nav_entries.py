"""What NAV's feed says, as our own types. Pure functions over bytes: no database, no network."""

import datetime
import json
import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from projects.digital_stemme.models.choices import (
    Engagement,
    Extent,
    Occupation,
    Place,
    Sector,
)
from vekst.richtext import plain_text, sanitise

_ENGAGEMENTS = {
    "fast": Engagement.PERMANENT,
    "vikariat": Engagement.SUBSTITUTE,
    "engasjement": Engagement.TEMPORARY,
    "åremål": Engagement.TEMPORARY,
    "prosjekt": Engagement.PROJECT,
    "sesong": Engagement.SEASON,
    "feriejobb": Engagement.SUMMER,
    "sommerjobb": Engagement.SUMMER,
    "lærling": Engagement.APPRENTICE,
    "trainee": Engagement.TRAINEE,
    "annet": Engagement.OTHER,
    "selvstendig næringsdrivende": Engagement.OTHER,
}
_SECTORS = {
    "privat": Sector.PRIVATE,
    "offentlig": Sector.PUBLIC,
    "ideell": Sector.NON_PROFIT,
    "frivillig": Sector.NON_PROFIT,
}
_OCCUPATIONS = {str(label).lower(): Occupation(value) for value, label in Occupation.choices}
_OCCUPATIONS |= {"håndverkere": Occupation.CRAFTS, "it og telekom": Occupation.IT}
_PLACES = {
    "KONGSBERG": Place.KONGSBERG,
    "SKOLLENBORG": Place.SKOLLENBORG,
    "HVITTINGFOSS": Place.HVITTINGFOSS,
}


class BadEntryError(Exception):
    """The source answered something that its own description does not allow."""


@dataclass(frozen=True)
class Item:
    """One line of a page: which vacancy, whether it is active, and where its content stands."""

    uuid: str
    url: str
    is_active: bool
    municipality: str
    changed_at: datetime.datetime | None


@dataclass(frozen=True)
class FeedPage:
    """One page of the feed. `next_url` is None on the newest one."""

    id: str
    next_url: str | None
    items: tuple[Item, ...]


@dataclass(frozen=True)
class NavVacancy:
    """One active vacancy; `fields` are columns of `Vacancy`."""

    uuid: str
    orgnr: str
    published_at: datetime.datetime | None
    updated_at: datetime.datetime | None
    fields: dict[str, Any]


def _object(content: bytes) -> dict[str, Any]:
    try:
        data = json.loads(content)
    except ValueError as error:
        raise BadEntryError(f"not JSON: {content[:80]!r}") from error
    if not isinstance(data, dict):
        raise BadEntryError("not a JSON object")
    return data


def parse_page(content: bytes) -> FeedPage:
    """Return the page. Items that cannot be told apart raise BadEntryError: a page is read whole or not."""
    data = _object(content)
    items = []
    for item in data.get("items") or []:
        try:
            entry = item["_feed_entry"]
            uuid = str(UUID(entry["uuid"]))
            # An entry whose status we do not know must not be shown.
            active = entry["status"] == "ACTIVE" and entry.get("title", "") not in ("?", "...")
            municipality = str(entry.get("municipal") or "").strip().upper()
            url = str(item.get("url") or f"/api/v1/feedentry/{uuid}")
        except (KeyError, TypeError, ValueError) as error:
            raise BadEntryError(f"an item of the page cannot be read: {error!r}") from error
        # Never follow an address to another host with our token.
        if not re.fullmatch(r"/[\w/-]+", url):
            raise BadEntryError(f"an item has a strange address: {url[:80]!r}")
        items.append(Item(uuid, url, active, municipality, _moment(entry.get("sistEndret"))))
    following = data.get("next_url") or None
    if following is not None and not re.fullmatch(r"/[\w/?=&-]+", str(following)):
        raise BadEntryError(f"a strange address of the next page: {following!r:.80}")
    return FeedPage(str(data.get("id") or ""), following, tuple(items))


def parse_entry(content: bytes, *, municipality: str) -> NavVacancy | None:
    """
    Return the vacancy, or None when it is inactive or no longer in the municipality.

    The municipality is a name, and any of the work locations may be in it. Texts that may be "" or null
    or absent are all the same to us. Raises BadEntryError when what every vacancy must have is missing.
    """
    data = _object(content)
    ad = data.get("ad_content")
    if data.get("status") != "ACTIVE" or not isinstance(ad, dict):
        return None
    wanted = municipality.upper()
    locations = [place for place in ad.get("workLocations") or [] if isinstance(place, dict)]
    here = [place for place in locations if _text(place, "municipal").upper() == wanted]
    if not here:
        return None
    title = _text(ad, "title")
    if title in ("", "?", "..."):
        raise BadEntryError("the vacancy has no title")
    try:
        uuid = str(UUID(str(data.get("uuid"))))
    except ValueError as error:
        raise BadEntryError("the vacancy has no number") from error
    expires_at = _moment(ad.get("expires"))
    if expires_at is None:
        raise BadEntryError("the vacancy has no end")
    employer = ad.get("employer") if isinstance(ad.get("employer"), dict) else {}
    return NavVacancy(
        uuid=uuid,
        orgnr=_text(employer or {}, "orgnr"),
        published_at=_moment(ad.get("published")),
        updated_at=_moment(data.get("sistEndret")) or _moment(ad.get("updated")),
        fields={
            **_texts(ad, employer or {}, title),
            **_conditions(ad),
            **_place(here, locations),
            **_contact(ad),
            "expires_at": expires_at,
        },
    )


def _text(data: dict[str, Any], key: str, limit: int = 1000) -> str:
    value = data.get(key)
    return " ".join(value.split())[:limit] if isinstance(value, str) else ""


def _url(data: dict[str, Any], key: str) -> str:
    url = _text(data, key, 2000)
    # Half an address leads nowhere, so one that is too long is left out.
    return url if re.match(r"https?://", url) and len(url) <= 1000 else ""


def _moment(value: object) -> datetime.datetime | None:
    try:
        moment = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        return None
    if moment is not None and timezone.is_naive(moment):
        return timezone.make_aware(moment)
    return moment


def _texts(ad: dict[str, Any], employer: dict[str, Any], title: str) -> dict[str, Any]:
    description = sanitise(str(ad.get("description") or ""))
    words = plain_text(description)
    summary = words if len(words) <= 200 else words[:200].rsplit(" ", 1)[0] + " …"
    # NAV's texts have no English; the Bokmål pages' columns are the ones that hold them.
    return {
        "title_nb": title[:300],
        "title_en": None,
        "summary_nb": summary,
        "summary_en": None,
        "description_nb": description,
        "description_en": None,
        "employer_name": _text(employer, "name", 200) or "Arbeidsgiver ikke oppgitt",
        "employer_url": _url(employer, "homepage")[:500],
        "apply_url": _url(ad, "applicationUrl") or _url(ad, "sourceurl"),
        "source_url": _url(ad, "link") or _url(ad, "sourceurl"),
    }


def _due(value: object) -> tuple[datetime.date | None, str]:
    text = " ".join(value.split()) if isinstance(value, str) else ""
    try:
        day = parse_date(text[:10]) if re.match(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        day = None
    return (day, "") if day else (None, text[:120])


def _conditions(ad: dict[str, Any]) -> dict[str, Any]:
    extent = {"heltid": Extent.FULL, "deltid": Extent.PART}
    due_on, due_text = _due(ad.get("applicationDue"))
    count = _text(ad, "positioncount")
    occupation: str = Occupation.UNSTATED
    for category in ad.get("occupationCategories") or []:
        if isinstance(category, dict):
            name = _text(category, "level1").lower()
            occupation = _OCCUPATIONS.get(name, Occupation.UNSTATED)
            break
    return {
        "occupation": occupation,
        "extent": extent.get(_text(ad, "extent").lower(), Extent.UNSTATED),
        "engagement": _ENGAGEMENTS.get(_text(ad, "engagementtype").lower(), Engagement.UNSTATED),
        "sector": _SECTORS.get(_text(ad, "sector").lower(), Sector.UNSTATED),
        "starts": _text(ad, "starttime", 120),
        "position_count": int(count) if re.fullmatch(r"[1-9]\d{0,3}", count) else None,
        "due_on": due_on,
        "due_text": due_text,
    }


def _place(here: list[dict[str, Any]], everywhere: list[dict[str, Any]]) -> dict[str, Any]:
    first = here[0]
    street, city = _text(first, "address", 120), _text(first, "city", 60)
    if len(here) < len(everywhere):
        place: str = Place.ELSEWHERE
    else:
        place = _PLACES.get(city.upper(), Place.UNSTATED)
    return {
        "place": place,
        "location": ", ".join(part for part in (street, city.title()) if part),
        "municipality": _text(first, "municipal", 60).title(),
    }


def _contact(ad: dict[str, Any]) -> dict[str, Any]:
    """The first person to ask. Those in an advertisement have themselves chosen to be named there."""
    people = [person for person in ad.get("contactList") or [] if isinstance(person, dict)]
    person = people[0] if people else {}
    email = _text(person, "email", 254)
    email = email if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email) else ""
    phone = _text(person, "phone", 30)
    return {
        "contact_name": _text(person, "name", 120),
        "contact_email": email,
        "contact_phone": phone,
        "show_email": bool(email),
        "show_phone": bool(phone),
    }
