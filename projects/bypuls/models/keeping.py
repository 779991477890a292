"""Who keeps a place's page right, and what they and passers-by propose."""

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from projects.bypuls.models.venue import Venue


class VenueContact(models.Model):
    """
    One person who keeps one place's page, known by e-mail address, because that is what sign-in proves.

    What a trusted contact says about opening hours of single days is shown at once.
    """

    venue = models.ForeignKey(
        Venue, models.CASCADE, related_name="contacts", verbose_name=_("sted")
    )
    email = models.EmailField(_("e-post"))
    name = models.CharField(_("navn"), max_length=120, blank=True)
    is_trusted = models.BooleanField(
        _("unntak fra åpningstidene vises straks"),
        default=True,
        help_text=_("Tekst, faste åpningstider og bilder ser vi alltid på først."),
    )
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("lagt til av"),
    )
    added_at = models.DateTimeField(_("lagt til"))

    class Meta:
        verbose_name = _("kontakt for et sted")
        verbose_name_plural = _("kontakter for steder")
        constraints = [
            models.UniqueConstraint(
                fields=["venue", "email"],
                name="bypuls_venuecontact_once",
                violation_error_message=_("Denne adressen er alt kontakt for stedet."),
            ),
            models.CheckConstraint(
                name="bypuls_venuecontact_email_lower_case",
                condition=Q(email=models.functions.Lower(F("email"))),
            ),
        ]
        indexes = [models.Index(fields=["email"], name="bypuls_venuecontact_email")]

    def __str__(self) -> str:
        return self.name or self.email


class ProposalKind(models.TextChoices):
    """Where a proposal comes from."""

    CHANGE = "change", _("Endring fra kontakten")
    TIP = "tip", _("Tips om feil")


class ProposalState(models.TextChoices):
    """Where a proposal stands."""

    SUBMITTED = "submitted", _("Venter på svar")
    CHANGES_ASKED = "changes-asked", _("Bedt om endring")
    ACCEPTED = "accepted", _("Godkjent")
    REFUSED = "refused", _("Avslått")
    WITHDRAWN = "withdrawn", _("Trukket")


OPEN_STATES = (ProposalState.SUBMITTED, ProposalState.CHANGES_ASKED)


class VenueProposalQuerySet(models.QuerySet["VenueProposal"]):
    """Chains over proposals."""

    def waiting(self) -> Self:
        """Proposals that staff have not answered."""
        return self.filter(state=ProposalState.SUBMITTED)

    def overdue(self, at: dt.datetime) -> Self:
        """Proposals that should have been answered by now."""
        return self.waiting().filter(answer_by__lt=at)

    def open(self) -> Self:
        """Proposals that are neither decided nor withdrawn."""
        return self.filter(state__in=OPEN_STATES)


VenueProposalManager = models.Manager.from_queryset(VenueProposalQuerySet)


class VenueProposal(models.Model):
    """
    What somebody wants changed on a place's page, until staff have answered.

    `changes` holds {field: {"from": what stood there when it was written, "to": what it should be}}, so
    that a change by somebody else meanwhile shows. A tip has words only.
    """

    venue = models.ForeignKey(
        Venue, models.CASCADE, related_name="proposals", verbose_name=_("sted")
    )
    kind = models.CharField(_("slags"), max_length=10, choices=ProposalKind)
    state = models.CharField(
        _("status"), max_length=15, choices=ProposalState, default=ProposalState.SUBMITTED
    )
    changes = models.JSONField(_("endringer"), default=dict, blank=True)
    message = models.TextField(_("beskjed"), blank=True)
    sender_name = models.CharField(_("avsender"), max_length=120, blank=True)
    sender_email = models.EmailField(_("avsenderens e-post"), blank=True)
    submitted_at = models.DateTimeField(_("sendt inn"))
    answer_by = models.DateTimeField(_("svar innen"))
    decided_at = models.DateTimeField(_("avgjort"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("avgjort av"),
    )
    reply = models.TextField(_("svar til avsenderen"), blank=True)

    objects = VenueProposalManager()

    class Meta:
        verbose_name = _("forslag om et sted")
        verbose_name_plural = _("forslag om steder")
        constraints = [
            models.CheckConstraint(
                name="bypuls_venueproposal_kind_valid", condition=Q(kind__in=ProposalKind.values)
            ),
            models.CheckConstraint(
                name="bypuls_venueproposal_state_valid", condition=Q(state__in=ProposalState.values)
            ),
            models.CheckConstraint(
                name="bypuls_venueproposal_says_something",
                condition=~Q(changes={}) | ~Q(message="") | ~Q(decided_at=None),
                violation_error_message=_("Forslaget er tomt."),
            ),
            # A second one from the same person changes the first.
            models.UniqueConstraint(
                fields=["venue", "sender_email"],
                name="bypuls_venueproposal_one_open",
                condition=Q(kind="change", state__in=["submitted", "changes-asked"]),
            ),
        ]
        indexes = [
            # The queue of staff, the oldest first.
            models.Index(fields=["state", "submitted_at"], name="bypuls_venueproposal_queue")
        ]

    def __str__(self) -> str:
        return f"{self.venue}: {self.get_kind_display()}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES
