import datetime

import factory
from django.utils import timezone

from projects.digital_stemme.models import Home, Vacancy
from projects.digital_stemme.models.choices import DwellingType, HomeKind, Neighbourhood, Occupation
from vekst.moderation import ModerationState


class HomeFactory(factory.django.DjangoModelFactory[Home]):
    """A home that strangers see for 60 days more."""

    class Meta:
        model = Home

    kind = HomeKind.RENT
    title = factory.Sequence(lambda n: f"Lys leilighet {n}")
    description = "Tre rom og utsikt over elva."
    slug = factory.Sequence(lambda n: f"lys-leilighet-{n:08x}")
    dwelling = DwellingType.APARTMENT
    neighbourhood = Neighbourhood.NYMOEN
    area_m2 = 54
    bedrooms = 1
    rent_nok = factory.Maybe(
        factory.LazyAttribute(lambda o: o.kind in (HomeKind.RENT, HomeKind.STUDENT)), 12_000, None
    )
    state = ModerationState.PUBLISHED
    published_at = factory.LazyFunction(timezone.now)
    expires_on = factory.LazyFunction(lambda: timezone.localdate() + datetime.timedelta(days=60))
    contact_email = "utleier@example.no"
    contact_name = "Kari Utleier"


class VacancyFactory(factory.django.DjangoModelFactory[Vacancy]):
    """A vacancy that strangers see for 30 days more."""

    class Meta:
        model = Vacancy

    title = factory.Sequence(lambda n: f"Systemingeniør {n}")
    slug = factory.Sequence(lambda n: f"systemingenior-{n:08x}")
    description = "<p>Du lager systemer.</p>"
    employer_name = "Eksempel Teknologi AS"
    occupation = Occupation.INDUSTRY
    state = ModerationState.PUBLISHED
    published_at = factory.LazyFunction(timezone.now)
    expires_at = factory.LazyFunction(lambda: timezone.now() + datetime.timedelta(days=30))
    contact_email = "leder@example.no"
    contact_name = "Lars Leder"
