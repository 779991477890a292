"""Cards in a post: pointers to what lives elsewhere in the portal, read anew each time they are shown."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.posts.models.post import PostItem


class CardKind(models.TextChoices):
    """What a card can show. `members.posts.cards` knows who reads each of them."""

    EVENT = "event", _("Arrangement")
    PROJECT = "project", _("Prosjekt")
    MEASURE = "measure", _("Tiltak")
    COMPANY = "company", _("Medlem")
    HOME = "home", _("Bolig")
    JOB = "job", _("Ledig stilling")


class PostCard(models.Model):
    """
    One card below a piece. It holds no words: what it says is true at the moment somebody reads it.

    `key` is the primary key of what it shows. No foreign key, since what it shows may belong to an app
    that this one does not know, and may go away without taking the post along.
    """

    item = models.ForeignKey(PostItem, models.CASCADE, related_name="cards", verbose_name=_("bit"))
    kind = models.CharField(_("slag"), max_length=10, choices=CardKind)
    key = models.PositiveBigIntegerField(_("nummer"))
    position = models.PositiveSmallIntegerField(_("rekkefølge"), default=0, db_default=0)

    class Meta:
        verbose_name = _("kort")
        verbose_name_plural = _("kort")
        constraints = [
            models.CheckConstraint(
                name="posts_card_kind_valid", condition=Q(kind__in=CardKind.values)
            ),
            models.UniqueConstraint(
                fields=["item", "kind", "key"],
                name="posts_card_once_per_piece",
                violation_error_message=_("Kortet står alt under denne biten."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.key}"
