"""The calendar that holds all one is signed up for."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class OwnCalendar(models.Model):
    """
    The subscription of one e-mail address to all that it is signed up for.

    The signed address of the calendar names this row. A new address is a new row, so that the old one leads
    nowhere any more.
    """

    email = models.EmailField(_("e-post"), unique=True)
    created_at = models.DateTimeField(_("laget"))

    class Meta:
        verbose_name = _("egen kalender")
        verbose_name_plural = _("egne kalendere")
        constraints = [
            models.CheckConstraint(
                name="bypuls_owncalendar_email_lower_case",
                condition=Q(email=models.functions.Lower(F("email"))) & ~Q(email=""),
            ),
        ]

    def __str__(self) -> str:
        return self.email
