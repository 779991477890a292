"""How mail is sent here: rates, quiet hours and limits, set by staff and not in code."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class MailRules(models.Model):
    """The rules of this installation; one row at most. Without it the values that stand here hold."""

    rate_per_second = models.PositiveIntegerField(
        _("meldinger i sekundet"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("All e-post til sammen. Tomt: så fort tjeneren tar imot."),
    )
    domain_rate_per_minute = models.PositiveIntegerField(
        _("meldinger i minuttet til hvert domene"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Gjelder nyhetsbrev, samlet e-post og velkomstserien. Tomt: ingen grense."),
    )
    pause_after_errors = models.PositiveIntegerField(
        _("feil på rad før et nyhetsbrev settes på vent"),
        default=20,
        db_default=20,
        help_text=_("0: nyhetsbrev settes aldri på vent av seg selv."),
    )
    quiet_from = models.TimeField(
        _("stille fra"),
        null=True,
        blank=True,
        help_text=_(
            "I de stille timene sendes ingen nyhetsbrev, samlet e-post eller velkomstserie."
            " Kvitteringer og endringer sendes alltid. Tomt: ingen stille timer."
        ),
    )
    quiet_until = models.TimeField(_("stille til"), null=True, blank=True)
    soft_bounce_limit = models.PositiveSmallIntegerField(
        _("returer på rad før en adresse sperres"),
        default=3,
        db_default=3,
        validators=[MinValueValidator(1)],
        help_text=_("Fulle postkasser og andre feil som kan gå over."),
    )
    soft_bounce_days = models.PositiveSmallIntegerField(
        _("innen så mange dager"),
        default=60,
        db_default=60,
        validators=[MinValueValidator(1)],
    )
    mailbox_days = models.PositiveSmallIntegerField(
        _("dager det uforståelige ligger i returpostkassen"),
        default=30,
        db_default=30,
        validators=[MinValueValidator(1)],
        help_text=_("Det portalen ikke forstår, merkes og slettes etter så mange dager."),
    )
    undo_minutes = models.PositiveSmallIntegerField(
        _("minutter til å angre"),
        default=0,
        db_default=0,
        validators=[MaxValueValidator(120)],
        help_text=_(
            "Så lenge kan et nyhetsbrev hentes tilbake etter «Send nå». 0: det går med én gang."
        ),
    )
    four_eyes = models.BooleanField(
        _("en annen må godkjenne nyhetsbrev"),
        default=False,
        db_default=False,
        help_text=_(
            "Den som har laget eller endret brevet, kan ikke godkjenne det, og uten godkjenning"
            " sendes det ikke."
        ),
    )
    fewest_shown = models.PositiveSmallIntegerField(
        _("minste antall som vises"),
        default=5,
        db_default=5,
        validators=[MinValueValidator(1)],
        help_text=_("Tall om færre lesere enn dette vises ikke i statistikken."),
    )

    class Meta:
        verbose_name = _("regler for e-post")
        verbose_name_plural = _("regler for e-post")
        constraints = [
            models.CheckConstraint(name="mailings_rules_one_row", condition=Q(pk=1)),
            models.CheckConstraint(
                name="mailings_rules_rates_positive",
                condition=(Q(rate_per_second__isnull=True) | Q(rate_per_second__gt=0))
                & (Q(domain_rate_per_minute__isnull=True) | Q(domain_rate_per_minute__gt=0)),
                violation_error_message=_("En grense må være 1 eller mer, eller stå tom."),
            ),
            models.CheckConstraint(
                name="mailings_rules_quiet_hours_whole",
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | (
                    Q(quiet_from__isnull=False, quiet_until__isnull=False)
                    & ~Q(quiet_from=F("quiet_until"))
                ),
                violation_error_message=_("Skriv både når det blir stille og når det er slutt."),
            ),
            models.CheckConstraint(
                name="mailings_rules_limits_positive",
                condition=Q(
                    soft_bounce_limit__gt=0,
                    soft_bounce_days__gt=0,
                    mailbox_days__gt=0,
                    fewest_shown__gt=0,
                ),
                violation_error_message=_("En grense må være 1 eller mer."),
            ),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)
