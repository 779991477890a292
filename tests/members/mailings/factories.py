import datetime

import factory
from factory.django import DjangoModelFactory

from members.mailings.models import Delivery, MailBody, MailKind

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
