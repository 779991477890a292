"""Who gets the newsletter, what they agreed to, and when."""

import datetime
import secrets
from collections.abc import Sequence
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Topic(models.TextChoices):
    """What a person can ask to hear about."""

    WEEKLY = "uka-oppsummert", _("Uka oppsummert")
    EVENTS = "arrangementer", _("Arrangementer")
    HOMES = "bolig", _("Bolig")
    JOBS = "jobb", _("Jobb")
    TOWN_LIFE = "byliv", _("Byliv")
    TRANSPORT = "samferdsel", _("Samferdsel")
    YOUNG = "ung", _("Ung i Kongsberg")
    STUDIES = "studier", _("Studier og kompetanse")


class Audience(models.TextChoices):
    """What a person says of themselves, by their own choice only: it narrows or adds, it is never guessed."""

    WOMEN = "kvinner", _("Kvinner")
    YOUNG = "unge", _("Unge")
    NEWCOMERS = "innflyttere", _("Nye i Kongsberg")
    STUDENTS = "studenter", _("Studenter")


class Frequency(models.TextChoices):
    """How often a person wants mail: each newsletter, or their topics gathered in one."""

    EACH = "each", _("Hvert nyhetsbrev, når det kommer")
    WEEKLY = "weekly", _("Én samlet e-post i uka")
    MONTHLY = "monthly", _("Én samlet e-post i måneden")


class MailLanguage(models.TextChoices):
    """The language a person reads their mail in."""

    BOKMAL = "nb", "Bokmål"
    ENGLISH = "en", "English"


def make_link_token() -> str:
    """Return what nobody guesses: 192 random bits, for a link in a mail."""
    return secrets.token_urlsafe(24)


class SubscriptionRequest(models.Model):
    """
    Somebody typed an address into the sign-up form. It is a subscription only after the mailed link.

    Unconfirmed ones are deleted after a week: until then we do not know that the address is theirs.
    """

    email = models.EmailField(_("adresse"))
    topics = ArrayField(models.CharField(max_length=30, choices=Topic), verbose_name=_("temaer"))
    language = models.CharField(
        _("språk"), max_length=2, choices=MailLanguage, default=MailLanguage.BOKMAL
    )
    audiences = ArrayField(
        models.CharField(max_length=20, choices=Audience),
        verbose_name=_("målgrupper"),
        default=list,
        db_default=[],
        blank=True,
    )
    frequency = models.CharField(
        _("hvor ofte"),
        max_length=10,
        choices=Frequency,
        default=Frequency.EACH,
        db_default=Frequency.EACH,
    )
    consent_text = models.TextField(_("samtykketekst, slik den sto"))
    consent_version = models.CharField(_("versjon av teksten"), max_length=20)
    source = models.CharField(_("side det ble spurt fra"), max_length=200)
    token = models.CharField(max_length=40, unique=True, default=make_link_token, editable=False)
    requested_at = models.DateTimeField(_("bedt om"))
    confirmed_at = models.DateTimeField(_("bekreftet"), null=True, blank=True)

    class Meta:
        verbose_name = _("ubekreftet påmelding")
        verbose_name_plural = _("ubekreftede påmeldinger")
        constraints = [
            models.CheckConstraint(
                name="mailings_request_email_lower_case",
                condition=Q(email=models.functions.Lower(F("email"))),
            ),
            models.CheckConstraint(
                name="mailings_request_has_topics",
                condition=Q(topics__len__gt=0),
                violation_error_message=_("Velg minst ett tema."),
            ),
            models.CheckConstraint(
                name="mailings_request_language_valid",
                condition=Q(language__in=MailLanguage.values),
            ),
            models.CheckConstraint(
                name="mailings_request_audiences_valid",
                condition=Q(audiences__contained_by=Audience.values),
            ),
            models.CheckConstraint(
                name="mailings_request_frequency_valid",
                condition=Q(frequency__in=Frequency.values),
            ),
        ]
        indexes = [
            models.Index(fields=["email", "-requested_at"], name="mailings_request_email"),
        ]

    def __str__(self) -> str:
        return self.email


