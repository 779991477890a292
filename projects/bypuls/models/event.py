"""What happens in town, with two kinds of state: whether strangers see it, and whether it takes place."""

import datetime as dt
import uuid
from typing import Self
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import ExpressionWrapper, F, Q, Value
from django.db.models.lookups import GreaterThanOrEqual
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.companies.models import Company, Forum
from projects.bypuls.models.choices import (
    TAKING_PLACE,
    Admission,
    AttendeeList,
    Audience,
    EventLanguage,
    EventStatus,
    Publication,
    QueuePolicy,
    Topic,
)
from projects.bypuls.models.event_indexes import INDEXES
from projects.bypuls.models.series import EventSeries
from projects.bypuls.models.slugs import validate_free_slug
from projects.bypuls.models.venue import Venue
from projects.portfolio.models import Project

# Longer things are a series or a place. The bound lets lists find what is going on by its start.
LONGEST = dt.timedelta(days=31)
# From here on an event belongs to each of its days in a calendar, not only to the one it starts on.
LONG = dt.timedelta(hours=12)


def make_uid() -> str:
    """Return the name an event has in everybody's calendar, for ever."""
    return f"{uuid.uuid4()}@{urlsplit(settings.SITE_URL).hostname or 'localhost'}"


class EventQuerySet(models.QuerySet["Event"]):
    """Chains over events."""

    def public(self, at: dt.datetime) -> Self:
        """
        Events that strangers may find. All of them have been published by `at`.

        See also `LISTED` in `models/event_indexes.py`, and `COUNTED` in `calendar/counts.py`, which states it in SQL.
        """
        return self.filter(publication=Publication.PUBLISHED, is_unlisted=False)

    def published(self) -> Self:
        """Events that those who have a way to them may see, also those made for a closed circle."""
        return self.filter(publication=Publication.PUBLISHED)

    def dated(self) -> Self:
        """Events whose day is set; the others only gather those who are interested."""
        return self.filter(is_date_set=True)

    def not_over(self, at: dt.datetime) -> Self:
        """Events that have not ended. The bound on the start lets the index begin at the right row."""
        return self.filter(starts_at__gte=at - LONGEST, ends_at__gte=at)

    def over(self, at: dt.datetime) -> Self:
        """Events that have ended."""
        return self.filter(starts_at__lte=at, ends_at__lt=at)

    def taking_place(self) -> Self:
        """Events that are neither postponed, cancelled nor already reported as held."""
        return self.filter(status__in=TAKING_PLACE)

    def for_list(self) -> Self:
        """What a card needs, in one query."""
        return self.select_related("venue").defer(
            "description", "search", "moderation_note", "venue__description"
        )

    def for_calendar(self, *, with_places: bool = True) -> Self:
        """What one line of a week or a month needs, in one query. The month has no room for places."""
        names = ["title", "title_nb", "title_en", "slug", "starts_at", "ends_at"]
        names += ["language", "status", "is_long"]
        if not with_places:
            return self.only(*names)
        return self.select_related("venue").only(*names, "place", "venue__name")


EventManager = models.Manager.from_queryset(EventQuerySet)


