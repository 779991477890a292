"""Money for competence: rounds with a frame, applications, votes of three parties, awards."""

import datetime
from typing import Self

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from members.companies.models import Company
from members.companies.orgnr import OrgnrIsValid, validate_orgnr
from projects.portfolio.models import Project


class RoundState(models.TextChoices):
    """How far a round has come."""

    DRAFT = "utkast", _("Utkast")
    OPEN = "apen", _("Åpen")
    DECIDING = "vurderes", _("Til vurdering")
    DECIDED = "avgjort", _("Avgjort")


class GrantRoundQuerySet(models.QuerySet["GrantRound"]):
    """Rounds, and which of them strangers may see."""

    def public(self, *, at: datetime.datetime) -> Self:
        """All but drafts."""
        return self.filter(published_at__lte=at).exclude(state=RoundState.DRAFT)


GrantRoundManager = models.Manager.from_queryset(GrantRoundQuerySet)


class GrantRound(models.Model):
    """
    One call for applications with a frame that is never exceeded.

    `granted_nok` is the sum of the awards; it is raised under the lock of this row, and the database
    refuses a sum above the frame.
    """

    title = models.CharField(_("navn"), max_length=160)
    slug = models.SlugField(_("adresse på nettet"), max_length=80, unique=True)
    summary = models.CharField(_("kort fortalt"), max_length=300, blank=True)
    text = models.TextField(_("utlysning"))
    priorities = models.TextField(
        _("prioriteringer"), blank=True, help_text=_("En prioritering på hver linje.")
    )
    frame_nok = models.PositiveBigIntegerField(_("ramme i kroner"))
    granted_nok = models.PositiveBigIntegerField(_("tildelt i kroner"), default=0, editable=False)
    opens_at = models.DateTimeField(_("åpner"), null=True, blank=True)
    closes_at = models.DateTimeField(_("søknadsfrist"))
    state = models.CharField(
        _("tilstand"), max_length=20, choices=RoundState, default=RoundState.DRAFT
    )
    decided_elsewhere = models.BooleanField(
        _("avgjort utenfor portalen"),
        default=False,
        help_text=_("Portalen kjenner rammen, men ikke fordelingen, og viser ikke noe tildelt."),
    )
    source = models.CharField(_("kilde"), max_length=200, blank=True)
    project = models.ForeignKey(
        Project,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="grant_rounds",
        verbose_name=_("prosjekt"),
    )
    published_at = models.DateTimeField(_("publisert"), null=True, blank=True)

    objects = GrantRoundManager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("tildelingsrunde")
        verbose_name_plural = _("tildelingsrunder")
        constraints = [
            models.CheckConstraint(
                name="kompetanse_round_state_valid", condition=Q(state__in=RoundState.values)
            ),
            models.CheckConstraint(
                name="kompetanse_round_frame_not_exceeded",
                condition=Q(granted_nok__lte=F("frame_nok")),
                violation_error_message=_("Rammen kan ikke være mindre enn det som er tildelt."),
            ),
            models.CheckConstraint(
                name="kompetanse_round_closes_after_opening",
                condition=Q(closes_at__gt=F("opens_at")),
                violation_error_message=_("Fristen kan ikke være før runden åpner."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("kompetanse:round_detail", kwargs={"slug": self.slug})

    @property
    def remaining_nok(self) -> int:
        return self.frame_nok - self.granted_nok

    def takes_applications(self, at: datetime.datetime) -> bool:
        """Tell whether applications are taken at `at`; the deadline itself is too late."""
        return (
            self.state == RoundState.OPEN
            and self.opens_at is not None
            and self.opens_at <= at < self.closes_at
        )


class TargetGroup(models.TextChoices):
    """Whom a course is for."""

    LAID_OFF = "permittert", _("Permitterte")
    UNEMPLOYED = "ledig", _("Ledige")
    EMPLOYED = "sysselsatt", _("Sysselsatte")


class ApplicationState(models.TextChoices):
    """Where an application stands."""

    SUBMITTED = "sendt", _("Sendt inn")
    REVIEW = "vurderes", _("Til vurdering")
    GRANTED = "innvilget", _("Innvilget")
    REFUSED = "avslag", _("Avslag")
    WITHDRAWN = "trukket", _("Trukket")


OPEN_STATES = (ApplicationState.SUBMITTED, ApplicationState.REVIEW)


class Application(models.Model):
    """One organisation's application for money to one course in one round."""

    grant_round = models.ForeignKey(
        GrantRound, models.PROTECT, related_name="applications", verbose_name=_("runde")
    )
    orgnr = models.CharField(_("organisasjonsnummer"), max_length=9, validators=[validate_orgnr])
    organisation = models.CharField(_("virksomhet"), max_length=200)
    company = models.ForeignKey(
        Company,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="grant_applications",
        verbose_name=_("medlem"),
    )
    amount_nok = models.PositiveBigIntegerField(_("søknadsbeløp i kroner"))
    course_title = models.CharField(_("tiltak"), max_length=160)
    course_description = models.TextField(_("beskrivelse av tiltaket"))
    target_group = models.CharField(_("målgruppe"), max_length=20, choices=TargetGroup)
    headcount = models.PositiveSmallIntegerField(
        _("antall deltakere"), validators=[MinValueValidator(1)]
    )
    contact_name = models.CharField(_("kontaktperson"), max_length=120)
    contact_email = models.EmailField(_("e-post"))
    contact_phone = models.CharField(_("telefon"), max_length=20, blank=True)
    language = models.CharField(
        _("språk i e-post"), max_length=5, choices=settings.LANGUAGES, default="nb", editable=False
    )
    state = models.CharField(
        _("tilstand"), max_length=20, choices=ApplicationState, default=ApplicationState.SUBMITTED
    )
    submitted_at = models.DateTimeField(_("sendt inn"))
    decided_at = models.DateTimeField(_("avgjort"), null=True, blank=True)
    reason = models.TextField(_("begrunnelse"), blank=True)

    history = HistoricalRecords(excluded_fields=["contact_name", "contact_email", "contact_phone"])

    class Meta:
        verbose_name = _("søknad om kompetansemidler")
        verbose_name_plural = _("søknader om kompetansemidler")
        constraints = [
            models.CheckConstraint(
                name="kompetanse_application_orgnr_valid",
                condition=OrgnrIsValid("orgnr"),
                violation_error_message=_(
                    "Organisasjonsnummeret må ha ni siffer og riktig kontrollsiffer."
                ),
            ),
            models.UniqueConstraint(
                fields=["grant_round", "orgnr", "course_title"],
                condition=~Q(state=ApplicationState.WITHDRAWN),
                name="kompetanse_application_once_per_course",
                violation_error_message=_("Virksomheten har alt søkt om dette tiltaket i runden."),
            ),
            models.CheckConstraint(
                name="kompetanse_application_state_valid",
                condition=Q(state__in=ApplicationState.values),
            ),
            models.CheckConstraint(
                name="kompetanse_application_language_valid",
                condition=Q(language__in=["nb", "en"]),
            ),
            models.CheckConstraint(
                name="kompetanse_application_group_valid",
                condition=Q(target_group__in=TargetGroup.values),
            ),
            models.CheckConstraint(
                name="kompetanse_application_amount_positive",
                condition=Q(amount_nok__gt=0),
                violation_error_message=_("Beløpet må være over 0 kroner."),
            ),
            models.CheckConstraint(
                name="kompetanse_application_headcount_positive",
                condition=Q(headcount__gt=0),
                violation_error_message=_("Oppgi minst én deltaker."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.course_title}"


class Party(models.TextChoices):
    """The three that decide together."""

    INDUSTRY = "industri", _("Industrien")
    WORKERS = "arbeidstakere", _("Arbeidstakerne")
    PUBLIC = "offentlig", _("Det offentlige")


class BoardMember(models.Model):
    """One person who votes for one of the three parties, for a time; a deputy when the first cannot."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="grant_board_seats",
        verbose_name=_("person"),
    )
    party = models.CharField(_("part"), max_length=20, choices=Party)
    is_deputy = models.BooleanField(_("vara"), default=False)
    since_date = models.DateField(_("fra"))
    until_date = models.DateField(_("til og med"), null=True, blank=True)

    class Meta:
        verbose_name = _("medlem av trepartsutvalget")
        verbose_name_plural = _("medlemmer av trepartsutvalget")
        constraints = [
            models.CheckConstraint(
                name="kompetanse_board_party_valid", condition=Q(party__in=Party.values)
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(until_date__isnull=True),
                name="kompetanse_board_one_party_each",
                violation_error_message=_("Personen sitter alt i utvalget."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_party_display()})"


class Vote(models.TextChoices):
    """What a member of the board says to an application."""

    YES = "ja", _("Ja")
    NO = "nei", _("Nei")
    ABSTAIN = "avstar", _("Avstår")
    CONFLICTED = "inhabil", _("Inhabil")


class GrantVote(models.Model):
    """One member's vote on one application, or the note that they could not vote."""

    application = models.ForeignKey(
        Application, models.CASCADE, related_name="votes", verbose_name=_("søknad")
    )
    party = models.CharField(_("part"), max_length=20, choices=Party)
    voter = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="grant_votes",
        verbose_name=_("stemt av"),
    )
    vote = models.CharField(_("stemme"), max_length=20, choices=Vote)
    declared_conflict = models.BooleanField(_("meldt inhabil"), default=False)
    note = models.TextField(_("begrunnelse"), blank=True)
    cast_at = models.DateTimeField(_("avgitt"))

    class Meta:
        verbose_name = _("stemme i trepartsutvalget")
        verbose_name_plural = _("stemmer i trepartsutvalget")
        constraints = [
            # A deputy may vote in place of one who is conflicted, so those do not count.
            models.UniqueConstraint(
                fields=["application", "party"],
                condition=~Q(vote=Vote.CONFLICTED),
                name="kompetanse_vote_one_per_party",
                violation_error_message=_("Parten har alt stemt over søknaden."),
            ),
            models.UniqueConstraint(
                fields=["application", "voter"],
                name="kompetanse_vote_one_per_person",
                violation_error_message=_("Du har alt stemt over søknaden."),
            ),
            models.CheckConstraint(
                name="kompetanse_vote_party_valid", condition=Q(party__in=Party.values)
            ),
            models.CheckConstraint(name="kompetanse_vote_valid", condition=Q(vote__in=Vote.values)),
            models.CheckConstraint(
                name="kompetanse_vote_conflict_means_no_vote",
                condition=Q(declared_conflict=True, vote=Vote.CONFLICTED)
                | (Q(declared_conflict=False) & ~Q(vote=Vote.CONFLICTED)),
                violation_error_message=_("Den som er inhabil, kan ikke stemme."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_party_display()}: {self.get_vote_display()}"


class Award(models.Model):
    """Money granted to one application."""

    application = models.OneToOneField(
        Application, models.PROTECT, related_name="award", verbose_name=_("søknad")
    )
    applied_nok = models.PositiveBigIntegerField(_("søkt om"))
    amount_nok = models.PositiveBigIntegerField(_("tildelt i kroner"))
    conditions = models.TextField(_("vilkår"), blank=True)
    awarded_at = models.DateTimeField(_("tildelt"))

    class Meta:
        verbose_name = _("tildeling")
        verbose_name_plural = _("tildelinger")
        constraints = [
            models.CheckConstraint(
                name="kompetanse_award_at_most_applied",
                condition=Q(amount_nok__gt=0, amount_nok__lte=F("applied_nok")),
                violation_error_message=_("Det kan ikke tildeles mer enn det er søkt om."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.application}: {self.amount_nok}"
