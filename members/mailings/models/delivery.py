"""The ledger: one row for each message to each person, from the moment it is decided until it is sent."""

import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class MailKind(models.TextChoices):
    """Why a message is sent. Together with its subject and recipient it makes a message unique."""

    SIGN_IN = "sign-in", _("Innlogging")
    SUBSCRIPTION_CONFIRM = "subscription-confirm", _("Bekreft abonnement")
    SUBSCRIPTION_PREFERENCES = "subscription-preferences", _("Lenke til innstillinger")
    NEWSLETTER = "newsletter", _("Nyhetsbrev")
    DIGEST = "digest", _("Samlet e-post")
    WELCOME = "welcome", _("Velkomstserie")
    NEWSLETTER_TEST = "newsletter-test", _("Prøveutsendelse")
    NEWSLETTER_NOTICE = "newsletter-notice", _("Beskjed til redaksjonen om nyhetsbrev")
    POST_NOTICE = "post-notice", _("Beskjed til redaksjonen om ukeposten")
    SIGNUP_RECEIPT = "signup-receipt", _("Kvittering for påmelding")
    SIGNUP_PROMOTED = "signup-promoted", _("Plass fra venteliste")
    SIGNUP_CANCELLED = "signup-cancelled", _("Avmelding")
    SIGNUP_OFFERED = "signup-offered", _("Tilbud om plass")
    SIGNUP_ASKED = "signup-asked", _("Spørsmål om å bekrefte plassen")
    EVENT_INVITATION = "event-invitation", _("Invitasjon til arrangement")
    EVENT_MESSAGE = "event-message", _("Melding fra arrangør")
    EVENT_SURVEY = "event-survey", _("Spørsmål etter arrangement")
    EVENT_REMINDER = "event-reminder", _("Påminnelse om arrangement")
    EVENT_MOVED = "event-moved", _("Arrangement flyttet")
    EVENT_CANCELLED = "event-cancelled", _("Arrangement avlyst")
    ORGANISER_NOTICE = "organiser-notice", _("Beskjed til arrangør")
    VENUE_CONTACT = "venue-contact", _("Beskjed til kontakten for et sted")
    SUBMISSION_RECEIPT = "submission-receipt", _("Kvittering for innsending")
    SUBMISSION_DECIDED = "submission-decided", _("Svar på innsending")
    SUBMISSION_EXPIRING = "submission-expiring", _("Annonse utløper")
    MENTOR_RECEIPT = "mentor-receipt", _("Kvittering for mentorordning")
    MENTOR_MATCH = "mentor-match", _("Mentorkobling")
    GRANT_RECEIPT = "grant-receipt", _("Kvittering for søknad")
    GRANT_DECIDED = "grant-decided", _("Vedtak om kompetansemidler")
    MEETING_INVITATION = "meeting-invitation", _("Møteinnkalling")
    OPERATIONS_NOTICE = "operations-notice", _("Varsel til drift")


# What nobody waits for: it keeps to the quiet hours and to the rate of each domain. The claim in
# `members.mailings.claiming` names the same ones, so that PostgreSQL knows the indexes for it.
BULK_KINDS = (MailKind.NEWSLETTER, MailKind.DIGEST, MailKind.WELCOME)


class MailBody(models.Model):
    """What a message says. A newsletter has one body for all its readers; frozen once written."""

    title = models.CharField(_("emne"), max_length=250)
    text = models.TextField(_("ren tekst"))
    html = models.TextField(_("HTML"), blank=True)
    attachments = models.JSONField(
        _("vedlegg"),
        default=list,
        blank=True,
        help_text=_(
            "Liste av {navn, type, innhold}; innhold er tekst, for eksempel en kalenderfil."
        ),
    )
    headers = models.JSONField(
        _("meldingshoder"),
        default=dict,
        blank=True,
        help_text=_("Felles for alle mottakere; kan ha flettefelt."),
    )
    created_at = models.DateTimeField(_("skrevet"))

    class Meta:
        verbose_name = _("meldingstekst")
        verbose_name_plural = _("meldingstekster")

    def __str__(self) -> str:
        return self.title