class Event(models.Model):
    """
    One happening, once. `uid` names it in calendars; every change of time, place or status raises `sequence`.

    `seats_taken` and `waiting_taken` count people, not parties. They change only in `signup.py`,
    under a lock on this row, and the database refuses more seats than there are.
    """

    title = models.CharField(_("tittel"), max_length=140)
    slug = models.SlugField(
        _("adresse på nettet"), max_length=100, unique=True, validators=[validate_free_slug]
    )
    summary = models.CharField(_("kort fortalt"), max_length=300)
    description = models.TextField(_("beskrivelse"), blank=True)
    starts_at = models.DateTimeField(_("starter"))
    ends_at = models.DateTimeField(_("slutter"))
    is_date_set = models.BooleanField(
        _("datoen er bestemt"),
        default=True,
        help_text=_("Uten bestemt dato kan folk melde interesse; de blir spurt når datoen settes."),
    )
    date_note = models.CharField(
        _("når, i ord"),
        max_length=120,
        blank=True,
        help_text=_("Vises i stedet for en dato som ikke er bestemt, for eksempel «våren 2027»."),
    )
    series = models.ForeignKey(
        EventSeries,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="events",
        verbose_name=_("serie"),
    )
    recurrence_start = models.DateTimeField(
        _("dato i serien"), null=True, blank=True, editable=False
    )
    is_detached = models.BooleanField(_("endret for seg"), default=False, editable=False)
    venue = models.ForeignKey(
        Venue, models.PROTECT, null=True, blank=True, related_name="events", verbose_name=_("sted")
    )
    place = models.CharField(
        _("sted i ord"),
        max_length=160,
        blank=True,
        help_text=_("Rom eller oppmøtested, eller hele stedet når det ikke er i listen."),
    )
    organiser = models.CharField(_("arrangør"), max_length=140)
    company = models.ForeignKey(
        Company,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="events",
        verbose_name=_("medlemsbedrift"),
    )
    project = models.ForeignKey(
        Project,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="events",
        verbose_name=_("prosjekt"),
    )
    # Follows the project by triggers (migration 0012), so that lists need not join it.
    main_project = models.CharField(
        _("hovedprosjekt"), max_length=30, blank=True, default="", db_default="", editable=False
    )
    topic = models.CharField(_("tema"), max_length=20, choices=Topic)
    audience = models.CharField(
        _("for hvem"), max_length=20, choices=Audience, default=Audience.EVERYONE
    )
    language = models.CharField(
        _("språk"), max_length=10, choices=EventLanguage, default=EventLanguage.NORWEGIAN
    )
    is_free = models.BooleanField(_("gratis"), default=True)
    price = models.CharField(
        _("pris"), max_length=80, blank=True, help_text=_("For eksempel «150 kr, studenter 75 kr».")
    )
    website = models.URLField(_("les mer"), blank=True)
    contact_email = models.EmailField(_("e-post til arrangøren"), blank=True)
    picture = models.ImageField(
        _("bilde"),
        upload_to="arrangementer/",
        blank=True,
        width_field="picture_width",
        height_field="picture_height",
    )
    picture_width = models.PositiveIntegerField(null=True, blank=True, editable=False)
    picture_height = models.PositiveIntegerField(null=True, blank=True, editable=False)
    picture_alt = models.CharField(_("bildet beskrevet"), max_length=200, blank=True)
    is_example = models.BooleanField(_("oppdiktet eksempel"), default=False)

    # Sign-up
    takes_signups = models.BooleanField(_("har påmelding her"), default=False)
    capacity = models.PositiveIntegerField(
        _("plasser"), null=True, blank=True, help_text=_("Tomt betyr ubegrenset.")
    )
    waiting_list_capacity = models.PositiveIntegerField(_("plasser på ventelisten"), default=0)
    max_group_size = models.PositiveSmallIntegerField(
        _("største gruppe"), default=5, validators=[MinValueValidator(1)]
    )
    queue_policy = models.CharField(
        _("når den første i køen ikke får plass"),
        max_length=10,
        choices=QueuePolicy,
        default=QueuePolicy.STRICT,
    )
    admission = models.CharField(
        _("hvem kan melde seg på"), max_length=10, choices=Admission, default=Admission.OPEN
    )
    forum = models.ForeignKey(
        Forum,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="events",
        verbose_name=_("forum"),
    )
    is_unlisted = models.BooleanField(
        _("vises bare for dem som har lenken"),
        default=False,
        help_text=_("Står ikke i kalenderen, søket, strømmene eller noe annet sted alle ser."),
    )
    members_first_until = models.DateTimeField(
        _("bare medlemmer fram til"),
        null=True,
        blank=True,
        help_text=_("Før dette kan bare ansatte i medlemsbedrifter melde seg på."),
    )
    max_per_company = models.PositiveSmallIntegerField(
        _("flest fra én bedrift"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    asks_company = models.BooleanField(_("spør om bedrift"), default=False)
    attendee_list = models.CharField(
        _("hvem ser deltakerne"),
        max_length=15,
        choices=AttendeeList,
        default=AttendeeList.HIDDEN,
        help_text=_("Bare de som selv har sagt ja, vises med navn."),
    )
    asks_diet = models.BooleanField(_("spør om allergier"), default=False)
    signup_opens_at = models.DateTimeField(_("påmeldingen åpner"), null=True, blank=True)
    signup_closes_at = models.DateTimeField(
        _("påmeldingen stenger"),
        null=True,
        blank=True,
        help_text=_("Tomt betyr når arrangementet starter."),
    )
    is_signup_over = models.BooleanField(_("påmeldingen er over"), default=False, editable=False)
    seats_taken = models.PositiveIntegerField(_("opptatte plasser"), default=0, editable=False)
    waiting_taken = models.PositiveIntegerField(_("på venteliste"), default=0, editable=False)
    queue_counter = models.PositiveIntegerField(_("siste kønummer"), default=0, editable=False)

    # Two kinds of state
    publication = models.CharField(
        _("publisering"), max_length=20, choices=Publication, default=Publication.DRAFT
    )
    published_at = models.DateTimeField(_("publisert"), null=True, blank=True, editable=False)
    status = models.CharField(
        _("status"), max_length=20, choices=EventStatus, default=EventStatus.PLANNED, editable=False
    )
    status_reason = models.CharField(_("begrunnelse"), max_length=300, blank=True, editable=False)
    previous_starts_at = models.DateTimeField(_("tidligere tid"), null=True, editable=False)
    previous_place = models.CharField(
        _("tidligere sted"), max_length=300, blank=True, editable=False
    )
    changed_at = models.DateTimeField(_("sist endret"), default=timezone.now, editable=False)
    announced_at = models.DateTimeField(
        _("siste endring varslet"), null=True, blank=True, editable=False
    )
    attendance = models.PositiveIntegerField(_("antall som kom"), null=True, blank=True)
    is_attendance_counted = models.BooleanField(
        _("antallet er talt ved døra"), default=False, db_default=False, editable=False
    )

    # In calendars
    uid = models.CharField(max_length=120, unique=True, default=make_uid, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)

    # Sent in from outside
    submitter_name = models.CharField(_("sendt inn av"), max_length=120, blank=True)
    submitter_email = models.EmailField(_("innsenderens e-post"), blank=True)
    submitted_at = models.DateTimeField(_("sendt inn"), null=True, blank=True, editable=False)
    moderation_note = models.TextField(_("beskjed til innsenderen"), blank=True)
    answer_due_at = models.DateTimeField(_("svarfrist"), null=True, blank=True, editable=False)
    possible_duplicate_of = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="possible_duplicates",
        verbose_name=_("kan være det samme som"),
    )
    replaced_by = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="replaces",
        verbose_name=_("er det samme som"),
    )
    created_at = models.DateTimeField(_("opprettet"), default=timezone.now, editable=False)

    has_room = models.GeneratedField(
        expression=ExpressionWrapper(
            Q(status__in=TAKING_PLACE, is_date_set=True)
            & (
                Q(takes_signups=False)
                # Whoever comes now stands behind those who wait, also when a seat is free.
                | Q(is_signup_over=False, waiting_taken=0)
                & (Q(capacity=None) | Q(seats_taken__lt=F("capacity")))
            ),
            output_field=models.BooleanField(),
        ),
        output_field=models.BooleanField(_("ledige plasser")),
        db_persist=True,
    )
    is_long = models.GeneratedField(
        expression=GreaterThanOrEqual(
            F("ends_at") - F("starts_at"), Value(LONG, output_field=models.DurationField())
        ),
        output_field=models.BooleanField(_("over flere dager")),
        db_persist=True,
    )
    search = models.GeneratedField(
        expression=SearchVector("title", weight="A", config="norwegian")
        + SearchVector("summary", "organiser", "place", weight="B", config="norwegian"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = EventManager()

    class Meta:
        verbose_name = _("arrangement")
        verbose_name_plural = _("arrangementer")
        constraints = [
            models.CheckConstraint(
                name="bypuls_event_ends_after_start",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("Slutten må være etter starten."),
            ),
            models.CheckConstraint(
                name="bypuls_event_not_too_long",
                condition=Q(ends_at__lte=F("starts_at") + LONGEST),
                violation_error_message=_("Et arrangement kan vare i høyst 31 dager."),
            ),
            models.CheckConstraint(
                name="bypuls_event_has_place",
                condition=Q(venue__isnull=False) | ~Q(place=""),
                violation_error_message=_("Velg et sted, eller skriv hvor det er."),
            ),
            models.CheckConstraint(
                name="bypuls_event_not_oversold",
                condition=Q(capacity=None) | Q(seats_taken__lte=F("capacity")),
                violation_error_message=_("Det er flere påmeldte enn plasser."),
            ),
            models.CheckConstraint(
                name="bypuls_event_queue_not_overfull",
                condition=Q(waiting_taken__lte=F("waiting_list_capacity")),
                violation_error_message=_("Det er flere på ventelisten enn den har plass til."),
            ),
            models.CheckConstraint(
                name="bypuls_event_group_of_one_or_more",
                condition=Q(max_group_size__gte=1),
                violation_error_message=_("En gruppe har minst én person."),
            ),
            models.CheckConstraint(
                name="bypuls_event_signup_opens_first",
                condition=Q(signup_opens_at=None)
                | Q(signup_closes_at=None)
                | Q(signup_closes_at__gt=F("signup_opens_at")),
                violation_error_message=_("Påmeldingen må åpne før den stenger."),
            ),
            models.CheckConstraint(
                name="bypuls_event_moved_from_somewhere",
                condition=~Q(status="moved") | Q(previous_starts_at__isnull=False),
                violation_error_message=_("Et flyttet arrangement må ha en tidligere tid."),
            ),
            models.CheckConstraint(
                name="bypuls_event_forum_named",
                condition=~Q(admission="forum") | Q(forum__isnull=False),
                violation_error_message=_("Velg forumet som arrangementet er for."),
            ),
            models.CheckConstraint(
                name="bypuls_event_company_limit_positive",
                condition=Q(max_per_company=None) | Q(max_per_company__gte=1),
                violation_error_message=_("Minst én fra hver bedrift må kunne komme."),
            ),
            models.CheckConstraint(
                name="bypuls_event_date_in_words",
                condition=Q(is_date_set=True) | ~Q(date_note=""),
                violation_error_message=_(
                    "Skriv omtrent når det blir, så lenge datoen ikke er bestemt."
                ),
            ),
            models.CheckConstraint(
                name="bypuls_event_dated_in_series",
                condition=Q(series=None, recurrence_start=None)
                | Q(series__isnull=False, recurrence_start__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["series", "recurrence_start"],
                name="bypuls_event_once_per_date",
                violation_error_message=_("Serien har alt et arrangement denne dagen."),
            ),
            models.CheckConstraint(
                name="bypuls_event_replaced_is_withdrawn",
                condition=Q(replaced_by=None) | Q(publication="withdrawn"),
            ),
            models.CheckConstraint(
                name="bypuls_event_picture_described",
                condition=Q(picture="") | ~Q(picture_alt=""),
                violation_error_message=_("Beskriv bildet for dem som ikke ser det."),
            ),
            *(
                models.CheckConstraint(
                    name=f"bypuls_event_{field}_valid",
                    condition=Q(**{f"{field}__in": choices.values}),
                    violation_error_message=_("Velg en av verdiene i listen."),
                )
                for field, choices in (
                    ("topic", Topic),
                    ("audience", Audience),
                    ("language", EventLanguage),
                    ("publication", Publication),
                    ("status", EventStatus),
                    ("queue_policy", QueuePolicy),
                    ("admission", Admission),
                    ("attendee_list", AttendeeList),
                )
            ),
        ]
        indexes = INDEXES

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("bypuls:event", args=[self.slug])

    @property
    def bokmal_is_in(self) -> str:
        """
        The language of what stands in the Bokmål columns, where it is another.

        Whoever holds an event in English writes about it in English, and leaves the English columns empty.
        """
        is_english = self.language == EventLanguage.ENGLISH and not getattr(self, "title_en", "")
        return "en" if is_english else ""

    @property
    def seats_left(self) -> int | None:
        """Free seats, or None when there is no limit."""
        return None if self.capacity is None else max(self.capacity - self.seats_taken, 0)

    @property
    def waiting_left(self) -> int:
        return max(self.waiting_list_capacity - self.waiting_taken, 0)

    @property
    def closes_at(self) -> dt.datetime:
        """When sign-up ends."""
        return self.signup_closes_at or self.starts_at

    @property
    def is_listed(self) -> bool:
        """Whether strangers may find it. See also `EventQuerySet.public`."""
        return self.publication == Publication.PUBLISHED and not self.is_unlisted

    @property
    def is_taking_place(self) -> bool:
        return self.status in TAKING_PLACE

    @property
    def old_starts_at(self) -> dt.datetime | None:
        """The time that people knew before it was moved, to be struck through."""
        moved = self.status == EventStatus.MOVED and self.previous_starts_at != self.starts_at
        return self.previous_starts_at if moved else None

    @property
    def old_place(self) -> str:
        """The place that people knew before it was moved; needs `venue`."""
        moved = self.status == EventStatus.MOVED and self.previous_place != self.place_text
        return self.previous_place if moved else ""

    @property
    def place_text(self) -> str:
        """Where it is, in one line; needs `venue`."""
        return ", ".join(part for part in (self.place, self.venue and self.venue.name) if part)
