import datetime as dt

import factory
from django.utils import timezone

from projects.bypuls.models import (
    Counter,
    Event,
    EventMaterial,
    EventPhoto,
    EventSeries,
    Invitation,
    Publication,
    Question,
    SeriesSignUp,
    SeriesSignUpMode,
    SignUp,
    SignUpState,
    Topic,
    Venue,
    VenueKind,
)

OSLO = timezone.get_default_timezone()
# A Saturday in November, at noon.
NOW = dt.datetime(2026, 11, 21, 12, 0, tzinfo=OSLO)


class VenueFactory(factory.django.DjangoModelFactory[Venue]):
    class Meta:
        model = Venue

    name = factory.Sequence(lambda n: f"Sted {n}")
    slug = factory.Sequence(lambda n: f"sted-{n}")
    kind = VenueKind.CULTURE
    published_at = dt.datetime(2026, 1, 1, tzinfo=OSLO)


class CounterFactory(factory.django.DjangoModelFactory[Counter]):
    class Meta:
        model = Counter

    name = factory.Sequence(lambda n: f"Teller {n}")
    slug = factory.Sequence(lambda n: f"teller-{n}")
    counts = "people"
    place = "Kirketorget"
    source_name = "Kongsberg kommune"
    published_at = dt.datetime(2026, 1, 1, tzinfo=OSLO)


class EventFactory(factory.django.DjangoModelFactory[Event]):
    class Meta:
        model = Event

    title = factory.Sequence(lambda n: f"Arrangement {n}")
    slug = factory.Sequence(lambda n: f"arrangement-{n}")
    summary = "Kort fortalt"
    starts_at = NOW + dt.timedelta(days=7)
    ends_at = factory.LazyAttribute(lambda event: event.starts_at + dt.timedelta(hours=2))
    place = "Torget"
    organiser = "Vekst i Kongsberg"
    topic = Topic.BUSINESS
    publication = Publication.PUBLISHED
    published_at = dt.datetime(2026, 1, 1, tzinfo=OSLO)
    takes_signups = True
    capacity = 10
    waiting_list_capacity = 5
    created_at = dt.datetime(2026, 1, 1, tzinfo=OSLO)
    changed_at = dt.datetime(2026, 1, 1, tzinfo=OSLO)


class SignUpFactory(factory.django.DjangoModelFactory[SignUp]):
    """A row as it is, without counters and mail; `sign_up` makes those of the tests on seats."""

    class Meta:
        model = SignUp

    event = factory.SubFactory(EventFactory)
    name = factory.Sequence(lambda n: f"Deltaker {n}")
    email = factory.Sequence(lambda n: f"deltaker{n}@example.no")
    state = SignUpState.ATTENDING
    created_at = dt.datetime(2026, 11, 1, tzinfo=OSLO)
    queue_number = factory.LazyAttributeSequence(
        lambda row, n: n + 1 if row.state in ("waiting", "offered") else None
    )


class QuestionFactory(factory.django.DjangoModelFactory[Question]):
    class Meta:
        model = Question

    event = factory.SubFactory(EventFactory)
    position = factory.Sequence(lambda n: n + 1)
    text = factory.Sequence(lambda n: f"Spørsmål {n}?")
    purpose = "For å kjøpe inn nok."


class InvitationFactory(factory.django.DjangoModelFactory[Invitation]):
    class Meta:
        model = Invitation

    event = factory.SubFactory(EventFactory)
    name = "Ida Invitert"
    email = factory.Sequence(lambda n: f"invitert{n}@example.no")
    created_at = dt.datetime(2026, 11, 1, tzinfo=OSLO)


class EventSeriesFactory(factory.django.DjangoModelFactory[EventSeries]):
    """A series that one signs up for as a whole, with no dates yet."""

    class Meta:
        model = EventSeries

    title = factory.Sequence(lambda n: f"Serie {n}")
    slug = factory.Sequence(lambda n: f"serie-{n}")
    rule = "FREQ=WEEKLY"
    first_starts_at = NOW + dt.timedelta(days=7)
    duration = dt.timedelta(hours=2)
    signup_mode = SeriesSignUpMode.WHOLE


class SeriesSignUpFactory(factory.django.DjangoModelFactory[SeriesSignUp]):
    class Meta:
        model = SeriesSignUp

    series = factory.SubFactory(EventSeriesFactory)
    name = factory.Sequence(lambda n: f"Deltaker {n}")
    email = factory.Sequence(lambda n: f"serie{n}@example.no")
    created_at = dt.datetime(2026, 11, 1, tzinfo=OSLO)


class EventMaterialFactory(factory.django.DjangoModelFactory[EventMaterial]):
    """A PDF from an event; the file holds the fewest bytes that are one."""

    class Meta:
        model = EventMaterial

    event = factory.SubFactory(EventFactory)
    kind = "slides"
    title = "Lysark"
    file = factory.django.FileField(data=b"%PDF-1.4\n%%EOF", filename="lysark.pdf")
    file_name = "lysark.pdf"
    size_bytes = 14
    added_at = NOW
    published_at = NOW


class EventPhotoFactory(factory.django.DjangoModelFactory[EventPhoto]):
    class Meta:
        model = EventPhoto

    event = factory.SubFactory(EventFactory)
    picture = factory.django.ImageField(width=30, height=20, format="JPEG", filename="bilde.jpg")
    alt = "Fullt hus i salen"
    consent_note = "Alle på bildet har sagt ja, spurt av Kari."
    consent_at = NOW
    added_at = NOW
    published_at = NOW
