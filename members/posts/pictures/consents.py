"""The consent of those who can be recognised in a picture: noted, run out, and taken back."""

import datetime
from collections.abc import Sequence
from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from members.accounts.models import User
from members.posts.editing import attached
from members.posts.models import ConsentHow, ConsentPurpose, Photo, Picture, PictureConsent, Post
from members.posts.pictures.files import remove_everything


class GoneError(Exception):
    """The picture was withdrawn; nothing can be done with it any more. The message is for the editor."""

    def __init__(self) -> None:
        super().__init__(_("Bildet er trukket, og filene er slettet."))


@transaction.atomic
def record(
    *,
    picture_id: int,
    people: Sequence[str],
    how: str = ConsentHow.SPOKEN,
    purpose: str = ConsentPurpose.WEEKLY,
    given_on: datetime.date,
    expires_on: datetime.date | None = None,
    at: datetime.datetime,
    by: User | None,
) -> list[PictureConsent]:
    """
    Note that these people agreed. A name whose consent is in force is not noted twice. Raises GoneError.
    """
    picture = _locked(picture_id)
    today = timezone.localdate(at)
    there = {row.person for row in picture.consents.all() if row.is_in_force(on=today)}
    found = [
        PictureConsent(
            picture=picture,
            person=person,
            how=how,
            purpose=purpose,
            given_on=given_on,
            expires_on=expires_on,
            recorded_at=at,
            recorded_by=by,
        )
        for person in dict.fromkeys(name.strip()[:120] for name in people)
        if person and person not in there
    ]
    for consent in found:
        consent.full_clean(exclude=["picture", "recorded_by"])
    PictureConsent.objects.bulk_create(found)
    settle(picture_id=picture_id, at=at, by=by)
    return found


@transaction.atomic
def settle(*, picture_id: int, at: datetime.datetime, by: User | None) -> None:
    """
    Let the picture say what its consents say: given, run out, or neither. Raises GoneError.

    Who has said yes anew is in force, whatever has run out before. See also `expire_due`.
    """
    picture = _locked(picture_id)
    rows = list(picture.consents.all())
    today = timezone.localdate(at)
    in_force = {row.person for row in rows if row.is_in_force(on=today)}
    has_expired = any(row.person not in in_force for row in rows)
    if rows and picture.consent_at is None:
        picture.consent_at, picture.consent_by = at, by
    if not rows and picture.consent_at is not None:
        picture.consent_at, picture.consent_by = None, None
    if has_expired and picture.consent_expired_at is None:
        picture.consent_expired_at = at
    elif not has_expired:
        picture.consent_expired_at = None
    picture.save(update_fields=["consent_at", "consent_by", "consent_expired_at"])


@transaction.atomic
def withdraw(*, picture_id: int, at: datetime.datetime, by: User | None) -> Picture:
    """
    Take a picture away for good, because somebody in it does not want to be shown any more.

    From this moment no page, feed or mail shows it and its addresses answer "gone"; the files are deleted
    when the transaction is through, and by the next nightly round if that fails. A second time changes
    nothing.
    """
    # The posts first, as every change to them does: no version is kept meanwhile with the words that go.
    posts = Post.objects.filter(pk__in=Photo.objects.filter(picture=picture_id).values("post"))
    list(posts.select_for_update(of=("self",)).order_by("pk"))
    picture = Picture.objects.select_for_update(of=("self",)).get(pk=picture_id)
    if picture.withdrawn_at is None:
        picture.withdrawn_at, picture.withdrawn_by = at, by
        picture.save(update_fields=["withdrawn_at", "withdrawn_by"])
        picture.consents.filter(withdrawn_at=None).update(withdrawn_at=at)
        # The descriptions say who was in it.
        _forget_words(picture)
    if picture.removed_at is None:
        transaction.on_commit(partial(remove_files, picture_id=picture.pk, at=at))
    return picture


@transaction.atomic
def remove_files(*, picture_id: int, at: datetime.datetime) -> None:
    """Delete the files of a picture that was withdrawn. Safe to run again."""
    picture = Picture.objects.select_for_update(of=("self",)).get(pk=picture_id)
    if picture.withdrawn_at is None or picture.removed_at is not None:
        return
    remove_everything(picture)
    picture.removed_at = at
    picture.save(update_fields=["removed_at"])


def remove_left_files(*, at: datetime.datetime) -> int:
    """Delete the files that a withdrawal could not delete then. Returns of how many pictures."""
    left = Picture.objects.filter(withdrawn_at__isnull=False, removed_at=None)
    keys = list(left.order_by("pk").values_list("pk", flat=True))
    for pk in keys:
        remove_files(picture_id=pk, at=at)
    return len(keys)


def expire_due(*, at: datetime.datetime) -> int:
    """Hide the pictures in which somebody's consent has run out and was not given anew. Returns how many."""
    today = timezone.localdate(at)
    given = PictureConsent.objects.filter(withdrawn_at=None)
    anew = given.exclude(expires_on__lt=today).filter(
        picture=OuterRef("picture"), person=OuterRef("person")
    )
    over = given.filter(~Exists(anew), expires_on__lt=today)
    due = Picture.objects.filter(
        pk__in=over.values("picture"), withdrawn_at=None, consent_expired_at=None
    )
    return due.update(consent_expired_at=at)


def _locked(picture_id: int) -> Picture:
    picture = Picture.objects.select_for_update(of=("self",)).get(pk=picture_id)
    if picture.withdrawn_at is not None:
        raise GoneError
    return picture


def _forget_words(picture: Picture) -> None:
    Picture.objects.filter(pk=picture.pk).update(description=attached.WITHDRAWN_ALT)
    Photo.objects.filter(picture=picture).update(alt=attached.WITHDRAWN_ALT, caption="")
    attached.forget_words(picture.pk)
