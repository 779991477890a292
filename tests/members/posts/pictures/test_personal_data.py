"""What is held on those in a picture: how long, and that they find it again."""

import datetime
from typing import Any

import pytest

from members.accounts.models import User
from members.posts.models import Picture, PictureConsent
from members.posts.own_data import own_data
from members.posts.pictures import consents
from members.posts.retention import remove_expired_pictures, remove_old_consents
from tests.members.posts.factories import NOW, PictureFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
DAY = datetime.timedelta(days=1)


def agreed(**fields: Any) -> Picture:
    picture = PictureFactory.create(shows_people=True)
    consents.record(
        picture_id=picture.pk, people=["Kari"], given_on=NOW.date(), at=NOW, by=None, **fields
    )
    return picture


def test_names_are_kept_as_long_as_the_picture_is_here_and_a_year_more():
    kept = agreed()
    withdrawn = agreed()
    consents.withdraw(picture_id=withdrawn.pk, at=NOW + 30 * DAY, by=None)

    assert remove_old_consents(NOW + 365 * DAY, False) == 0
    assert remove_old_consents(NOW + 396 * DAY, True) == 1
    assert remove_old_consents(NOW + 396 * DAY, False) == 1
    assert remove_old_consents(NOW + 396 * DAY, False) == 0

    assert list(PictureConsent.objects.values_list("picture", flat=True)) == [kept.pk]


def test_a_picture_whose_consent_ran_out_is_withdrawn_after_ninety_days():
    picture = agreed(expires_on=NOW.date())
    consents.expire_due(at=NOW + DAY)

    assert remove_expired_pictures(NOW + 90 * DAY, False) == 0
    assert remove_expired_pictures(NOW + 92 * DAY, True) == 1
    assert remove_expired_pictures(NOW + 92 * DAY, False) == 1
    assert remove_expired_pictures(NOW + 92 * DAY, False) == 0

    assert Picture.objects.get().withdrawn_at == NOW + 92 * DAY
    assert picture.pk == Picture.objects.get().pk


def test_a_person_finds_the_consent_among_the_own_data(resident: User):
    agreed()
    PictureConsent.objects.update(email=resident.email.upper())
    agreed()

    (found,) = own_data(resident)["consents_to_be_shown"]

    assert (found["person"], found["picture__description"]) == ("Kari", "Morgenlys over Nymoen")
