"""Who comes to an event, who waits for a seat, and who has left."""

from collections.abc import Iterator
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.companies.models import Company
from projects.bypuls.models.choices import OwnReminder
from projects.bypuls.models.event import Event
from projects.bypuls.models.series import SeriesSignUp


class SignUpState(models.TextChoices):
    """Where a sign-up stands."""

    INTERESTED = "interested", _("Interessert")
    WAITING = "waiting", _("På venteliste")
    OFFERED = "offered", _("Tilbudt plass")
    ATTENDING = "attending", _("Har plass")
    CANCELLED = "cancelled", _("Avmeldt")
    LAPSED = "lapsed", _("Svarte ikke i tide")


# Those who still want to come; one such sign-up for each address.
ACTIVE = (
    SignUpState.INTERESTED,
    SignUpState.WAITING,
    SignUpState.OFFERED,
    SignUpState.ATTENDING,
)


class SignUpQuerySet(models.QuerySet["SignUp"]):
    """Chains over sign-ups."""

    def active(self) -> Self:
        """Those who have a seat, are offered one, wait for one or are interested."""
        return self.filter(state__in=ACTIVE)

    def attending(self) -> Self:
        """Those who have a seat."""
        return self.filter(state=SignUpState.ATTENDING)

    def queue(self) -> Self:
        """Those who wait, first come first. The rest of a party that split keeps its number."""
        return self.filter(state=SignUpState.WAITING).order_by("queue_number", "pk")

    def in_batches(self, size: int = 500) -> Iterator[list["SignUp"]]:
        """All of them in order of the key, so many at a time."""
        rest = self.order_by("pk")
        while batch := list(rest[:size]):
            yield batch
            rest = self.filter(pk__gt=batch[-1].pk).order_by("pk")


SignUpManager = models.Manager.from_queryset(SignUpQuerySet)


