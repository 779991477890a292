"""What the page frame shows on every page. Nothing here depends on the visitor: pages are cached whole."""

from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse, translate_url
from django.utils.translation import get_language
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Section:
    """One entry of the header."""

    label: str
    url: str
    icon: str


@dataclass(frozen=True)
class Language:
    """The page in another language, or in this one."""

    code: str
    name: str
    url: str
    is_current: bool


@dataclass(frozen=True)
class Shell:
    """What `base.html` needs of the installation and of the page's address."""

    sections: tuple[Section, ...]
    languages: tuple[Language, ...]
    canonical_url: str
    programme_name: str
    municipality_name: str
    business_association: str
    contact_email: str
    accessibility_statement_url: str
    site_url: str
    notice: bool


@lru_cache(maxsize=8)
def _sections(language: str) -> tuple[Section, ...]:
    """The header's entries, addresses included; they change only with the language."""
    prefix = reverse("home:front_page")
    entries = [
        (_("Bolig"), "bolig/", "House"),
        (_("Jobb"), "jobb/", "Briefcase"),
        (_("Arrangementer"), "arrangementer/", "Calendar"),
        (_("Studier"), "studier/", "HatSchool"),
        (_("Ung i Kongsberg"), "ung/", "PersonGroup"),
        (_("Samferdsel"), "samferdsel/", "Train"),
        (_("Steder"), "steder/", "LocationPin"),
        (_("Uka oppsummert"), "uka-oppsummert/", "Newspaper"),
        (_("Innsikt"), "innsikt/", "LineGraph"),
        (_("Programmet"), "program/", "Buildings3"),
        (_("Planer"), "planer/", "Tasklist"),
        (_("Kompetansemidler"), "kompetansemidler/", "LightBulb"),
        (_("Medlemmer"), "medlemmer/", "Handshake"),
        (_("Forum"), "forum/", "PersonChat"),
    ]
    return tuple(Section(label, prefix + path, icon) for label, path, icon in entries)


@lru_cache(maxsize=1000)
def _languages(path: str, current: str) -> tuple[Language, ...]:
    """The page in each language. Finding an address in another language takes a millisecond."""
    return tuple(
        Language(code, str(name), translate_url(path, code), code == current)
        for code, name in settings.LANGUAGES
    )


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Give every template `shell`."""
    current = get_language() or settings.LANGUAGE_CODE
    return {
        "shell": Shell(
            sections=_sections(current),
            languages=_languages(request.path, current),
            canonical_url=settings.SITE_URL + request.path,
            programme_name=settings.PROGRAMME_NAME,
            municipality_name=settings.MUNICIPALITY_NAME,
            business_association=settings.BUSINESS_ASSOCIATION,
            contact_email=settings.CONTACT_EMAIL,
            accessibility_statement_url=settings.ACCESSIBILITY_STATEMENT_URL,
            site_url=settings.SITE_URL,
            notice=settings.USE_TEST_DATA_NOTICE,
        )
    }
