"""When what editors wrote to each other, and began on, goes."""

import datetime

from django.utils.translation import gettext_lazy as _

from members.accounts.retention import RetentionRule
from members.posts.editing.drafts import remove_old
from members.posts.models import PostComment

COMMENTS_KEPT = datetime.timedelta(days=365)


def remove_old_comments(at: datetime.datetime, dry_run: bool) -> int:
    """Remove remarks and answers that are more than a year old."""
    due = PostComment.objects.filter(written_at__lt=at - COMMENTS_KEPT)
    if dry_run:
        # Answers go with what they answer, however new they are.
        return (due | PostComment.objects.filter(answers__in=due)).distinct().count()
    return due.delete()[0]


RULES = [
    RetentionRule(
        data=_("Ulagret tekst i ukeposten, og hvem som skriver nå"),
        basis=_("Berettiget interesse (GDPR artikkel 6 nr. 1 f)"),
        kept_for=_("30 dager; hvem som skriver nå, ett døgn"),
        apply=remove_old,
    ),
    RetentionRule(
        data=_("Redaksjonens kommentarer til ukeposten"),
        basis=_("Berettiget interesse (GDPR artikkel 6 nr. 1 f)"),
        kept_for=_("Ett år"),
        apply=remove_old_comments,
    ),
]
