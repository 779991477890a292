"""Lists of subscribers that came in from elsewhere, and those that were taken out."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.mailings.models.subscriber import Topic


class SubscriberImport(models.Model):
    """
    One list of people with proof of their consent: who brought it, when, and what came of it.

    `lines` holds what was read until it is taken in or forgotten; it is never kept longer than needed.
    """

    file_name = models.CharField(_("fil"), max_length=200)
    encoding = models.CharField(_("tegnsett"), max_length=20)
    lines = models.JSONField(_("linjer"), default=list, blank=True)
    bad_lines = models.JSONField(_("linjer med feil"), default=list, blank=True)
    line_count = models.PositiveIntegerField(_("linjer i filen"), default=0)
    uploaded_at = models.DateTimeField(_("lest inn"))
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("lest inn av"),
    )
    applied_at = models.DateTimeField(_("tatt inn"), null=True, blank=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("tatt inn av"),
    )
    new_people = models.PositiveIntegerField(_("nye abonnenter"), default=0)
    new_consents = models.PositiveIntegerField(_("nye samtykker"), default=0)

    class Meta:
        verbose_name = _("innlesing av abonnenter")
        verbose_name_plural = _("innlesinger av abonnenter")
        constraints = [
            models.CheckConstraint(
                name="mailings_import_applied_is_emptied",
                condition=Q(applied_at__isnull=True) | Q(lines=[]),
            )
        ]

    def __str__(self) -> str:
        return self.file_name


class SubscriberExport(models.Model):
    """One time somebody took the list of subscribers out of the portal."""

    topic = models.CharField(_("tema"), max_length=30, choices=Topic, blank=True)
    row_count = models.PositiveIntegerField(_("rader"))
    at = models.DateTimeField(_("når"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("hvem"),
    )

    class Meta:
        verbose_name = _("uttak av abonnenter")
        verbose_name_plural = _("uttak av abonnenter")
        constraints = [
            models.CheckConstraint(
                name="mailings_export_topic_valid",
                condition=Q(topic="") | Q(topic__in=Topic.values),
            )
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
