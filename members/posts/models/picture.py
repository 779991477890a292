"""Pictures of the editors: the files, what of them is shown, and the consent of those who can be recognised."""

import datetime
import secrets
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.posts.pictures import addresses, files
from vekst.uploads import CLOSED_FOLDER

if TYPE_CHECKING:
    PercentField = models.PositiveSmallIntegerField[int, int]

# Of a side, so that something is left.
MOST_CUT = 90


def new_token() -> str:
    """Return what a picture's addresses and folder are named by; nobody guesses it."""
    return secrets.token_hex(16)


def original_path(picture: "Picture", filename: str) -> str:
    """Return where the file lies: in a folder that no address leads to."""
    suffix = filename.rpartition(".")[2]
    return f"{CLOSED_FOLDER}/redaksjon/{picture.token}/original.{suffix}"


def _percent(label: Any, default: int, most: int = 100) -> "PercentField":
    return models.PositiveSmallIntegerField(
        label,
        default=default,
        db_default=default,
        validators=[MinValueValidator(0), MaxValueValidator(most)],
    )


class PictureQuerySet(models.QuerySet["Picture"]):
    """Chains over pictures."""

    def kept(self) -> Self:
        """Those that nobody has asked us to take away."""
        return self.filter(withdrawn_at=None)

    def without_consent(self) -> Self:
        """Those of people who have not agreed, or not any longer."""
        lacking = Q(consent_at=None) | Q(consent_expired_at__isnull=False)
        return self.kept().filter(lacking, shows_people=True)

    def unmade(self, *, before: datetime.datetime, attempts: int) -> Self:
        """Those whose sizes are not made yet, though they were asked for before that moment."""
        waiting = Q(made_revision__lt=F("revision")) | Q(revision=0)
        return self.kept().filter(waiting, changed_at__lte=before, attempts__lt=attempts)

    def for_list(self) -> Self:
        """With how many posts each is in."""
        return self.select_related("uploaded_by").annotate(
            times_used=models.Count("photos", distinct=True)
        )


PictureManager = models.Manager.from_queryset(PictureQuerySet)


class Picture(models.Model):
    """
    One picture of the editors, used in posts and mails by way of `Photo`.

    Its files lie in a closed folder; `members.posts.pictures.access` decides who gets them. The original is
    for editors alone, since it may hold what was cut away. `revision` is raised with each new crop;
    the sizes are there when `made_revision` has caught up with it.
    """

    token = models.CharField(max_length=32, default=new_token, unique=True, editable=False)
    # Told its fields for width and height, it would open the file whenever the row is read again.
    file = models.ImageField(_("original"), upload_to=original_path)
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    description = models.CharField(
        _("hva bildet viser"),
        max_length=250,
        blank=True,
        help_text=_("For den som ikke ser det, og for å finne det igjen."),
    )
    credit = models.CharField(_("foto"), max_length=100, blank=True)
    shows_people = models.BooleanField(_("viser personer som kan kjennes igjen"), default=True)
    focus_x = _percent(_("fokus fra venstre (prosent)"), 50)
    focus_y = _percent(_("fokus ovenfra (prosent)"), 50)
    cut_left = _percent(_("skjær bort til venstre (prosent)"), 0, most=MOST_CUT)
    cut_right = _percent(_("skjær bort til høyre (prosent)"), 0, most=MOST_CUT)
    cut_top = _percent(_("skjær bort oppe (prosent)"), 0, most=MOST_CUT)
    cut_bottom = _percent(_("skjær bort nede (prosent)"), 0, most=MOST_CUT)
    # What is shown, after the cut.
    shown_width = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    shown_height = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    revision = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    made_revision = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    made_widths = ArrayField(
        models.PositiveIntegerField(), default=list, db_default=[], editable=False
    )
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    changed_at = models.DateTimeField(_("sist endret"), editable=False)
    uploaded_at = models.DateTimeField(_("lastet opp"), editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("lastet opp av"),
    )
    consent_at = models.DateTimeField(
        _("samtykke bekreftet"), null=True, blank=True, editable=False
    )
    consent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("bekreftet av"),
    )
    # A consent of one in it has run out, and nobody has given a new one.
    consent_expired_at = models.DateTimeField(
        _("samtykke utløpt"), null=True, blank=True, editable=False
    )
    withdrawn_at = models.DateTimeField(_("trukket"), null=True, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("trukket av"),
    )
    # When the files of a picture that was withdrawn were gone from the disk.
    removed_at = models.DateTimeField(_("filene slettet"), null=True, blank=True, editable=False)

    objects = PictureManager()

    class Meta:
        verbose_name = _("bilde")
        verbose_name_plural = _("bilder")
        constraints = [
            models.CheckConstraint(
                name="posts_picture_cut_leaves_width",
                condition=Q(cut_left__lte=MOST_CUT - F("cut_right")),
                violation_error_message=_("Det må være igjen minst en tidel av bredden."),
            ),
            models.CheckConstraint(
                name="posts_picture_cut_leaves_height",
                condition=Q(cut_top__lte=MOST_CUT - F("cut_bottom")),
                violation_error_message=_("Det må være igjen minst en tidel av høyden."),
            ),
            models.CheckConstraint(
                name="posts_picture_focus_inside",
                condition=Q(focus_x__lte=100, focus_y__lte=100),
                violation_error_message=_("Fokus er et tall fra 0 til 100."),
            ),
            models.CheckConstraint(
                name="posts_picture_removed_is_withdrawn",
                condition=Q(removed_at=None) | Q(withdrawn_at__isnull=False),
            ),
        ]
        indexes = [
            # What a worker looks for each minute.
            models.Index(
                fields=["changed_at"],
                name="posts_picture_unmade",
                condition=(Q(made_revision__lt=F("revision")) | Q(revision=0))
                & Q(withdrawn_at=None),
            ),
        ]

    # Set for a page that somebody sees before the readers do: its addresses then open for them.
    is_preview = False

    def __str__(self) -> str:
        return self.description or str(_("Uten beskrivelse"))

    @property
    def lacks_consent(self) -> bool:
        """Tell whether people can be recognised in it who have not agreed, or not any longer."""
        return self.shows_people and (
            self.consent_at is None or self.consent_expired_at is not None
        )

    @property
    def may_be_shown(self) -> bool:
        """Tell whether readers may see it where it is used."""
        return self.withdrawn_at is None and not self.lacks_consent

    @property
    def is_made(self) -> bool:
        """Tell whether its sizes are there. Until then the one JPEG is shown."""
        return 0 < self.revision == self.made_revision

    @property
    def url(self) -> str:
        """The JPEG that everything reads, and that mails and feeds show."""
        return addresses.url(self, addresses.jpeg_name(self))

    @property
    def original_url(self) -> str:
        """All of it, for editors."""
        return addresses.url(self, addresses.ORIGINAL)

    def open(self, mode: str = "rb") -> "File[bytes]":
        """Open the JPEG. Raises FileNotFoundError when it is gone."""
        path = files.path_of(self, addresses.jpeg_name(self))
        return default_storage.open(path or "", mode)

    @property
    def sources(self) -> list[tuple[str, str]]:
        """Type and `srcset` of each modern format, the smallest files first. Empty until they are made."""
        return addresses.sources(self)

    @property
    def focus_classes(self) -> str:
        """What lets a frame of another shape keep the focus; see `pictures.css`."""
        x, y = addresses.shown_focus(self)
        return f"focus-x-{x} focus-y-{y}"


