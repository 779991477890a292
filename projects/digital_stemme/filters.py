"""What the lists of homes and jobs can be narrowed and sorted by, in the order of their panels."""

import datetime
from collections.abc import Callable

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.digital_stemme.facets import (
    HOME_CUBE,
    MOST_BEDROOMS,
    PRICE_STEPS,
    RENT_STEPS,
    UNSTATED_NUMBER,
    VACANCY_CUBE,
)
from projects.digital_stemme.models.choices import (
    UNSTATED,
    DwellingType,
    Engagement,
    Extent,
    HomeKind,
    Neighbourhood,
    Occupation,
    PetsAllowed,
    Place,
    Remote,
    Sector,
    StepFree,
    WorkLanguage,
)
from projects.digital_stemme.narrowing import Filter, ListSpec, Option, Sort
from vekst import formats

# How far ahead the months of "free from" go.
MONTHS_AHEAD = 6


def _choices(choices: type[models.TextChoices]) -> Callable[[datetime.datetime], list[Option]]:
    return lambda at: [Option(c.value, str(c.label), c.value) for c in choices]


def _bedrooms(at: datetime.datetime) -> list[Option]:
    numbers = range(1, MOST_BEDROOMS + 1)
    return [
        *(Option(str(n), ngettext("Minst %(n)s", "Minst %(n)s", n) % {"n": n}, n) for n in numbers),
        Option(UNSTATED, _("Ikke oppgitt"), UNSTATED_NUMBER),
    ]


def _up_to(steps: list[int]) -> Callable[[datetime.datetime], list[Option]]:
    return lambda at: [
        Option(str(limit), _("Inntil %(amount)s") % {"amount": formats.nok_text(limit)}, index)
        for index, limit in enumerate(steps)
    ]


def _months(at: datetime.datetime) -> list[Option]:
    today = timezone.localdate(at)
    first = today.year * 12 + today.month - 1
    options = []
    for number in range(first, first + MONTHS_AHEAD):
        year, month = divmod(number, 12)
        label = _("I løpet av %(month)s") % {"month": f"{formats.month_name(month + 1)} {year}"}
        options.append(Option(f"{year}-{month + 1:02}", label, number))
    return options


def _member(at: datetime.datetime) -> list[Option]:
    return [Option("ja", _("Medlem av næringsforumet"), True)]


HOME_LIST = ListSpec(
    cube=HOME_CUBE,
    filters=(
        Filter("type", "kind", lambda: _("Leie eller kjøpe"), _choices(HomeKind)),
        Filter("omrade", "neighbourhood", lambda: _("Område"), _choices(Neighbourhood)),
        Filter("soverom", "bedrooms", lambda: _("Soverom"), _bedrooms, single=True),
        Filter("maks_leie", "rent_step", lambda: _("Husleie"), _up_to(RENT_STEPS), single=True),
        Filter("maks_pris", "price_step", lambda: _("Pris"), _up_to(PRICE_STEPS), single=True),
        Filter("ledig", "available_month", lambda: _("Ledig"), _months, single=True),
        Filter("boligtype", "dwelling", lambda: _("Boligtype"), _choices(DwellingType)),
        Filter("husdyr", "pets", lambda: _("Husdyr"), _choices(PetsAllowed)),
        Filter("trinnfri", "step_free", lambda: _("Adkomst"), _choices(StepFree)),
    ),
    sorts=(
        Sort("nyeste", lambda: _("Nyeste"), ("-published_at", "-pk")),
        Sort("pris", lambda: _("Lavest pris"), ("sort_amount", "pk")),
        Sort("areal", lambda: _("Størst"), ("-sort_area", "-pk")),
    ),
)
VACANCY_LIST = ListSpec(
    cube=VACANCY_CUBE,
    filters=(
        Filter("yrke", "occupation", lambda: _("Yrkesgruppe"), _choices(Occupation)),
        Filter("omfang", "extent", lambda: _("Omfang"), _choices(Extent)),
        Filter("ansettelse", "engagement", lambda: _("Ansettelsesform"), _choices(Engagement)),
        Filter("sprak", "work_language", lambda: _("Arbeidsspråk"), _choices(WorkLanguage)),
        Filter("hjemmekontor", "remote", lambda: _("Hjemmekontor"), _choices(Remote)),
        Filter("sektor", "sector", lambda: _("Sektor"), _choices(Sector)),
        Filter("sted", "place", lambda: _("Sted"), _choices(Place)),
        Filter("medlem", "is_member_employer", lambda: _("Arbeidsgiver"), _member),
    ),
    sorts=(
        Sort("nyeste", lambda: _("Nyeste"), ("-published_at", "-pk")),
        Sort("frist", lambda: _("Kortest frist"), ("sort_due_on", "pk")),
    ),
)