class Subscriber(models.Model):
    """A person who confirmed their address. What they get stands in their consents."""

    email = models.EmailField(_("adresse"), unique=True)
    language = models.CharField(
        _("språk"), max_length=2, choices=MailLanguage, default=MailLanguage.BOKMAL
    )
    audiences = ArrayField(
        models.CharField(max_length=20, choices=Audience),
        verbose_name=_("målgrupper"),
        default=list,
        db_default=[],
        blank=True,
    )
    frequency = models.CharField(
        _("hvor ofte"),
        max_length=10,
        choices=Frequency,
        default=Frequency.EACH,
        db_default=Frequency.EACH,
    )
    token = models.CharField(max_length=40, unique=True, default=make_link_token, editable=False)
    created_at = models.DateTimeField(_("lagt til"))
    confirmed_at = models.DateTimeField(_("adressen bekreftet"))
    unsubscribed_at = models.DateTimeField(
        _("meldt av alt"),
        null=True,
        blank=True,
        help_text=_("Når personen sist sa nei til alle temaer."),
    )
    paused_until = models.DateField(
        _("pause til og med"),
        null=True,
        blank=True,
        help_text=_("Ingen nyhetsbrev før dagen etter."),
    )
    gathered_until_at = models.DateTimeField(
        _("nyhetsbrev samlet til"),
        null=True,
        blank=True,
        editable=False,
        help_text=_(
            "De som er sendt senere, venter på neste samlede e-post. Tomt: får hvert brev."
        ),
    )

    class Meta:
        verbose_name = _("abonnent")
        verbose_name_plural = _("abonnenter")
        constraints = [
            models.CheckConstraint(
                name="mailings_subscriber_email_lower_case",
                condition=Q(email=models.functions.Lower(F("email"))),
            ),
            models.CheckConstraint(
                name="mailings_subscriber_language_valid",
                condition=Q(language__in=MailLanguage.values),
            ),
            models.CheckConstraint(
                name="mailings_subscriber_audiences_valid",
                condition=Q(audiences__contained_by=Audience.values),
            ),
            models.CheckConstraint(
                name="mailings_subscriber_frequency_valid",
                condition=Q(frequency__in=Frequency.values),
            ),
        ]

    def __str__(self) -> str:
        return self.email


class ConsentQuerySet(models.QuerySet["Consent"]):
    """Chains over consents."""

    def in_force(self) -> Self:
        """Consents that have not been taken back."""
        return self.filter(withdrawn_at__isnull=True)

    def to_be_written_to(
        self, *, topic: str, audiences: Sequence[str] = (), at: datetime.datetime
    ) -> Self:
        """
        Those who get a newsletter on this topic by itself now: they neither pause nor gather their mail.

        With `audiences` only those who have said of themselves that they are one of them. Which edition
        each gets is said in `members.mailings.recipients`.
        """
        today = timezone.localdate(at)
        found = self.in_force().filter(
            Q(subscriber__paused_until__isnull=True) | Q(subscriber__paused_until__lt=today),
            topic=topic,
            subscriber__frequency=Frequency.EACH,
        )
        return found.filter(subscriber__audiences__overlap=list(audiences)) if audiences else found


ConsentManager = models.Manager.from_queryset(ConsentQuerySet)


class Consent(models.Model):
    """
    One person's yes to one topic: the words they agreed to, when, where, and until when.

    The history is kept: taking it back sets `withdrawn_at`, and a new yes is a new row. The token stands
    in the unsubscribe link of each newsletter.
    """

    subscriber = models.ForeignKey(
        Subscriber, models.CASCADE, related_name="consents", verbose_name=_("abonnent")
    )
    topic = models.CharField(_("tema"), max_length=30, choices=Topic)
    text = models.TextField(_("samtykketekst, slik den sto"))
    version = models.CharField(_("versjon av teksten"), max_length=20)
    source = models.CharField(_("hvor samtykket ble gitt"), max_length=200)
    token = models.CharField(max_length=40, unique=True, default=make_link_token, editable=False)
    given_at = models.DateTimeField(_("gitt"))
    withdrawn_at = models.DateTimeField(_("trukket tilbake"), null=True, blank=True)
    withdrawn_source = models.CharField(_("hvor det ble trukket"), max_length=200, blank=True)

    objects = ConsentManager()

    class Meta:
        verbose_name = _("samtykke")
        verbose_name_plural = _("samtykker")
        constraints = [
            models.UniqueConstraint(
                fields=["topic", "subscriber"],
                condition=Q(withdrawn_at__isnull=True),
                name="mailings_consent_one_in_force",
                violation_error_message=_("Personen har alt sagt ja til dette temaet."),
            ),
            models.CheckConstraint(
                name="mailings_consent_topic_valid", condition=Q(topic__in=Topic.values)
            ),
            models.CheckConstraint(
                name="mailings_consent_withdrawn_after_given",
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("given_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_topic_display()} · {self.given_at:%Y-%m-%d}"