class ConsentHow(models.TextChoices):
    """How somebody said yes."""

    WRITTEN = "written", _("Skriftlig")
    MAIL = "mail", _("I e-post eller melding")
    SPOKEN = "spoken", _("Muntlig")
    SIGN_UP = "sign-up", _("Ved påmelding")


class ConsentPurpose(models.TextChoices):
    """What somebody said yes to."""

    WEEKLY = "weekly", _("Ukeposten og nyhetsbrevet")
    PORTAL = "portal", _("Alle sider i portalen")


class PictureConsent(models.Model):
    """What one person who can be recognised in a picture agreed to: how, when, for what, until when."""

    picture = models.ForeignKey(
        Picture, models.CASCADE, related_name="consents", verbose_name=_("bilde")
    )
    person = models.CharField(
        _("hvem"), max_length=120, help_text=_("Navnet vises aldri for andre enn redaksjonen.")
    )
    email = models.EmailField(
        _("e-post"),
        blank=True,
        help_text=_("Så personen finner samtykket igjen blant opplysningene om seg."),
    )
    how = models.CharField(_("hvordan"), max_length=20, choices=ConsentHow)
    purpose = models.CharField(
        _("til hva"), max_length=20, choices=ConsentPurpose, default=ConsentPurpose.WEEKLY
    )
    given_on = models.DateField(_("gitt"))
    expires_on = models.DateField(
        _("gjelder til og med"), null=True, blank=True, help_text=_("Tomt: til det trekkes.")
    )
    recorded_at = models.DateTimeField(_("ført"), editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("ført av"),
    )
    withdrawn_at = models.DateTimeField(_("trukket"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("samtykke")
        verbose_name_plural = _("samtykker")
        constraints = [
            models.CheckConstraint(
                name="posts_pictureconsent_how_valid", condition=Q(how__in=ConsentHow.values)
            ),
            models.CheckConstraint(
                name="posts_pictureconsent_purpose_valid",
                condition=Q(purpose__in=ConsentPurpose.values),
            ),
            models.CheckConstraint(
                name="posts_pictureconsent_names_someone",
                condition=~Q(person=""),
                violation_error_message=_("Skriv hvem som har sagt ja."),
            ),
            models.CheckConstraint(
                name="posts_pictureconsent_ends_after_start",
                condition=Q(expires_on=None) | Q(expires_on__gte=F("given_on")),
                violation_error_message=_("Samtykket kan ikke slutte før det er gitt."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.given_on}"

    def is_in_force(self, *, on: datetime.date) -> bool:
        """Tell whether it holds that day."""
        return self.withdrawn_at is None and (self.expires_on is None or self.expires_on >= on)
