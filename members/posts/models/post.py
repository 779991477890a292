"""The weekly post: what happened in Kongsberg this week, told in pieces."""

import datetime
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_prose_editor.fields import ProseEditorField
from simple_history.models import HistoricalRecords

from members.accounts.models import User
from members.companies.models import Company, Forum
from members.mailings.models import Topic
from members.posts.models.picture import Picture
from members.posts.portal_links import validate_portal_path
from vekst.richtext import plain_text, sanitise


class PostState(models.TextChoices):
    """Where a post stands. Strangers see `PUBLIC_STATES` only; `members.posts.workflow` has the legal moves."""

    DRAFT = "draft", _("Kladd")
    REVIEW = "review", _("Til gjennomlesing")
    APPROVED = "approved", _("Godkjent")
    SCHEDULED = "scheduled", _("Planlagt")
    PUBLISHED = "published", _("Publisert")
    CORRECTED = "corrected", _("Rettet")


# What strangers may read.
PUBLIC_STATES = (PostState.PUBLISHED, PostState.CORRECTED)
# On its way out, or out: only one post of a week can be one of these.
LIVE_STATES = (PostState.SCHEDULED, *PUBLIC_STATES)


class Weekday(models.IntegerChoices):
    """The day a piece is about, numbered as in ISO 8601."""

    MONDAY = 1, _("Mandag")
    TUESDAY = 2, _("Tirsdag")
    WEDNESDAY = 3, _("Onsdag")
    THURSDAY = 4, _("Torsdag")
    FRIDAY = 5, _("Fredag")
    SATURDAY = 6, _("Lørdag")
    SUNDAY = 7, _("Søndag")


def weeks_in(year: int) -> int:
    """Return 52 or 53: the last ISO week of the year is the one with 28 December."""
    return datetime.date(year, 12, 28).isocalendar().week


class PostQuerySet(models.QuerySet["Post"]):
    """Chains over posts."""

    def public(self, *, at: datetime.datetime) -> Self:
        """Those that strangers may read at `at`. A post whose time has come waits for `publish_due_posts`."""
        return self.filter(state__in=PUBLIC_STATES, published_at__lte=at)

    def due(self, *, at: datetime.datetime) -> Self:
        """Scheduled posts whose time has come."""
        return self.filter(state=PostState.SCHEDULED, publish_at__lte=at)

    def told(self) -> Self:
        """With pieces and pictures, which is what a list or a drawing of a post needs. Two queries more."""
        items = PostItem.objects.select_related("forum", "company").order_by("position", "pk")
        photos = Photo.objects.exclude(item__dropped_at__isnull=False).order_by("position", "pk")
        return self.prefetch_related(
            models.Prefetch("items", queryset=items),
            models.Prefetch("photos", queryset=photos),
        )

    def whole(self) -> Self:
        """With all that a page, a feed or a mail shows: corrections too. Three queries more."""
        return self.told().prefetch_related("notes")


PostManager = models.Manager.from_queryset(PostQuerySet)


