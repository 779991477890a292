"""What became of a post on its way to its readers, and what they were told afterwards."""

import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.posts.models.post import Post, PostState
from members.posts.models.version import PostVersion


class PostMove(models.Model):
    """One change of a post's state: who did it, when and why. `by` empty means the portal itself."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="moves", verbose_name=_("ukepost"))
    from_state = models.CharField(_("fra"), max_length=20, choices=PostState)
    to_state = models.CharField(_("til"), max_length=20, choices=PostState)
    at = models.DateTimeField(_("når"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("hvem"),
    )
    why = models.CharField(_("hvorfor"), max_length=500, blank=True)
    version = models.ForeignKey(
        PostVersion,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("slik posten var"),
    )

    class Meta:
        verbose_name = _("tilstandsendring")
        verbose_name_plural = _("tilstandsendringer")
        constraints = [
            models.CheckConstraint(
                name="posts_move_states_valid",
                condition=Q(from_state__in=PostState.values, to_state__in=PostState.values),
            ),
        ]
        indexes = [models.Index(fields=["post", "at"], name="posts_move_order")]

    def __str__(self) -> str:
        return f"{self.get_from_state_display()} → {self.get_to_state_display()}"


class NoteKind(models.TextChoices):
    """What readers are told about."""

    CORRECTED = "corrected", _("Rettet")
    WITHDRAWN = "withdrawn", _("Trukket tilbake")


class CorrectionNote(models.Model):
    """
    What readers of a post are told was corrected, or why it was withdrawn. It stands for ever.

    A post with a note cannot be deleted. `version` holds the words after the correction, or those that
    were withdrawn.
    """

    post = models.ForeignKey(Post, models.PROTECT, related_name="notes", verbose_name=_("ukepost"))
    kind = models.CharField(_("slag"), max_length=20, choices=NoteKind)
    text = models.TextField(_("det leserne får vite"), max_length=1000)
    noted_at = models.DateTimeField(_("når"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("hvem"),
    )
    version = models.ForeignKey(
        PostVersion,
        models.PROTECT,
        related_name="notes",
        verbose_name=_("versjon"),
    )

    class Meta:
        verbose_name = _("rettelse")
        verbose_name_plural = _("rettelser")
        constraints = [
            models.CheckConstraint(
                name="posts_note_kind_valid", condition=Q(kind__in=NoteKind.values)
            ),
            models.CheckConstraint(
                name="posts_note_has_text",
                condition=~Q(text=""),
                violation_error_message=_("Skriv hva leserne skal få vite."),
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class ReviewLink(models.Model):
    """
    One person's way to read a draft without an account, until it expires or is called back.

    That person may write comments and say yes once. A yes is advice: it moves the post nowhere.
    """

    post = models.ForeignKey(
        Post, models.CASCADE, related_name="review_links", verbose_name=_("ukepost")
    )
    name = models.CharField(_("navn"), max_length=100)
    email = models.EmailField(_("e-post"))
    message = models.TextField(_("hilsen"), max_length=1000, blank=True)
    made_at = models.DateTimeField(_("laget"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("laget av"),
    )
    expires_at = models.DateTimeField(_("virker til"))
    withdrawn_at = models.DateTimeField(_("kalt tilbake"), null=True, blank=True)
    approved_at = models.DateTimeField(_("godkjent fra sin side"), null=True, blank=True)
    approved_version = models.ForeignKey(
        PostVersion,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("versjonen som ble godkjent"),
    )
    # Of the form it came from: the same form sent twice is one link and one mail.
    form_token = models.UUIDField(null=True, editable=False, unique=True)

    class Meta:
        verbose_name = _("lenke til gjennomlesing")
        verbose_name_plural = _("lenker til gjennomlesing")
        constraints = [
            models.CheckConstraint(
                name="posts_review_ends_after_start",
                condition=Q(expires_at__gt=models.F("made_at")),
                violation_error_message=_("Lenken må virke en stund."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.email})"

    def is_open(self, at: datetime.datetime) -> bool:
        """Tell whether its holder may read and write at `at`."""
        return self.withdrawn_at is None and at < self.expires_at
