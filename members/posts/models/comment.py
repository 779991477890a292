"""What the editors say to each other about a post."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.posts.models.post import Post, PostItem
from members.posts.models.workflow import ReviewLink


class PostComment(models.Model):
    """
    One remark on a post or a piece, or an answer to one. Readers never see it.

    The first remark of a thread is resolved for the whole thread.
    """

    post = models.ForeignKey(
        Post, models.CASCADE, related_name="comments", verbose_name=_("ukepost")
    )
    item = models.ForeignKey(
        PostItem,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="comments",
        verbose_name=_("bit"),
    )
    answers = models.ForeignKey(
        "self",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="replies",
        verbose_name=_("svar på"),
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("skrevet av"),
    )
    # By somebody without an account, who came by this link.
    review_link = models.ForeignKey(
        ReviewLink,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="comments",
        verbose_name=_("skrevet gjennom lenke"),
    )
    text = models.TextField(_("kommentar"), max_length=2000)
    # Of the form it came from: the same form sent twice is one remark.
    form_token = models.UUIDField(null=True, editable=False, unique=True)
    written_at = models.DateTimeField(_("skrevet"))
    resolved_at = models.DateTimeField(_("løst"), null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("løst av"),
    )
    mailed_at = models.DateTimeField(_("sendt"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("kommentar")
        verbose_name_plural = _("kommentarer")
        constraints = [
            models.CheckConstraint(
                name="posts_comment_has_text",
                condition=~Q(text=""),
                violation_error_message=_("Skriv en kommentar."),
            ),
            models.CheckConstraint(
                name="posts_comment_only_threads_are_resolved",
                condition=Q(answers__isnull=True) | Q(resolved_at__isnull=True),
            ),
            models.CheckConstraint(
                name="posts_comment_has_one_writer",
                condition=Q(by__isnull=True) | Q(review_link__isnull=True),
            ),
        ]
        indexes = [
            models.Index(
                fields=["written_at"],
                name="posts_comment_to_mail",
                condition=Q(mailed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def writer(self) -> str:
        """The writer's name; a dash when the account or the link has gone."""
        if self.review_link is not None:
            return str(_("%(name)s (uten konto)") % {"name": self.review_link.name})
        return str(self.by) if self.by is not None else "–"
