"""The links of a newsletter, and how often each was followed: sums, and nothing about who."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import MD5
from django.utils.translation import gettext_lazy as _

from members.mailings.models.newsletter import Newsletter


def make_short_token() -> str:
    """Return 72 random bits: short in a mail, and nobody finds a link by trying."""
    return secrets.token_urlsafe(9)


class CountedLink(models.Model):
    """
    One address that stands in a newsletter that was sent, and the short one that leads to it.

    Every reader of the newsletter has the same one. Addresses of the portal are kept without its host. The
    database refuses new ones and changes afterwards.
    """

    newsletter = models.ForeignKey(
        Newsletter, models.CASCADE, related_name="links", verbose_name=_("nyhetsbrev")
    )
    token = models.CharField(max_length=20, unique=True, default=make_short_token, editable=False)
    url = models.CharField(_("adresse"), max_length=2000)

    class Meta:
        verbose_name = _("lenke i nyhetsbrev")
        verbose_name_plural = _("lenker i nyhetsbrev")
        constraints = [
            # A long address would not fit in an index itself.
            models.UniqueConstraint(
                "newsletter", MD5("url"), name="mailings_countedlink_once_per_letter"
            ),
            models.CheckConstraint(
                name="mailings_countedlink_leads_to_a_page",
                condition=Q(url__startswith="https://")
                | Q(url__startswith="http://")
                | (Q(url__startswith="/") & ~Q(url__startswith="//")),
            ),
        ]

    def __str__(self) -> str:
        return self.url

    @property
    def target(self) -> str:
        """The whole address that a reader comes to."""
        return f"{settings.SITE_URL}{self.url}" if self.url.startswith("/") else self.url


class LinkClicks(models.Model):
    """How often one link of a newsletter was followed on one day. Nobody's name, address or device."""

    link = models.ForeignKey(
        CountedLink, models.CASCADE, related_name="clicks", verbose_name=_("lenke")
    )
    day = models.DateField(_("dag"))
    number = models.PositiveIntegerField(_("antall"))

    class Meta:
        verbose_name = _("klikk på lenke")
        verbose_name_plural = _("klikk på lenker")
        constraints = [
            models.UniqueConstraint(fields=["link", "day"], name="mailings_linkclicks_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.number}"
