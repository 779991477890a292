import datetime as dt

import factory

from projects.ung.models import MeetingPlace, Mentee, Mentor, MentorScheme

PUBLISHED = dt.datetime(2026, 1, 5, 8, tzinfo=dt.UTC)


class MeetingPlaceFactory(factory.django.DjangoModelFactory[MeetingPlace]):
    class Meta:
        model = MeetingPlace

    name = factory.Sequence(lambda n: f"Møteplass {n}")
    slug = factory.Sequence(lambda n: f"moteplass-{n}")
    kind = "sosialt"
    for_whom = "Alle"
    where_text = "Krona"
    published_at = PUBLISHED


class MentorSchemeFactory(factory.django.DjangoModelFactory[MentorScheme]):
    class Meta:
        model = MentorScheme

    title = factory.Sequence(lambda n: f"Mentor {n}")
    slug = factory.Sequence(lambda n: f"mentor-{n}")
    starts_on = dt.date(2026, 9, 1)
    ends_on = dt.date(2027, 3, 1)
    state = "open"


class MentorFactory(factory.django.DjangoModelFactory[Mentor]):
    class Meta:
        model = Mentor

    scheme = factory.SubFactory(MentorSchemeFactory)
    name = factory.Sequence(lambda n: f"Mentor {n}")
    email = factory.Sequence(lambda n: f"mentor{n}@example.no")
    workplace = factory.Sequence(lambda n: f"Bedrift {n} AS")
    field = "ict"
    languages = ["nb"]
    topics = ["career"]
    state = "active"
    consent_text = "Jeg samtykker."
    created_at = PUBLISHED
    confirmed_at = PUBLISHED


class MenteeFactory(factory.django.DjangoModelFactory[Mentee]):
    class Meta:
        model = Mentee

    scheme = factory.SubFactory(MentorSchemeFactory)
    name = factory.Sequence(lambda n: f"Adept {n}")
    email = factory.Sequence(lambda n: f"adept{n}@example.no")
    workplace = factory.Sequence(lambda n: f"Skole {n}")
    field = "ict"
    languages = ["nb"]
    topics = ["career"]
    state = "active"
    consent_text = "Jeg samtykker."
    created_at = PUBLISHED
    confirmed_at = PUBLISHED
