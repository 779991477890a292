"""When what editors wrote to each other, and began on, goes."""

import datetime

from django.utils.translation import gettext_lazy as _

from members.accounts.retention import RetentionRule
from members.posts.editing.drafts import remove_old
from members.posts.models import Picture, PictureConsent, PostComment, ReviewLink
from members.posts.pictures import consents, keeping

COMMENTS_KEPT = datetime.timedelta(days=365)
CONSENT_PROOF_KEPT = datetime.timedelta(days=365)
EXPIRED_KEPT = datetime.timedelta(days=90)
LINKS_KEPT = datetime.timedelta(days=365)


def remove_old_comments(at: datetime.datetime, dry_run: bool) -> int:
    """Remove remarks and answers that are more than a year old."""
    due = PostComment.objects.filter(written_at__lt=at - COMMENTS_KEPT)
    if dry_run:
        # Answers go with what they answer, however new they are.
        return (due | PostComment.objects.filter(answers__in=due)).distinct().count()
    return due.delete()[0]


def remove_unfinished_pictures(at: datetime.datetime, dry_run: bool) -> int:
    """Remove pictures whose form was begun more than a day ago and never sent in whole."""
    return keeping.remove_unfinished(at=at, dry_run=dry_run)


def remove_old_consents(at: datetime.datetime, dry_run: bool) -> int:
    """Remove the names of those who agreed, a year after the picture was withdrawn."""
    due = PictureConsent.objects.filter(picture__withdrawn_at__lt=at - CONSENT_PROOF_KEPT)
    return due.count() if dry_run else due.delete()[0]


def remove_expired_pictures(at: datetime.datetime, dry_run: bool) -> int:
    """Withdraw the pictures whose consent ran out 90 days ago and was not given again."""
    due = Picture.objects.kept().filter(consent_expired_at__lt=at - EXPIRED_KEPT)
    if dry_run:
        return due.count()
    keys = list(due.order_by("pk").values_list("pk", flat=True))
    for pk in keys:
        consents.withdraw(picture_id=pk, at=at, by=None)
    return len(keys)


def remove_old_review_links(at: datetime.datetime, dry_run: bool) -> int:
    """Remove links to drafts, with name and address, a year after they went out."""
    due = ReviewLink.objects.filter(expires_at__lt=at - LINKS_KEPT)
    return due.count() if dry_run else due.delete()[0]


RULES = [
    RetentionRule(
        data=_("Bilder som ble lastet opp uten at skjemaet ble fullført"),
        basis=_("Berettiget interesse (GDPR artikkel 6 nr. 1 f)"),
        kept_for=_("Ett døgn"),
        apply=remove_unfinished_pictures,
    ),
    RetentionRule(
        data=_("Bilder i ukeposten der samtykket er utløpt"),
        basis=_("Samtykke (GDPR artikkel 6 nr. 1 a)"),
        kept_for=_(
            "Skjules med en gang; slettes etter 90 dager. Trekkes samtykket, slettes de straks"
        ),
        apply=remove_expired_pictures,
    ),
    RetentionRule(
        data=_("Hvem som har samtykket til å vises på bilder i ukeposten"),
        basis=_("Dokumentasjon på samtykket (GDPR artikkel 7)"),
        kept_for=_("Så lenge bildet er her, og ett år etter at det er trukket"),
        apply=remove_old_consents,
    ),
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
    RetentionRule(
        data=_("Navn og e-post til dem som fikk lenke til å lese en kladd"),
        basis=_("Berettiget interesse (GDPR artikkel 6 nr. 1 f)"),
        kept_for=_("Ett år etter at lenken gikk ut"),
        apply=remove_old_review_links,
    ),
]
