from members.mailings.admin.ledger import DeliveryAdmin, MailJobAdmin, SuppressionAdmin
from members.mailings.admin.lists import SubscriberExportAdmin, SubscriberImportAdmin
from members.mailings.admin.newsletters import NewsletterAdmin
from members.mailings.admin.people import SubscriberAdmin, SubscriptionRequestAdmin
from members.mailings.admin.series import (
    DigestEditionAdmin,
    WelcomeJourneyAdmin,
    WelcomeMailAdmin,
)

__all__ = [
    "DeliveryAdmin",
    "DigestEditionAdmin",
    "MailJobAdmin",
    "NewsletterAdmin",
    "SubscriberAdmin",
    "SubscriberExportAdmin",
    "SubscriberImportAdmin",
    "SubscriptionRequestAdmin",
    "SuppressionAdmin",
    "WelcomeJourneyAdmin",
    "WelcomeMailAdmin",
]
