"""What a place has to offer: rooms to meet in, and what it looks like."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from projects.bypuls.models.venue import Venue


class RoomEquipment(models.TextChoices):
    """What stands in a meeting room."""

    SCREEN = "screen", _("skjerm eller projektor")
    VIDEO = "video", _("utstyr for videomøter")
    WHITEBOARD = "whiteboard", _("tavle")
    SOUND = "sound", _("høyttaleranlegg")
    HEARING_LOOP = "hearing-loop", _("teleslynge")
    CATERING = "catering", _("servering kan bestilles")


class MeetingRoom(models.Model):
    """A room at a place that others may use."""

    venue = models.ForeignKey(Venue, models.CASCADE, related_name="rooms", verbose_name=_("sted"))
    name = models.CharField(_("navn"), max_length=80)
    capacity = models.PositiveIntegerField(_("plass til"), validators=[MinValueValidator(1)])
    equipment = ArrayField(
        models.CharField(max_length=20, choices=RoomEquipment),
        verbose_name=_("utstyr"),
        default=list,
        blank=True,
    )
    how_to_book = models.CharField(
        _("slik bestiller du"),
        max_length=200,
        blank=True,
        help_text=_("For eksempel «Ring skranken» eller «Gratis for lag og foreninger»."),
    )
    booking_url = models.URLField(_("bestilling på nett"), blank=True)

    class Meta:
        verbose_name = _("møterom")
        verbose_name_plural = _("møterom")
        constraints = [
            models.CheckConstraint(
                name="bypuls_meetingroom_has_room",
                condition=Q(capacity__gte=1),
                violation_error_message=_("Rommet må ha plass til minst én."),
            ),
            models.CheckConstraint(
                name="bypuls_meetingroom_equipment_valid",
                condition=Q(equipment__contained_by=RoomEquipment.values),
                violation_error_message=_("Velg utstyr fra listen."),
            ),
            models.UniqueConstraint(
                fields=["venue", "name"],
                name="bypuls_meetingroom_once",
                violation_error_message=_("Rommet står der alt."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def equipment_text(self) -> str:
        """What stands in the room, in words and in the order of the list."""
        return ", ".join(str(one.label) for one in RoomEquipment if one.value in self.equipment)


class VenuePhotoQuerySet(models.QuerySet["VenuePhoto"]):
    """Chains over photos."""

    def shown(self) -> "VenuePhotoQuerySet":
        """Photos that strangers see, in the order of the page."""
        return self.exclude(approved_at=None).order_by("position", "pk")


VenuePhotoManager = models.Manager.from_queryset(VenuePhotoQuerySet)


class VenuePhoto(models.Model):
    """One more photo of a place. One that its contact has sent waits until staff have looked at it."""

    venue = models.ForeignKey(Venue, models.CASCADE, related_name="photos", verbose_name=_("sted"))
    picture = models.ImageField(
        _("bilde"), upload_to="steder/", width_field="width", height_field="height"
    )
    width = models.PositiveIntegerField(null=True, blank=True, editable=False)
    height = models.PositiveIntegerField(null=True, blank=True, editable=False)
    alt = models.CharField(
        _("bildet beskrevet"), max_length=200, help_text=_("For dem som ikke ser det.")
    )
    credit = models.CharField(_("fotograf"), max_length=100, blank=True)
    position = models.PositiveSmallIntegerField(_("rekkefølge"), default=0)
    sent_at = models.DateTimeField(_("sendt inn"), null=True, blank=True, editable=False)
    sent_by = models.EmailField(_("sendt inn av"), blank=True, editable=False)
    approved_at = models.DateTimeField(_("godkjent"), null=True, blank=True)

    objects = VenuePhotoManager()

    class Meta:
        verbose_name = _("bilde av et sted")
        verbose_name_plural = _("bilder av et sted")
        constraints = [
            models.CheckConstraint(
                name="bypuls_venuephoto_described",
                condition=~Q(alt="") & ~Q(picture=""),
                violation_error_message=_("Beskriv bildet for dem som ikke ser det."),
            ),
            models.CheckConstraint(
                name="bypuls_venuephoto_sender_lower_case",
                condition=Q(sent_by=models.functions.Lower(F("sent_by"))),
            ),
        ]

    def __str__(self) -> str:
        return self.alt
