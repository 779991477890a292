"""How the editors work: set in the admin, once for all posts."""

import datetime

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from members.accounts.models import User
from members.posts.models.post import Weekday

# The one row.
ONLY = 1


class CheckLevel(models.TextChoices):
    """What comes of a finding of one check before publishing."""

    BLOCKS = "blocks", _("Stanser")
    WARNS = "warns", _("Advarer")


class EditorialRules(models.Model):
    """
    The rules of the weekly post. There is one row, or none as long as the usual rules hold.

    Read it with `members.posts.rules.current`.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY, editable=False)
    four_eyes = models.BooleanField(
        _("to må se på posten"),
        default=False,
        db_default=False,
        help_text=_(
            "Den som sendte posten til gjennomlesing eller skrev sist i den, kan ikke godkjenne den,"
            " og bare en godkjent post kan publiseres."
        ),
    )
    check_levels = models.JSONField(
        _("hva kontrollene gjør"),
        default=dict,
        db_default=models.Value({}, models.JSONField()),
        blank=True,
    )
    publication_weekday = models.PositiveSmallIntegerField(
        _("publiseres på"), choices=Weekday, default=Weekday.FRIDAY, db_default=Weekday.FRIDAY
    )
    publication_time = models.TimeField(
        _("klokka"), default=datetime.time(14), db_default=models.Value(datetime.time(14))
    )
    deadline_hours_before = models.PositiveSmallIntegerField(
        _("frist for tekst, timer før publisering"),
        default=24,
        db_default=24,
        validators=[MaxValueValidator(144)],
    )
    remind_hours_before = models.PositiveSmallIntegerField(
        _("varsle ansvarlig, timer før fristen"),
        default=24,
        db_default=24,
        validators=[MaxValueValidator(144)],
    )
    alarm_hours_before = models.PositiveSmallIntegerField(
        _("varsle når ukas post mangler, timer før publisering"),
        default=4,
        db_default=4,
        validators=[MaxValueValidator(144)],
    )
    quiet_weeks = ArrayField(
        models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(53)]),
        verbose_name=_("stille uker"),
        default=list,
        db_default=models.Value([], ArrayField(models.PositiveSmallIntegerField())),
        blank=True,
        help_text=_("Uker hvert år da ingen post ventes, for eksempel 28–31, 52."),
    )

    # Who changed what is told on the page of the rules; see `members.posts.rule_changes`.
    _history_user: User | None
    _change_reason: str

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("regler for ukeposten")
        verbose_name_plural = _("regler for ukeposten")
        constraints = [
            models.CheckConstraint(name="posts_rules_only_row", condition=Q(id=ONLY)),
            models.CheckConstraint(
                name="posts_rules_weekday_valid",
                condition=Q(publication_weekday__gte=1, publication_weekday__lte=7),
            ),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name).capitalize()

    def blocks(self, code: str, *, usually: bool) -> bool:
        """Tell whether a finding with this code keeps a post from its readers; `usually` unless it is set."""
        level = self.check_levels.get(code)
        return usually if level is None else bool(level == CheckLevel.BLOCKS)
