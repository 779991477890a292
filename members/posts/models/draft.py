"""What editors have begun on and not saved, and who writes where just now."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.posts.models.post import Post, PostItem


class EditPlace(models.TextChoices):
    """The part of a post that one form is about."""

    HEAD = "head", _("Tittel og ingress")
    PIECE = "piece", _("Bit")
    NEW = "new", _("Ny bit")


def _names_a_piece(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=name,
        condition=Q(place=EditPlace.PIECE, item__isnull=False)
        | Q(place__in=[EditPlace.HEAD, EditPlace.NEW], item__isnull=True),
    )


class PieceDraft(models.Model):
    """
    The unsaved words of one editor in one part of a post, to be offered when the editor comes back.

    One row for each person and part, written over every few seconds; it is never a version.
    """

    post = models.ForeignKey(Post, models.CASCADE, related_name="drafts", verbose_name=_("ukepost"))
    place = models.CharField(_("del"), max_length=10, choices=EditPlace)
    item = models.ForeignKey(
        PostItem,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="drafts",
        verbose_name=_("bit"),
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("skrevet av")
    )
    fields = models.JSONField(_("tekst"))
    base_version = models.PositiveIntegerField(_("bygger på utgave"))
    saved_at = models.DateTimeField(_("lagret"))

    class Meta:
        verbose_name = _("ulagret tekst")
        verbose_name_plural = _("ulagrede tekster")
        constraints = [
            _names_a_piece("posts_draft_names_a_piece"),
            models.UniqueConstraint(
                fields=["by", "post", "place", "item"],
                name="posts_draft_one_per_person",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_place_display()} ({self.by})"


class EditingPresence(models.Model):
    """One editor who has one part of a post open. It counts for some seconds and blocks nobody."""

    post = models.ForeignKey(
        Post, models.CASCADE, related_name="presences", verbose_name=_("ukepost")
    )
    place = models.CharField(_("del"), max_length=10, choices=EditPlace)
    item = models.ForeignKey(
        PostItem,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="presences",
        verbose_name=_("bit"),
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("redaktør")
    )
    seen_at = models.DateTimeField(_("sist sett"))

    class Meta:
        verbose_name = _("redaktør til stede")
        verbose_name_plural = _("redaktører til stede")
        constraints = [
            _names_a_piece("posts_presence_names_a_piece"),
            models.UniqueConstraint(
                fields=["by", "post", "place", "item"],
                name="posts_presence_one_per_person",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.by}: {self.get_place_display()}"