class SignUp(models.Model):
    """
    One party of one or more people with one contact person; split only by its own choice.

    `seats_taken` of the event counts the `size` of those attending and the `offered_size` of those
    offered; `waiting_taken` counts the `size` of those waiting, and of an offer what it leaves waiting.
    """

    event = models.ForeignKey(
        Event, models.PROTECT, related_name="signups", verbose_name=_("arrangement")
    )
    name = models.CharField(_("navn"), max_length=120, blank=True)
    email = models.EmailField(_("e-post"), blank=True)
    size = models.PositiveSmallIntegerField(_("antall personer"), default=1)
    companions = models.TextField(
        _("navn på følget"), blank=True, help_text=_("Ett navn på hver linje.")
    )
    note = models.TextField(_("beskjed til arrangøren"), blank=True)
    diet = models.TextField(
        _("allergier og kosthold"), blank=True, help_text=_("Slettes dagen etter arrangementet.")
    )
    company = models.ForeignKey(
        Company,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("bedrift"),
    )
    shows_name = models.BooleanField(_("vil stå på deltakerlisten"), default=False)
    wants_reminder = models.BooleanField(_("vil ha påminnelse"), default=True)
    own_reminder = models.CharField(
        _("egen tid for påminnelse"),
        max_length=12,
        choices=OwnReminder,
        default="",
        db_default="",
        blank=True,
    )
    language = models.CharField(_("språk i e-post"), max_length=5, default="nb")
    state = models.CharField(_("tilstand"), max_length=20, choices=SignUpState)
    is_by_staff = models.BooleanField(_("ført inn av ansatt"), default=False)
    is_walk_in = models.BooleanField(_("kom uten påmelding"), default=False)
    series_signup = models.ForeignKey(
        SeriesSignUp,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="signups",
        verbose_name=_("påmelding til hele serien"),
    )
    split_from = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="split_into",
        verbose_name=_("resten av"),
    )

    # In the queue
    queue_number = models.PositiveIntegerField(_("kønummer"), null=True, blank=True)
    refuses_split = models.BooleanField(_("vil ikke dele seg"), default=False)
    offered_size = models.PositiveSmallIntegerField(_("tilbudte plasser"), null=True, blank=True)
    offered_at = models.DateTimeField(_("tilbudt"), null=True, blank=True)
    offer_expires_at = models.DateTimeField(_("tilbudet gjelder til"), null=True, blank=True)

    created_at = models.DateTimeField(_("meldt på"))
    promoted_at = models.DateTimeField(_("fikk plass"), null=True, blank=True)
    asked_at = models.DateTimeField(_("spurt om å bekrefte"), null=True, blank=True)
    answer_due_at = models.DateTimeField(_("må svare innen"), null=True, blank=True, editable=False)
    confirmed_at = models.DateTimeField(_("bekreftet"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("meldt av"), null=True, blank=True)
    checked_in_at = models.DateTimeField(_("møtte"), null=True, blank=True)
    checked_in_size = models.PositiveSmallIntegerField(_("antall som møtte"), null=True, blank=True)
    anonymised_at = models.DateTimeField(_("anonymisert"), null=True, blank=True)

    objects = SignUpManager()

    class Meta:
        verbose_name = _("påmelding")
        verbose_name_plural = _("påmeldinger")
        constraints = [
            models.UniqueConstraint(
                fields=["event", "email"],
                # The rest of a party that split has the address of the part that has a seat.
                condition=Q(state__in=ACTIVE, split_from=None) & ~Q(email=""),
                name="bypuls_signup_once_per_event",
                violation_error_message=_("Denne adressen er alt påmeldt."),
            ),
            models.CheckConstraint(
                name="bypuls_signup_state_valid",
                condition=Q(state__in=SignUpState.values),
                violation_error_message=_("Velg en tilstand."),
            ),
            models.CheckConstraint(
                name="bypuls_signup_own_reminder_valid",
                condition=Q(own_reminder__in=OwnReminder.values),
                violation_error_message=_("Velg en av verdiene i listen."),
            ),
            models.CheckConstraint(
                name="bypuls_signup_one_or_more",
                condition=Q(size__gte=1),
                violation_error_message=_("Minst én person må meldes på."),
            ),
            models.CheckConstraint(
                name="bypuls_signup_email_lower_case",
                condition=Q(email=models.functions.Lower(F("email"))),
            ),
            models.CheckConstraint(
                name="bypuls_signup_known_or_anonymised",
                condition=~Q(email="") | Q(anonymised_at__isnull=False) | Q(is_walk_in=True),
                violation_error_message=_("Oppgi en e-postadresse."),
            ),
            models.CheckConstraint(
                name="bypuls_signup_cancelled_at",
                condition=~Q(state="cancelled") | Q(cancelled_at__isnull=False),
            ),
            models.CheckConstraint(
                name="bypuls_signup_queue_numbered",
                condition=~Q(state__in=["waiting", "offered"]) | Q(queue_number__isnull=False),
            ),
            models.CheckConstraint(
                name="bypuls_signup_offer_whole",
                condition=Q(
                    state="offered",
                    offered_size__isnull=False,
                    offered_at__isnull=False,
                    offer_expires_at__gt=F("offered_at"),
                    offered_size__gte=1,
                    offered_size__lte=F("size"),
                )
                | ~Q(state="offered") & Q(offered_size=None, offer_expires_at=None),
            ),
            models.CheckConstraint(
                name="bypuls_signup_checked_in_whole",
                condition=Q(checked_in_at=None, checked_in_size=None)
                | Q(checked_in_at__isnull=False, checked_in_size__gte=1),
                violation_error_message=_("Minst én person må ha møtt."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["event", "queue_number", "id"],
                name="bypuls_signup_queue",
                condition=Q(state=SignUpState.WAITING),
            ),
            models.Index(
                fields=["offer_expires_at"],
                name="bypuls_signup_offers",
                condition=Q(state=SignUpState.OFFERED),
            ),
            models.Index(
                fields=["answer_due_at"],
                name="bypuls_signup_unanswered",
                condition=Q(state=SignUpState.ATTENDING, confirmed_at=None)
                & Q(answer_due_at__isnull=False),
            ),
            models.Index(fields=["email"], name="bypuls_signup_email"),
        ]

    def __str__(self) -> str:
        return self.name or f"#{self.pk}"

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE
