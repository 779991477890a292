"""Forums: their mandate, who has a seat, when they meet and what the minutes say."""

import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from members.companies.models.company import Company


class SeatPrivacy(models.TextChoices):
    """Whose names strangers see in a forum's list of seats."""

    ALL = "alle", _("Vis alle bedriftene")
    CONSENT = "samtykke", _("Vis de som har sagt ja")
    NONE = "ingen", _("Vis ingen")


class ForumQuerySet(models.QuerySet["Forum"]):
    """Forums, and which of them strangers may see."""

    def public(self, *, at: datetime.datetime) -> Self:
        """Those that are not shut down. A closed forum has a page; its papers have not."""
        return self.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=at))


ForumManager = models.Manager.from_queryset(ForumQuerySet)


class Forum(models.Model):
    """One standing group of companies with a mandate."""

    name = models.CharField(_("navn"), max_length=120)
    slug = models.SlugField(_("adresse på nettet"), max_length=80, unique=True)
    mandate = models.TextField(_("mandat"), help_text=_("Hva forumet er til for."))
    summary = models.CharField(_("kort fortalt"), max_length=200, blank=True)
    meeting_rhythm = models.CharField(
        _("møteplan"), max_length=120, blank=True, help_text=_("For eksempel «To ganger i året».")
    )
    is_closed = models.BooleanField(
        _("lukket forum"),
        default=False,
        help_text=_("Møter og referater vises bare for dem som har plass, om ikke annet er sagt."),
    )
    seat_privacy = models.CharField(
        _("hvem vises"), max_length=20, choices=SeatPrivacy, default=SeatPrivacy.CONSENT
    )
    secretary = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("sekretær"),
    )
    rank = models.PositiveSmallIntegerField(_("plass i listen"), default=100)
    ended_at = models.DateTimeField(_("lagt ned"), null=True, blank=True)

    objects = ForumManager()

    class Meta:
        verbose_name = _("forum")
        verbose_name_plural = _("forum")
        constraints = [
            models.CheckConstraint(
                name="companies_forum_seat_privacy_valid",
                condition=Q(seat_privacy__in=SeatPrivacy.values),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("companies:forum_detail", kwargs={"slug": self.slug})


class SeatQuerySet(models.QuerySet["Seat"]):
    """Seats in forums."""

    def current(self, on: datetime.date) -> Self:
        """Those that are held on the day `on`."""
        return self.filter(Q(until_date__isnull=True) | Q(until_date__gte=on), since_date__lte=on)


SeatManager = models.Manager.from_queryset(SeatQuerySet)


class Seat(models.Model):
    """One company's place in one forum for a time, with a delegate and a deputy."""

    forum = models.ForeignKey(Forum, models.CASCADE, related_name="seats", verbose_name=_("forum"))
    company = models.ForeignKey(
        Company, models.CASCADE, related_name="seats", verbose_name=_("bedrift")
    )
    delegate = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="forum_seats",
        verbose_name=_("delegat med konto"),
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="forum_deputy_seats",
        verbose_name=_("vara med konto"),
    )
    delegate_name = models.CharField(_("delegat"), max_length=120, blank=True)
    delegate_title = models.CharField(_("stilling"), max_length=120, blank=True)
    is_chair = models.BooleanField(_("leder forumet"), default=False)
    shown_by_consent = models.BooleanField(
        _("vises offentlig"), default=False, help_text=_("Bedriften har sagt ja til å bli vist.")
    )
    name_shown_by_consent = models.BooleanField(
        _("navnet vises offentlig"),
        default=False,
        help_text=_("Delegaten har selv sagt ja til at navn og stilling vises."),
    )
    since_date = models.DateField(_("fra"))
    until_date = models.DateField(_("til og med"), null=True, blank=True)

    objects = SeatManager()

    class Meta:
        verbose_name = _("plass i forum")
        verbose_name_plural = _("plasser i forum")
        constraints = [
            models.CheckConstraint(
                name="companies_seat_ends_after_start",
                condition=Q(until_date__isnull=True) | Q(until_date__gte=F("since_date")),
                violation_error_message=_("Plassen kan ikke slutte før den begynner."),
            ),
            models.UniqueConstraint(
                fields=["forum", "company"],
                condition=Q(until_date__isnull=True),
                name="companies_seat_one_open_per_company",
                violation_error_message=_("Bedriften har alt en plass i forumet."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.forum}: {self.company}"


class MeetingState(models.TextChoices):
    """What became of a meeting."""

    PLANNED = "planlagt", _("Planlagt")
    HELD = "holdt", _("Holdt")
    CANCELLED = "avlyst", _("Avlyst")


class Meeting(models.Model):
    """One meeting of one forum."""

    forum = models.ForeignKey(
        Forum, models.CASCADE, related_name="meetings", verbose_name=_("forum")
    )
    starts_at = models.DateTimeField(_("begynner"))
    ends_at = models.DateTimeField(_("slutter"), null=True, blank=True)
    place = models.CharField(_("sted"), max_length=160, blank=True)
    agenda = models.TextField(_("saksliste"), blank=True)
    is_public = models.BooleanField(
        _("vises offentlig"),
        default=False,
        help_text=_("Tid, sted og saksliste står på forumets side for alle."),
    )
    state = models.CharField(
        _("tilstand"), max_length=20, choices=MeetingState, default=MeetingState.PLANNED
    )

    class Meta:
        verbose_name = _("møte")
        verbose_name_plural = _("møter")
        constraints = [
            models.CheckConstraint(
                name="companies_meeting_state_valid", condition=Q(state__in=MeetingState.values)
            ),
            models.CheckConstraint(
                name="companies_meeting_ends_after_start",
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("Møtet kan ikke slutte før det begynner."),
            ),
        ]
        indexes = [models.Index(fields=["forum", "starts_at"], name="companies_meeting_by_time")]

    def __str__(self) -> str:
        return f"{self.forum} {self.starts_at:%d.%m.%Y}"


class MinutesVisibility(models.TextChoices):
    """Who may read the minutes of a meeting."""

    CLOSED = "lukket", _("Bare forumet")
    PUBLIC = "offentlig", _("Alle")


class MinutesQuerySet(models.QuerySet["Minutes"]):
    """Minutes, and which of them strangers may see. See also `members.companies.access`."""

    def public(self, *, at: datetime.datetime) -> Self:
        """Approved minutes that everybody may read."""
        return self.filter(visibility=MinutesVisibility.PUBLIC, approved_at__lte=at)


MinutesManager = models.Manager.from_queryset(MinutesQuerySet)


class Minutes(models.Model):
    """What was decided in one meeting. Closed until somebody says otherwise."""

    meeting = models.OneToOneField(
        Meeting, models.CASCADE, related_name="minutes", verbose_name=_("møte")
    )
    title = models.CharField(_("overskrift"), max_length=160)
    text = models.TextField(_("innledning"), blank=True)
    visibility = models.CharField(
        _("hvem kan lese"),
        max_length=20,
        choices=MinutesVisibility,
        default=MinutesVisibility.CLOSED,
    )
    approved_at = models.DateTimeField(
        _("godkjent"), null=True, blank=True, help_text=_("Vises først når det er godkjent.")
    )

    objects = MinutesManager()

    class Meta:
        verbose_name = _("referat")
        verbose_name_plural = _("referater")
        constraints = [
            models.CheckConstraint(
                name="companies_minutes_visibility_valid",
                condition=Q(visibility__in=MinutesVisibility.values),
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse(
            "companies:minutes_detail",
            kwargs={"slug": self.meeting.forum.slug, "pk": self.pk},
        )


class MinutesItem(models.Model):
    """One matter in the minutes. A confidential one stays with the forum in public minutes too."""

    minutes = models.ForeignKey(
        Minutes, models.CASCADE, related_name="items", verbose_name=_("referat")
    )
    number = models.PositiveSmallIntegerField(_("sak"))
    title = models.CharField(_("tittel"), max_length=200)
    text = models.TextField(_("drøfting og vedtak"), blank=True)
    is_confidential = models.BooleanField(_("fortrolig"), default=False)

    class Meta:
        verbose_name = _("sak i referat")
        verbose_name_plural = _("saker i referat")
        constraints = [
            models.UniqueConstraint(
                fields=["minutes", "number"],
                name="companies_minutes_item_number_once",
                violation_error_message=_("Saksnummeret er brukt i dette referatet."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"
