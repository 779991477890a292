from members.mailings.models.bounce import Bounce, BounceKind, BounceSource
from members.mailings.models.counted_link import CountedLink, LinkClicks
from members.mailings.models.delivery import (
    Delivery,
    DeliveryState,
    MailBody,
    MailKind,
)
from members.mailings.models.digest import DigestEdition, DigestState
from members.mailings.models.mail_job import MailJob
from members.mailings.models.mail_lookup import MailLookup
from members.mailings.models.mail_rules import MailRules
from members.mailings.models.newsletter import Newsletter, NewsletterMove, NewsletterState
from members.mailings.models.newsletter_block import BlockKind, NewsletterBlock
from members.mailings.models.pace import ErrorStreak, Pace
from members.mailings.models.reader_count import ReaderCount
from members.mailings.models.sent_mark import SentMark
from members.mailings.models.subscriber import (
    Audience,
    Consent,
    Frequency,
    MailLanguage,
    Subscriber,
    SubscriptionRequest,
    Topic,
)
from members.mailings.models.suppression import Suppression, SuppressionReason
from members.mailings.models.transfer import SubscriberExport, SubscriberImport
from members.mailings.models.welcome import WelcomeJourney, WelcomeMail

__all__ = [
    "Audience",
    "Bounce",
    "BounceKind",
    "BounceSource",
    "Consent",
    "CountedLink",
    "Delivery",
    "DeliveryState",
    "DigestEdition",
    "DigestState",
    "ErrorStreak",
    "Frequency",
    "LinkClicks",
    "MailBody",
    "MailJob",
    "MailKind",
    "MailLanguage",
    "MailLookup",
    "MailRules",
    "Newsletter",
    "BlockKind",
    "NewsletterBlock",
    "NewsletterMove",
    "NewsletterState",
    "Pace",
    "ReaderCount",
    "SentMark",
    "Subscriber",
    "SubscriberExport",
    "SubscriberImport",
    "SubscriptionRequest",
    "Suppression",
    "SuppressionReason",
    "Topic",
    "WelcomeJourney",
    "WelcomeMail",
]
