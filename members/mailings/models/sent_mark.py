"""What the senders write down between two messages."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from members.mailings.models.delivery import Delivery


class SentMark(models.Model):
    """
    One message that the mail server has taken, until its row in the ledger says so too.

    A mark is a short row with one index. The ledger's own row has nine, and to change it for each message
    by itself costs five times as much as to change a whole batch at its end.
    """

    # Written from the ledger's row in the same statement, so the reference holds without a check of its own.
    delivery = models.OneToOneField(
        Delivery,
        models.DO_NOTHING,
        db_constraint=False,
        primary_key=True,
        related_name="sent_mark",
        verbose_name=_("utsendelse"),
    )
    sent_at = models.DateTimeField(_("sendt"))

    class Meta:
        verbose_name = _("sendt, ikke ført")
        verbose_name_plural = _("sendt, ikke ført")

    def __str__(self) -> str:
        return str(self.delivery_id)
