"""Who comes to an event, who waits for a seat, and who has left."""

from collections.abc import Iterator
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from projects.bypuls.models.event import Event


class SignUpState(models.TextChoices):
    """Where a sign-up stands."""

    ATTENDING = "attending", _("Har plass")
    WAITING = "waiting", _("På venteliste")
    CANCELLED = "cancelled", _("Avmeldt")


ACTIVE = (SignUpState.ATTENDING, SignUpState.WAITING)


class SignUpQuerySet(models.QuerySet["SignUp"]):
    """Chains over sign-ups."""

    def active(self) -> Self:
        """Those who have a seat or wait for one."""
        return self.filter(state__in=ACTIVE)

    def attending(self) -> Self:
        """Those who have a seat."""
        return self.filter(state=SignUpState.ATTENDING)

    def queue(self) -> Self:
        """Those who wait, first come first; ids are given out under the lock on the event."""
        return self.filter(state=SignUpState.WAITING).order_by("pk")

    def in_batches(self, size: int = 500) -> Iterator[list["SignUp"]]:
        """All of them in order of the key, so many at a time."""
        rest = self.order_by("pk")
        while batch := list(rest[:size]):
            yield batch
            rest = self.filter(pk__gt=batch[-1].pk).order_by("pk")


SignUpManager = models.Manager.from_queryset(SignUpQuerySet)


class SignUp(models.Model):
    """One party of one or more people with one contact person. A party is never split."""

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
    wants_reminder = models.BooleanField(_("vil ha påminnelse"), default=True)
    language = models.CharField(_("språk i e-post"), max_length=5, default="nb")
    state = models.CharField(_("tilstand"), max_length=20, choices=SignUpState)
    is_by_staff = models.BooleanField(_("ført inn av ansatt"), default=False)
    created_at = models.DateTimeField(_("meldt på"))
    promoted_at = models.DateTimeField(_("fikk plass"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("meldt av"), null=True, blank=True)
    anonymised_at = models.DateTimeField(_("anonymisert"), null=True, blank=True)

    objects = SignUpManager()

    class Meta:
        verbose_name = _("påmelding")
        verbose_name_plural = _("påmeldinger")
        constraints = [
            models.UniqueConstraint(
                fields=["event", "email"],
                condition=Q(state__in=ACTIVE) & ~Q(email=""),
                name="bypuls_signup_once_per_event",
                violation_error_message=_("Denne adressen er alt påmeldt."),
            ),
            models.CheckConstraint(
                name="bypuls_signup_state_valid",
                condition=Q(state__in=SignUpState.values),
                violation_error_message=_("Velg en tilstand."),
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
                condition=~Q(email="") | Q(anonymised_at__isnull=False),
                violation_error_message=_("Oppgi en e-postadresse."),
            ),
            models.CheckConstraint(
                name="bypuls_signup_cancelled_at",
                condition=~Q(state="cancelled") | Q(cancelled_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["event", "id"],
                name="bypuls_signup_queue",
                condition=Q(state=SignUpState.WAITING),
            ),
            models.Index(fields=["email"], name="bypuls_signup_email"),
        ]

    def __str__(self) -> str:
        return self.name or f"#{self.pk}"

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE
