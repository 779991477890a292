from members.mailings.models.delivery import (
    Delivery,
    DeliveryState,
    MailBody,
    MailKind,
)
from members.mailings.models.mail_job import MailJob
from members.mailings.models.suppression import Suppression, SuppressionReason

__all__ = [
    "Delivery",
    "DeliveryState",
    "MailBody",
    "MailJob",
    "MailKind",
    "Suppression",
    "SuppressionReason",
]
