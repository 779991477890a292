from members.mailings.models.delivery import Delivery, MailBody, MailKind

__all__ = ["Delivery", "MailBody", "MailKind"]
