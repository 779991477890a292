"""A newsletter from draft to archive."""

from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.mailings.models.delivery import MailBody
from members.mailings.models.subscriber import Audience, MailLanguage, Topic


class NewsletterState(models.TextChoices):
    """How far a newsletter has come. The legal moves stand in `members.mailings.newsletters`."""

    DRAFT = "draft", _("Kladd")
    REVIEW = "review", _("Til godkjenning")
    APPROVED = "approved", _("Godkjent")
    SCHEDULED = "scheduled", _("Planlagt")
    MISSED = "missed", _("For sent")
    SENDING = "sending", _("Sendes")
    PAUSED = "paused", _("Satt på vent")
    SENT = "sent", _("Sendt")
    CANCELLED = "cancelled", _("Stanset")


# On its way or gone: neither content nor mail can be changed.
FROZEN_STATES = (NewsletterState.SENDING, NewsletterState.PAUSED, NewsletterState.SENT)


class NewsletterQuerySet(models.QuerySet["Newsletter"]):
    """Chains over newsletters."""

    def public(self) -> Self:
        """Those that anyone may read in the archive: sent to everybody they were meant for."""
        return self.filter(state=NewsletterState.SENT)

    def readable(self) -> Self:
        """Those that the link in the mail opens: also while some readers still wait for it."""
        return self.filter(state__in=FROZEN_STATES)


NewsletterManager = models.Manager.from_queryset(NewsletterQuerySet)


