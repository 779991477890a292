import datetime

import factory
from factory.django import DjangoModelFactory

from members.mailings.models import (
    Consent,
    CountedLink,
    Delivery,
    MailBody,
    MailKind,
    Newsletter,
    NewsletterState,
    Subscriber,
    SubscriptionRequest,
    Topic,
    WelcomeJourney,
)
from members.mailings.newsletter_content import Block, Item, to_json

NOW = datetime.datetime(2026, 3, 13, 9, tzinfo=datetime.UTC)


class MailBodyFactory(DjangoModelFactory[MailBody]):
    class Meta:
        model = MailBody

    title = factory.Sequence(lambda n: f"Melding {n}")
    text = "Hei fra Kongsberg. Blåbærsyltetøy på vaffel."
    created_at = NOW


class DeliveryFactory(DjangoModelFactory[Delivery]):
    class Meta:
        model = Delivery

    kind = MailKind.SIGNUP_RECEIPT
    subject = factory.Sequence(lambda n: f"event-{n}")
    recipient = factory.Sequence(lambda n: f"person{n}@example.no")
    body = factory.SubFactory(MailBodyFactory)
    from_email = "Vekst i Kongsberg <vekst@example.no>"
    message_id = factory.Sequence(lambda n: f"<message-{n}@example.no>")
    next_attempt_at = NOW
    created_at = NOW


class SubscriberFactory(DjangoModelFactory[Subscriber]):
    class Meta:
        model = Subscriber

    email = factory.Sequence(lambda n: f"leser{n}@example.no")
    created_at = NOW
    confirmed_at = NOW


class ConsentFactory(DjangoModelFactory[Consent]):
    class Meta:
        model = Consent

    subscriber = factory.SubFactory(SubscriberFactory)
    topic = Topic.WEEKLY
    text = "Ja takk"
    version = "test"
    source = "/nyhetsbrev/"
    given_at = NOW


class SubscriptionRequestFactory(DjangoModelFactory[SubscriptionRequest]):
    class Meta:
        model = SubscriptionRequest

    email = factory.Sequence(lambda n: f"ny{n}@example.no")
    topics = factory.LazyFunction(lambda: [Topic.WEEKLY.value])
    consent_text = "Ja takk"
    consent_version = "test"
    source = "/nyhetsbrev/"
    requested_at = NOW


class WelcomeJourneyFactory(DjangoModelFactory[WelcomeJourney]):
    class Meta:
        model = WelcomeJourney

    subscriber = factory.SubFactory(SubscriberFactory)
    source = "/nyhetsbrev/"
    started_at = NOW


class NewsletterFactory(DjangoModelFactory[Newsletter]):
    class Meta:
        model = Newsletter

    title = factory.Sequence(lambda n: f"Uka oppsummert {n}")
    intro = "Kort om uka."
    blocks = factory.LazyFunction(
        lambda: to_json(
            [
                Block(
                    "Ukas saker",
                    [
                        Item(
                            "Frokostmøte", "Over 30 var med.", "/uka-oppsummert/2026/11/", "Torsdag"
                        )
                    ],
                )
            ]
        )
    )
    created_at = NOW

    class Params:
        sent = factory.Trait(
            state=NewsletterState.SENT,
            body=factory.SubFactory(MailBodyFactory),
            started_at=NOW,
            sent_at=NOW,
        )


class CountedLinkFactory(DjangoModelFactory[CountedLink]):
    class Meta:
        model = CountedLink

    newsletter = factory.SubFactory(NewsletterFactory, body=factory.SubFactory(MailBodyFactory))
    url = factory.Sequence(lambda n: f"/side-{n}/")