class Post(models.Model):
    """One week's post. Its address is the ISO week; only one post of a week can be on its way or out."""

    year = models.PositiveSmallIntegerField(
        _("år"), validators=[MinValueValidator(2000), MaxValueValidator(2100)]
    )
    week = models.PositiveSmallIntegerField(
        _("uke"), validators=[MinValueValidator(1), MaxValueValidator(53)]
    )
    title = models.CharField(_("tittel"), max_length=150)
    intro = models.TextField(
        _("ingress"),
        blank=True,
        help_text=_("To–tre setninger. Står øverst på siden, i e-posten og i lister."),
    )
    state = models.CharField(
        _("tilstand"), max_length=20, choices=PostState, default=PostState.DRAFT, editable=False
    )
    publish_at = models.DateTimeField(_("publiseres"), null=True, blank=True, editable=False)
    published_at = models.DateTimeField(_("publisert"), null=True, blank=True, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("skrevet av"),
    )
    planned_at = models.DateTimeField(
        _("ment å komme ut"),
        null=True,
        blank=True,
        help_text=_("Planen i redaksjonskalenderen. Posten kommer ut først når den er tidfestet."),
    )
    deadline_at = models.DateTimeField(_("frist for tekst"), null=True, blank=True)
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("ansvarlig"),
    )
    stand_in = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("stedfortreder"),
    )
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("sendt til gjennomlesing av"),
    )
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
    # Of words and pictures: the one who wrote last does not approve, and what came after is not approved.
    last_written_at = models.DateTimeField(_("sist skrevet"), null=True, blank=True, editable=False)
    last_written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("sist skrevet av"),
    )
    # Raised with each change of title and introduction: who saves over another's words is told.
    version = models.PositiveIntegerField(_("utgave"), default=0, db_default=0, editable=False)
    created_at = models.DateTimeField(_("opprettet"), auto_now_add=True)
    updated_at = models.DateTimeField(_("sist endret"), auto_now=True)

    # Read by the history when the post is saved.
    _history_user: User | None
    _change_reason: str

    history = HistoricalRecords()
    objects = PostManager()

    class Meta:
        verbose_name = _("ukepost")
        verbose_name_plural = _("ukeposter")
        constraints = [
            models.CheckConstraint(
                name="posts_post_state_valid", condition=Q(state__in=PostState.values)
            ),
            models.CheckConstraint(
                name="posts_post_week_valid",
                condition=Q(week__gte=1, week__lte=53),
                violation_error_message=_("Uka må være mellom 1 og 53."),
            ),
            models.UniqueConstraint(
                fields=["year", "week"],
                condition=Q(state__in=LIVE_STATES),
                name="posts_post_one_live_per_week",
                violation_error_message=_("Det finnes alt en ukepost for denne uka."),
            ),
            models.CheckConstraint(
                name="posts_post_scheduled_has_time",
                condition=~Q(state=PostState.SCHEDULED) | Q(publish_at__isnull=False),
            ),
            models.CheckConstraint(
                name="posts_post_published_has_time",
                condition=~Q(state__in=PUBLIC_STATES) | Q(published_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["-year", "-week"],
                name="posts_post_archive",
                condition=Q(state__in=PUBLIC_STATES),
            ),
            models.Index(
                fields=["publish_at"],
                name="posts_post_due",
                condition=Q(state=PostState.SCHEDULED),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.year}, uke {self.week})"

    def get_absolute_url(self) -> str:
        return reverse("posts:post_detail", args=[self.year, self.week])

    @property
    def monday(self) -> datetime.date:
        """The first day of the week. Week 53 of a year without one reads as week 1 of the next."""
        if self.week > weeks_in(self.year):
            return datetime.date.fromisocalendar(self.year + 1, 1, 1)
        return datetime.date.fromisocalendar(self.year, self.week, 1)

    @property
    def iso_week(self) -> str:
        """The week as `<time>` has it: "2026-W09"."""
        year, week, _day = self.monday.isocalendar()
        return f"{year}-W{week:02}"

    @property
    def sunday(self) -> datetime.date:
        """The last day of the week."""
        return self.monday + datetime.timedelta(days=6)


class KeptItemManager(models.Manager["PostItem"]):
    """The pieces that are in their posts; a dropped one can still be restored by way of `everything`."""

    def get_queryset(self) -> models.QuerySet["PostItem"]:
        return super().get_queryset().filter(dropped_at=None)


class PostItem(models.Model):
    """
    One piece of a post: a day, a heading, some paragraphs, and a link to where it goes on.

    A dropped piece keeps its words and pictures until the post goes, and stands on no page.
    """

    post = models.ForeignKey(Post, models.CASCADE, related_name="items", verbose_name=_("ukepost"))
    position = models.PositiveSmallIntegerField(_("rekkefølge"), default=0, db_index=True)
    weekday = models.PositiveSmallIntegerField(_("ukedag"), choices=Weekday, null=True, blank=True)
    heading = models.CharField(_("overskrift"), max_length=150)
    body = ProseEditorField(
        _("tekst"),
        config={
            "extensions": {
                "Bold": True,
                "Italic": True,
                "BulletList": True,
                "OrderedList": True,
                "ListItem": True,
                "Link": {"enableTarget": False, "protocols": ["http", "https", "mailto", "tel"]},
            }
        },
        sanitize=sanitise,
    )
    link_label = models.CharField(
        _("lenketekst"), max_length=100, blank=True, help_text=_("For eksempel «Meld deg på».")
    )
    link_path = models.CharField(
        _("side i portalen"),
        max_length=200,
        blank=True,
        validators=[validate_portal_path],
        help_text=_("Adressen uten domene, for eksempel /arrangementer/frokostmote/."),
    )
    forum = models.ForeignKey(
        Forum,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="post_items",
        verbose_name=_("forum"),
    )
    company = models.ForeignKey(
        Company,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="post_items",
        verbose_name=_("medlem"),
    )
    topic = models.CharField(
        _("tema"), max_length=30, choices=Topic, blank=True, default="", db_default=""
    )
    source = models.CharField(
        _("forslag den bygger på"),
        max_length=100,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text=_("Nøkkelen til forslaget, for eksempel «event-held:12»."),
    )
    # Raised with each change: who saves over another's words is told.
    version = models.PositiveIntegerField(_("utgave"), default=0, db_default=0, editable=False)
    updated_at = models.DateTimeField(_("sist endret"), null=True, blank=True, editable=False)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("sist endret av"),
    )
    # Of the form it came from: the same form sent twice is one piece.
    form_token = models.UUIDField(null=True, editable=False, unique=True)
    dropped_at = models.DateTimeField(_("fjernet"), null=True, blank=True, editable=False)
    dropped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("fjernet av"),
    )

    everything = models.Manager()
    objects = KeptItemManager()

    class Meta:
        default_manager_name = "objects"
        verbose_name = _("bit")
        verbose_name_plural = _("biter")
        constraints = [
            models.CheckConstraint(
                name="posts_item_weekday_valid",
                condition=Q(weekday__isnull=True) | Q(weekday__gte=1, weekday__lte=7),
            ),
            models.CheckConstraint(
                name="posts_item_link_is_whole",
                condition=Q(link_label="", link_path="") | ~Q(Q(link_label="") | Q(link_path="")),
                violation_error_message=_("En lenke trenger både tekst og adresse."),
            ),
            models.CheckConstraint(
                name="posts_item_link_stays_here",
                condition=Q(link_path="")
                | (Q(link_path__startswith="/") & ~Q(link_path__startswith="//")),
                violation_error_message=_("Lenken må gå til en side i portalen og begynne med /."),
            ),
            models.CheckConstraint(
                name="posts_item_topic_valid", condition=Q(topic="") | Q(topic__in=Topic.values)
            ),
            models.UniqueConstraint(
                fields=["post", "source"],
                condition=~Q(source="") & Q(dropped_at__isnull=True),
                name="posts_item_proposal_once",
                violation_error_message=_("Dette forslaget er alt tatt med."),
            ),
        ]

    def __str__(self) -> str:
        return self.heading

    @property
    def day(self) -> datetime.date | None:
        """The date the piece is about."""
        if self.weekday is None:
            return None
        return self.post.monday + datetime.timedelta(days=self.weekday - 1)

    @property
    def plain_body(self) -> str:
        """The words alone, for lists and mail."""
        return plain_text(self.body)