class DeliveryState(models.TextChoices):
    """How far a message has come. Everything but queued and sending is the end."""

    QUEUED = "queued", _("I kø")
    SENDING = "sending", _("Sendes")
    SENT = "sent", _("Sendt")
    FAILED = "failed", _("Mislyktes")
    BOUNCED = "bounced", _("Kom i retur")
    MISSED = "missed", _("For sent")
    SUPPRESSED = "suppressed", _("Sperret adresse")
    CANCELLED = "cancelled", _("Stanset")


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Chains over the ledger."""

    def due(self, at: datetime.datetime) -> Self:
        """Messages that may be tried at `at`: queued and due, or left behind by a worker that died."""
        return self.filter(
            Q(state=DeliveryState.QUEUED, next_attempt_at__lte=at)
            | Q(state=DeliveryState.SENDING, lease_until__lt=at)
        )


DeliveryManager = models.Manager.from_queryset(DeliveryQuerySet)


class Delivery(models.Model):
    """
    One message to one person: the proof that it is sent once, and of what became of it.

    `kind`, `subject` and `recipient` are unique together, so the same occasion never mails a person
    twice. The Message-ID is given when the row is written and stays the same at each new try.
    """

    kind = models.CharField(_("slag"), max_length=40, choices=MailKind)
    subject = models.CharField(
        _("gjelder"),
        max_length=200,
        help_text=_("Hva meldingen gjelder, for eksempel «event-12-v2»."),
    )
    recipient = models.EmailField(_("mottaker"))
    recipient_domain = models.GeneratedField(
        expression=models.Func(
            F("recipient"), models.Value("@"), models.Value(2), function="split_part"
        ),
        output_field=models.CharField(max_length=254),
        db_persist=True,
        verbose_name=_("mottakerens domene"),
    )
    body = models.ForeignKey(
        MailBody, models.PROTECT, related_name="deliveries", verbose_name=_("tekst")
    )
    merge = models.JSONField(
        _("flettefelt"),
        default=dict,
        blank=True,
        help_text=_("Det som er mottakerens eget i teksten."),
    )
    headers = models.JSONField(_("meldingshoder"), default=dict, blank=True)
    from_email = models.CharField(_("avsender"), max_length=200)
    message_id = models.CharField(_("Message-ID"), max_length=200)
    mandatory = models.BooleanField(
        _("må frem"),
        default=False,
        help_text=_(
            "Kvitteringer og endringer prøves også til adresser som er sperret for nyhetsbrev."
        ),
    )
    state = models.CharField(
        _("tilstand"), max_length=20, choices=DeliveryState, default=DeliveryState.QUEUED
    )
    attempts = models.PositiveSmallIntegerField(_("forsøk"), default=0)
    next_attempt_at = models.DateTimeField(_("neste forsøk"))
    stale_at = models.DateTimeField(
        _("for sent etter"),
        null=True,
        blank=True,
        help_text=_("Etter dette tidspunktet sendes meldingen ikke; den merkes «for sent»."),
    )
    lease_until = models.DateTimeField(_("reservert til"), null=True, blank=True)
    lease_token = models.UUIDField(_("reservert av"), null=True, blank=True)
    created_at = models.DateTimeField(_("skrevet"))
    finished_at = models.DateTimeField(_("ferdig"), null=True, blank=True)
    delivered_at = models.DateTimeField(
        _("kom frem"),
        null=True,
        blank=True,
        help_text=_("Når mottakerens tjener tok imot, der leverandøren forteller det."),
    )
    error = models.CharField(_("siste feil"), max_length=500, blank=True)

    objects = DeliveryManager()

    class Meta:
        verbose_name = _("utsendelse")
        verbose_name_plural = _("utsendelser")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject", "recipient"],
                name="mailings_delivery_once_per_occasion",
                violation_error_message=_("Denne meldingen er alt skrevet til denne mottakeren."),
            ),
            # Not unique=True: the second index that gives a text field would be written for each message.
            models.UniqueConstraint(
                fields=["message_id"], name="mailings_delivery_message_id_unique"
            ),
            models.CheckConstraint(
                name="mailings_delivery_kind_valid", condition=Q(kind__in=MailKind.values)
            ),
            models.CheckConstraint(
                name="mailings_delivery_state_valid", condition=Q(state__in=DeliveryState.values)
            ),
            models.CheckConstraint(
                name="mailings_delivery_recipient_lower_case",
                condition=Q(recipient=models.functions.Lower(F("recipient"))),
            ),
            models.CheckConstraint(
                name="mailings_delivery_sending_has_lease",
                condition=~Q(state=DeliveryState.SENDING)
                | Q(lease_until__isnull=False, lease_token__isnull=False),
            ),
        ]
        indexes = [
            # The sender's question every few seconds: what is due? People who wait for a code or a
            # receipt come before thousands of newsletters, so each has an index of its own.
            models.Index(
                fields=["next_attempt_at"],
                name="mailings_delivery_urgent",
                condition=Q(state=DeliveryState.QUEUED) & ~Q(kind__in=BULK_KINDS),
            ),
            # Campaign by campaign, so that a paused one is passed by whole.
            models.Index(
                fields=["subject", "next_attempt_at"],
                name="mailings_delivery_campaign",
                condition=Q(state=DeliveryState.QUEUED, kind=MailKind.NEWSLETTER),
            ),
            models.Index(
                fields=["next_attempt_at"],
                name="mailings_delivery_personal",
                condition=Q(
                    state=DeliveryState.QUEUED, kind__in=[MailKind.DIGEST, MailKind.WELCOME]
                ),
            ),
            models.Index(
                fields=["lease_until"],
                name="mailings_delivery_sending",
                condition=Q(state=DeliveryState.SENDING),
            ),
            # What was given up lately, so that a refusal of the person's own counts as a return.
            models.Index(
                fields=["finished_at"],
                name="mailings_delivery_failed",
                condition=Q(state=DeliveryState.FAILED),
            ),
            # What was this person sent, newest first?
            models.Index(fields=["recipient", "-created_at"], name="mailings_delivery_person"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.subject} · {self.recipient}"