class Newsletter(models.Model):
    """
    One newsletter on one topic. From the moment it is sent its content cannot be changed.

    `blocks` holds what it is made of, as `members.mailings.newsletter_content` writes it; `body` is the
    frozen mail. The database refuses changes to both afterwards.
    """

    title = models.CharField(_("emne"), max_length=150)
    intro = models.TextField(_("innledning"), blank=True)
    topic = models.CharField(_("tema"), max_length=30, choices=Topic, default=Topic.WEEKLY)
    blocks = models.JSONField(_("innhold"), default=list, blank=True)
    source_url = models.CharField(
        _("laget av"), max_length=200, blank=True, help_text=_("Siden som brevet bygger på.")
    )
    language = models.CharField(
        _("språk"),
        max_length=2,
        choices=MailLanguage,
        blank=True,
        default="",
        db_default="",
        help_text=_(
            "Språket brevet er skrevet på; tomt er bokmål. Den som leser et annet språk, får dette "
            "brevet når det ikke finnes en egen utgave."
        ),
    )
    edition_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="editions",
        verbose_name=_("utgave av"),
        help_text=_("Brevet som dette er samme sak som, på et annet språk."),
    )
    audiences = ArrayField(
        models.CharField(max_length=20, choices=Audience),
        verbose_name=_("målgrupper"),
        default=list,
        db_default=[],
        blank=True,
        help_text=_("Bare til dem som selv har valgt en av disse. Tomt: til alle på temaet."),
    )
    state = models.CharField(
        _("tilstand"), max_length=20, choices=NewsletterState, default=NewsletterState.DRAFT
    )
    scheduled_at = models.DateTimeField(_("sendes"), null=True, blank=True)
    send_before = models.DateTimeField(
        _("sendes ikke etter"),
        null=True,
        blank=True,
        help_text=_("Blir det senere enn dette, avgjør et menneske. Tomt: den vanlige grensen."),
    )
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("sist endret av"),
    )
    edited_at = models.DateTimeField(_("sist endret"), null=True, blank=True, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("godkjent av"),
    )
    approved_at = models.DateTimeField(_("godkjent"), null=True, blank=True, editable=False)
    pause_reason = models.CharField(
        _("hvorfor den venter"),
        max_length=300,
        blank=True,
        default="",
        db_default="",
        editable=False,
    )
    body = models.ForeignKey(
        MailBody,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="newsletters",
        related_query_name="newsletter",
        verbose_name=_("den ferdige meldingen"),
    )
    recipient_count = models.PositiveIntegerField(_("mottakere"), default=0, editable=False)
    created_at = models.DateTimeField(_("opprettet"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("laget av"),
    )
    started_at = models.DateTimeField(_("sending begynte"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sendt til alle"), null=True, blank=True)

    objects = NewsletterManager()

    class Meta:
        verbose_name = _("nyhetsbrev")
        verbose_name_plural = _("nyhetsbrev")
        constraints = [
            models.CheckConstraint(
                name="mailings_newsletter_state_valid",
                condition=Q(state__in=NewsletterState.values),
            ),
            models.CheckConstraint(
                name="mailings_newsletter_topic_valid", condition=Q(topic__in=Topic.values)
            ),
            models.CheckConstraint(
                name="mailings_newsletter_language_valid",
                condition=Q(language="") | Q(language__in=MailLanguage.values),
            ),
            models.CheckConstraint(
                name="mailings_newsletter_edition_has_language",
                condition=Q(edition_of__isnull=True) | ~Q(language=""),
            ),
            models.UniqueConstraint(
                fields=["edition_of", "language"],
                condition=~Q(state=NewsletterState.CANCELLED),
                name="mailings_newsletter_one_edition",
                violation_error_message=_("Brevet har alt en utgave på dette språket."),
            ),
            models.CheckConstraint(
                name="mailings_newsletter_audiences_valid",
                condition=Q(audiences__contained_by=Audience.values),
            ),
            models.CheckConstraint(
                name="mailings_newsletter_scheduled_has_time",
                condition=~Q(state=NewsletterState.SCHEDULED) | Q(scheduled_at__isnull=False),
                violation_error_message=_("Et planlagt nyhetsbrev må ha et tidspunkt."),
            ),
            models.CheckConstraint(
                name="mailings_newsletter_approved_has_time",
                condition=~Q(state=NewsletterState.APPROVED) | Q(approved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="mailings_newsletter_sent_is_frozen",
                condition=~Q(state__in=FROZEN_STATES)
                | Q(body__isnull=False, started_at__isnull=False),
            ),
            models.CheckConstraint(
                name="mailings_newsletter_sent_has_time",
                condition=~Q(state=NewsletterState.SENT) | Q(sent_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["scheduled_at"],
                name="mailings_newsletter_due",
                condition=Q(state=NewsletterState.SCHEDULED),
            ),
            models.Index(
                fields=["-sent_at", "-id"],
                name="mailings_newsletter_archive",
                condition=Q(state=NewsletterState.SENT),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def sent_year(self) -> int | None:
        """The local year in which everybody had got it."""
        return timezone.localtime(self.sent_at).year if self.sent_at else None

    @property
    def content_language(self) -> str:
        """The language that it is written in."""
        return self.language or str(settings.LANGUAGE_CODE)

    @property
    def occasion(self) -> str:
        """What its deliveries are about in the ledger."""
        return f"newsletter-{self.pk}"

    @property
    def hands(self) -> set[int]:
        """The people whose work it is: who made it and who changed it last."""
        return {pk for pk in (self.created_by_id, self.edited_by_id) if pk is not None}


class NewsletterMove(models.Model):
    """One change of a newsletter's state: who did it, when and why. `by` empty means the portal itself."""

    newsletter = models.ForeignKey(
        Newsletter, models.CASCADE, related_name="moves", verbose_name=_("nyhetsbrev")
    )
    from_state = models.CharField(_("fra"), max_length=20, choices=NewsletterState)
    to_state = models.CharField(_("til"), max_length=20, choices=NewsletterState)
    at = models.DateTimeField(_("når"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("hvem"),
    )
    note = models.CharField(_("merknad"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("tilstandsendring")
        verbose_name_plural = _("tilstandsendringer")
        indexes = [models.Index(fields=["newsletter", "at"], name="mailings_move_order")]

    def __str__(self) -> str:
        return f"{self.get_from_state_display()} → {self.get_to_state_display()}"