class PhotoManager(models.Manager["Photo"]):
    """Photos with the picture that each shows: nobody uses one without the other."""

    def get_queryset(self) -> models.QuerySet["Photo"]:
        return super().get_queryset().select_related("picture")


class Photo(models.Model):
    """
    A picture in a post, with what a reader who does not see it needs.

    The same picture can be in several posts, described for each. Whether it may be shown is the
    picture's own affair.
    """

    post = models.ForeignKey(Post, models.CASCADE, related_name="photos", verbose_name=_("ukepost"))
    item = models.ForeignKey(
        PostItem,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="photos",
        verbose_name=_("hører til"),
        help_text=_("Uten bit står bildet øverst i posten."),
    )
    position = models.PositiveSmallIntegerField(_("rekkefølge"), default=0, db_index=True)
    picture = models.ForeignKey(
        Picture, models.PROTECT, related_name="photos", verbose_name=_("bilde")
    )
    alt = models.CharField(
        _("alternativ tekst"),
        max_length=250,
        help_text=_("Hva bildet viser, for den som ikke ser det."),
    )
    caption = models.CharField(_("bildetekst"), max_length=300, blank=True)
    credit = models.CharField(_("foto"), max_length=100, blank=True)

    objects = PhotoManager()

    class Meta:
        default_manager_name = "objects"
        verbose_name = _("bilde i post")
        verbose_name_plural = _("bilder i poster")
        constraints = [
            models.CheckConstraint(
                name="posts_photo_has_alt",
                condition=~Q(alt=""),
                violation_error_message=_("Skriv hva bildet viser."),
            ),
        ]

    def __str__(self) -> str:
        return self.alt

    @property
    def lacks_consent(self) -> bool:
        """Tell whether readers must not see it: people in it have not agreed, or one has asked us to stop."""
        return not self.picture.may_be_shown

    @property
    def image(self) -> Picture:
        """What has an address, as a file has."""
        return self.picture

    @property
    def width(self) -> int:
        """Of the picture as shown, in pixels."""
        return self.picture.shown_width

    @property
    def height(self) -> int:
        """Of the picture as shown, in pixels."""
        return self.picture.shown_height
