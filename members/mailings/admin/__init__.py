from members.mailings.admin.ledger import DeliveryAdmin, MailJobAdmin, SuppressionAdmin
from members.mailings.admin.newsletters import NewsletterAdmin
from members.mailings.admin.people import SubscriberAdmin, SubscriptionRequestAdmin

__all__ = [
    "DeliveryAdmin",
    "MailJobAdmin",
    "NewsletterAdmin",
    "SubscriberAdmin",
    "SubscriptionRequestAdmin",
    "SuppressionAdmin",
]
