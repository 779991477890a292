"""The mentor scheme. Profiles are seen by coordinators only, and by the other half of a pair."""

import datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from projects.portfolio.models import Project


class SchemeState(models.TextChoices):
    """How far a scheme has come. People can sign up while it is open."""

    DRAFT = "draft", _("Utkast")
    OPEN = "open", _("Åpen for påmelding")
    CLOSED = "closed", _("Påmeldingen er stengt")
    RUNNING = "running", _("I gang")
    DONE = "done", _("Avsluttet")


class MentorSchemeQuerySet(models.QuerySet["MentorScheme"]):
    """Chains over schemes."""

    def public(self, *, at: datetime.datetime) -> Self:
        """Schemes that strangers may read about; drafts are not among them, whatever the time."""
        return self.exclude(state=SchemeState.DRAFT)

    def open(self) -> Self:
        """The scheme one can sign up for now."""
        return self.filter(state=SchemeState.OPEN)


MentorSchemeManager = models.Manager.from_queryset(MentorSchemeQuerySet)


class MentorScheme(models.Model):
    """One round of mentoring, with a beginning and an end."""

    title = models.CharField(_("tittel"), max_length=120)
    slug = models.SlugField(_("adresse"), max_length=80, unique=True)
    about = models.TextField(_("omtale"), blank=True)
    starts_on = models.DateField(_("starter"))
    ends_on = models.DateField(_("slutter"))
    state = models.CharField(
        _("tilstand"), max_length=10, choices=SchemeState, default=SchemeState.DRAFT
    )
    max_mentees_per_mentor = models.PositiveSmallIntegerField(
        _("høyst så mange adepter per mentor"), default=2
    )
    is_example = models.BooleanField(_("eksempel"), default=False)
    project = models.ForeignKey(
        Project,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="mentor_schemes",
        verbose_name=_("prosjekt"),
    )
    updated_at = models.DateTimeField(_("endret"), auto_now=True)

    objects = MentorSchemeManager()

    class Meta:
        verbose_name = _("mentorordning")
        verbose_name_plural = _("mentorordninger")
        constraints = [
            models.CheckConstraint(
                name="ung_scheme_ends_after_start",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("Sluttdatoen kan ikke være før startdatoen."),
            ),
            models.CheckConstraint(
                name="ung_scheme_state_valid", condition=Q(state__in=SchemeState.values)
            ),
            models.CheckConstraint(
                name="ung_scheme_takes_someone",
                condition=Q(max_mentees_per_mentor__gte=1, max_mentees_per_mentor__lte=10),
                violation_error_message=_("En mentor kan ha mellom én og ti adepter."),
            ),
            models.UniqueConstraint(
                fields=["state"],
                condition=Q(state=SchemeState.OPEN),
                name="ung_scheme_one_open",
                violation_error_message=_("Det er alt en ordning som er åpen for påmelding."),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class WorkField(models.TextChoices):
    """What a person works with, or wants to."""

    ENGINEERING = "engineering", _("Teknologi og industri")
    ICT = "ict", _("IT og sikkerhet")
    HEALTH = "health", _("Helse og omsorg")
    EDUCATION = "education", _("Skole og barnehage")
    BUILDING = "building", _("Bygg og anlegg")
    SERVICE = "service", _("Handel og servering")
    ADMINISTRATION = "administration", _("Administrasjon og økonomi")
    CULTURE = "culture", _("Kultur og medier")
    OTHER = "other", _("Noe annet")


class Topic(models.TextChoices):
    """What mentor and mentee can talk about."""

    CAREER = "career", _("Valg av jobb og karriere")
    FIRST_JOB = "first-job", _("Første tid i ny jobb")
    LEADERSHIP = "leadership", _("Å lede andre")
    STUDIES = "studies", _("Studier og etterutdanning")
    NETWORK = "network", _("Nettverk og å bli kjent i byen")
    NORWEGIAN = "norwegian", _("Norsk språk og arbeidsliv")
    STARTUP = "startup", _("Å starte for seg selv")


class Language(models.TextChoices):
    """A language that a pair can talk together in."""

    NORWEGIAN = "nb", _("Norsk")
    ENGLISH = "en", _("Engelsk")
    GERMAN = "de", _("Tysk")
    POLISH = "pl", _("Polsk")
    SPANISH = "es", _("Spansk")
    UKRAINIAN = "uk", _("Ukrainsk")
    ARABIC = "ar", _("Arabisk")


class ParticipantState(models.TextChoices):
    """Whether a person takes part. Only those who confirmed their address do."""

    UNCONFIRMED = "unconfirmed", _("Venter på bekreftelse")
    ACTIVE = "active", _("Med")
    WITHDRAWN = "withdrawn", _("Trukket")


class Participant(models.Model):
    """What mentor and mentee have in common."""

    name = models.CharField(_("navn"), max_length=120)
    email = models.EmailField(_("e-post"))
    workplace = models.CharField(_("arbeidssted eller studiested"), max_length=120)
    field = models.CharField(_("fagfelt"), max_length=20, choices=WorkField)
    languages = ArrayField(
        models.CharField(max_length=2, choices=Language), verbose_name=_("språk")
    )
    topics = ArrayField(models.CharField(max_length=20, choices=Topic), verbose_name=_("tema"))
    state = models.CharField(
        _("tilstand"),
        max_length=15,
        choices=ParticipantState,
        default=ParticipantState.UNCONFIRMED,
    )
    language = models.CharField(_("språk i e-post"), max_length=2, default="nb")
    consent_text = models.TextField(_("samtykke"))
    is_example = models.BooleanField(_("eksempel"), default=False)
    created_at = models.DateTimeField(_("meldt på"))
    confirmed_at = models.DateTimeField(_("bekreftet"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("trukket"), null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


def _participant_constraints(prefix: str) -> list[models.BaseConstraint]:
    return [
        models.UniqueConstraint(
            fields=["scheme", "email"],
            condition=~Q(state=ParticipantState.WITHDRAWN),
            name=f"ung_{prefix}_once",
            violation_error_message=_("Denne e-postadressen er alt påmeldt."),
        ),
        models.CheckConstraint(
            name=f"ung_{prefix}_state_valid", condition=Q(state__in=ParticipantState.values)
        ),
        models.CheckConstraint(
            name=f"ung_{prefix}_field_valid", condition=Q(field__in=WorkField.values)
        ),
        models.CheckConstraint(
            name=f"ung_{prefix}_email_lower_case",
            condition=Q(email=models.functions.Lower(F("email"))),
        ),
        models.CheckConstraint(
            name=f"ung_{prefix}_active_is_confirmed",
            condition=~Q(state=ParticipantState.ACTIVE) | Q(confirmed_at__isnull=False),
            violation_error_message=_("Bare den som har bekreftet adressen, kan være med."),
        ),
    ]


class Mentor(Participant):
    """A person who gives time. `pair_count` is the number of live pairs, kept under lock."""

    scheme = models.ForeignKey(
        MentorScheme, models.CASCADE, related_name="mentors", verbose_name=_("ordning")
    )
    capacity = models.PositiveSmallIntegerField(_("plass til"), default=1)
    about = models.TextField(_("om meg"), blank=True)
    pair_count = models.PositiveSmallIntegerField(_("har nå"), default=0, editable=False)

    class Meta:
        verbose_name = _("mentor")
        verbose_name_plural = _("mentorer")
        constraints = [
            *_participant_constraints("mentor"),
            models.CheckConstraint(
                name="ung_mentor_within_capacity",
                condition=Q(pair_count__lte=F("capacity")),
                violation_error_message=_("Mentoren har ikke plass til flere."),
            ),
            models.CheckConstraint(
                name="ung_mentor_capacity_positive",
                condition=Q(capacity__gte=1),
                violation_error_message=_("En mentor må ha plass til minst én."),
            ),
        ]


class Mentee(Participant):
    """A person who wants a mentor."""

    scheme = models.ForeignKey(
        MentorScheme, models.CASCADE, related_name="mentees", verbose_name=_("ordning")
    )
    wishes = models.TextField(_("ønsker"), blank=True)

    class Meta:
        verbose_name = _("adept")
        verbose_name_plural = _("adepter")
        constraints = _participant_constraints("mentee")


class MatchState(models.TextChoices):
    """How far a pair has come. Proposed and accepted pairs are live: they take the mentor's room."""

    PROPOSED = "proposed", _("Foreslått")
    ACCEPTED = "accepted", _("Koblet")
    ENDED = "ended", _("Avsluttet")


LIVE = (MatchState.PROPOSED, MatchState.ACCEPTED)


class MatchQuerySet(models.QuerySet["Match"]):
    """Chains over pairs."""

    def live(self) -> Self:
        """Pairs that take room."""
        return self.filter(state__in=LIVE)


MatchManager = models.Manager.from_queryset(MatchQuerySet)


class Match(models.Model):
    """A mentor and a mentee: proposed by the portal with reasons, decided by a coordinator."""

    mentor = models.ForeignKey(
        Mentor, models.CASCADE, related_name="matches", verbose_name=_("mentor")
    )
    mentee = models.ForeignKey(
        Mentee, models.CASCADE, related_name="matches", verbose_name=_("adept")
    )
    state = models.CharField(
        _("tilstand"), max_length=10, choices=MatchState, default=MatchState.PROPOSED
    )
    score = models.PositiveSmallIntegerField(_("poeng"), default=0)
    reasons = models.JSONField(_("begrunnelse"), default=list, blank=True)
    proposed_at = models.DateTimeField(_("foreslått"))
    accepted_at = models.DateTimeField(_("koblet"), null=True, blank=True)
    ended_at = models.DateTimeField(_("avsluttet"), null=True, blank=True)

    objects = MatchManager()

    class Meta:
        verbose_name = _("mentorpar")
        verbose_name_plural = _("mentorpar")
        constraints = [
            models.UniqueConstraint(
                fields=["mentee"],
                condition=Q(state__in=LIVE),
                name="ung_match_one_live_per_mentee",
                violation_error_message=_("Adepten har alt en mentor."),
            ),
            models.CheckConstraint(
                name="ung_match_state_valid", condition=Q(state__in=MatchState.values)
            ),
            models.CheckConstraint(
                name="ung_match_dates_follow_state",
                condition=Q(state=MatchState.PROPOSED, accepted_at=None, ended_at=None)
                | Q(state=MatchState.ACCEPTED, accepted_at__isnull=False, ended_at=None)
                | Q(state=MatchState.ENDED, ended_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mentor} – {self.mentee}"


class MentorSession(models.Model):
    """One talk of a pair: when and how long. What was said stays with them."""

    match = models.ForeignKey(
        Match, models.CASCADE, related_name="sessions", verbose_name=_("mentorpar")
    )
    held_date = models.DateField(_("dato"))
    duration_minutes = models.PositiveSmallIntegerField(_("minutter"))

    class Meta:
        verbose_name = _("mentorsamtale")
        verbose_name_plural = _("mentorsamtaler")
        constraints = [
            models.CheckConstraint(
                name="ung_session_length_plausible",
                condition=Q(duration_minutes__gte=5, duration_minutes__lte=600),
                violation_error_message=_("En samtale varer mellom 5 minutter og 10 timer."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.held_date}: {self.duration_minutes} min"
