"""A post as it read at one moment, kept for comparing and bringing back."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.posts.models.post import Post


class VersionKind(models.TextChoices):
    """Why a version was made. Autosave never makes one."""

    NAMED = "named", _("Navngitt")
    MOVE = "move", _("Ny tilstand")
    BEFORE = "before", _("Før en eldre versjon ble hentet")
    BROUGHT_BACK = "brought-back", _("Hentet fram igjen")


class PostVersion(models.Model):
    """
    A whole post at one moment: an editor named it, or the post moved to a new state.

    `content` holds title, introduction, pieces, and which pictures and cards they had, as
    `members.posts.editing.versions` writes them.
    """

    post = models.ForeignKey(
        Post, models.CASCADE, related_name="versions", verbose_name=_("ukepost")
    )
    number = models.PositiveIntegerField(_("nummer"))
    kind = models.CharField(_("grunn"), max_length=20, choices=VersionKind)
    name = models.CharField(_("navn"), max_length=100)
    content = models.JSONField(_("innhold"))
    made_at = models.DateTimeField(_("laget"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("laget av"),
    )

    class Meta:
        verbose_name = _("versjon")
        verbose_name_plural = _("versjoner")
        constraints = [
            models.CheckConstraint(
                name="posts_version_kind_valid", condition=Q(kind__in=VersionKind.values)
            ),
            models.CheckConstraint(
                name="posts_version_has_name",
                condition=~Q(name=""),
                violation_error_message=_("Gi versjonen et navn."),
            ),
            models.UniqueConstraint(
                fields=["post", "number"], name="posts_version_number_once_per_post"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.name}"
