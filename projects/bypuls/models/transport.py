"""The cases of the transport forum: what is asked for, who owns it, and what was decided."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class CaseState(models.TextChoices):
    """How far a case has come."""

    RAISED = "raised", _("Tatt opp")
    DISCUSSED = "discussed", _("Til behandling")
    ONGOING = "ongoing", _("Under arbeid")
    DECIDED = "decided", _("Vedtatt")
    DONE = "done", _("Gjennomført")
    DROPPED = "dropped", _("Lagt bort")


class TransportCaseQuerySet(models.QuerySet["TransportCase"]):
    """Chains over cases."""

    def public(self, at: dt.datetime) -> Self:
        """Cases that strangers may see at this moment."""
        return self.filter(published_at__lte=at)


TransportCaseManager = models.Manager.from_queryset(TransportCaseQuerySet)


class TransportCase(models.Model):
    """One matter before the transport forum (samferdselsforum)."""

    title = models.CharField(_("tittel"), max_length=140)
    slug = models.SlugField(_("anker på siden"), max_length=100, unique=True)
    text = models.TextField(_("saken"))
    owner = models.CharField(_("eier"), max_length=140)
    state = models.CharField(
        _("status"), max_length=20, choices=CaseState, default=CaseState.RAISED
    )
    decision = models.TextField(_("vedtak eller konklusjon"), blank=True)
    decided_on = models.DateField(_("avgjort"), null=True, blank=True)
    raised_on = models.DateField(_("tatt opp"))
    next_step = models.CharField(_("neste steg"), max_length=200, blank=True)
    is_example = models.BooleanField(_("oppdiktet eksempel"), default=False)
    published_at = models.DateTimeField(_("publisert"), null=True, blank=True)

    objects = TransportCaseManager()

    class Meta:
        verbose_name = _("samferdselssak")
        verbose_name_plural = _("samferdselssaker")
        constraints = [
            models.CheckConstraint(
                name="bypuls_transportcase_state_valid",
                condition=Q(state__in=CaseState.values),
                violation_error_message=_("Velg en av verdiene i listen."),
            ),
            models.CheckConstraint(
                name="bypuls_transportcase_decision_dated",
                condition=~Q(state="decided") | Q(decided_on__isnull=False),
                violation_error_message=_("Oppgi når saken ble avgjort."),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class CaseUpdate(models.Model):
    """What happened in a case on one day."""

    case = models.ForeignKey(
        TransportCase, models.CASCADE, related_name="updates", verbose_name=_("sak")
    )
    date = models.DateField(_("dato"))
    text = models.CharField(_("hva som skjedde"), max_length=500)

    class Meta:
        verbose_name = _("oppdatering")
        verbose_name_plural = _("oppdateringer")

    def __str__(self) -> str:
        return f"{self.date}: {self.text[:60]}"
