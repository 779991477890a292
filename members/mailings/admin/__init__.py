from members.mailings.admin.ledger import (
    BounceAdmin,
    DeliveryAdmin,
    MailJobAdmin,
    MailLookupAdmin,
    SuppressionAdmin,
)
from members.mailings.admin.lists import SubscriberExportAdmin, SubscriberImportAdmin
from members.mailings.admin.newsletters import NewsletterAdmin
from members.mailings.admin.people import SubscriberAdmin, SubscriptionRequestAdmin
from members.mailings.admin.rules import MailRulesAdmin
from members.mailings.admin.series import (
    DigestEditionAdmin,
    WelcomeJourneyAdmin,
    WelcomeMailAdmin,
)

__all__ = [
    "BounceAdmin",
    "DeliveryAdmin",
    "DigestEditionAdmin",
    "MailJobAdmin",
    "MailLookupAdmin",
    "MailRulesAdmin",
    "NewsletterAdmin",
    "SubscriberAdmin",
    "SubscriberExportAdmin",
    "SubscriberImportAdmin",
    "SubscriptionRequestAdmin",
    "SuppressionAdmin",
    "WelcomeJourneyAdmin",
    "WelcomeMailAdmin",
]
