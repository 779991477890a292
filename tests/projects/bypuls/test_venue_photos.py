"""Photos of a place: cleaned, waiting, approved, and taken away."""

import datetime as dt
import io
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from members.accounts.models import User
from members.mailings.models.delivery import Delivery
from projects.bypuls.models import (
    OpeningHours,
    Venue,
    VenuePhoto,
)
from projects.bypuls.places import contacts
from tests.members.accounts.factories import UserFactory
from tests.projects.bypuls.factories import NOW, VenueFactory
from tests.projects.bypuls.test_venue_keeping import a_contact, titles

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def venue() -> Venue:
    found = VenueFactory.create(name="Kafeen", slug="kafeen", summary_nb="Kaffe og kaker")
    OpeningHours.objects.create(
        venue=found, weekday=0, opens=dt.time(10), closes=dt.time(16), note="kjøkkenet"
    )
    return found


@pytest.fixture
def kari(client: Client) -> User:
    user = UserFactory.create(email="Kari@example.no")
    client.force_login(user, backend=BACKEND)
    return user


PAGE = "/min-side/steder/kafeen/"


def a_picture() -> SimpleUploadedFile:
    out = io.BytesIO()
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    Image.new("RGB", (60, 40), "teal").save(out, "JPEG", exif=exif)
    return SimpleUploadedFile("HJEMME.JPG", out.getvalue(), "image/jpeg")


class TestPhotos:
    def send(self, client: Client, **fields: object) -> Any:
        data = {"picture": a_picture(), "alt": "Disken", "has_rights": "on", **fields}
        return client.post(PAGE + "bilde/", data)

    def test_a_photo_is_cleaned_and_waits(self, client: Client, kari: User, venue: Venue):
        a_contact(venue)
        self.send(client)

        photo = VenuePhoto.objects.get()
        assert "HJEMME" not in photo.picture.name
        with photo.picture.open() as file:
            assert not Image.open(file).getexif()
        assert "Disken" not in client.get(venue.get_absolute_url()).content.decode()
        contacts.approve_photo(photo.pk, at=NOW)
        assert "Disken" in client.get(venue.get_absolute_url()).content.decode()
        assert titles() == [("kari@example.no", "Bildet ditt av Kafeen er lagt ut")]

    def test_what_is_no_picture_is_refused_in_words(self, client: Client, kari: User, venue: Venue):
        a_contact(venue)
        false = SimpleUploadedFile("bilde.jpg", b"<html>", "image/jpeg")

        response = self.send(client, picture=false)

        assert response.status_code == 200
        assert not VenuePhoto.objects.exists()

    def test_nobody_fills_the_queue(self, client: Client, kari: User, venue: Venue):
        a_contact(venue)
        for _ in range(contacts.MOST_WAITING_PHOTOS):
            self.send(client)

        assert "mange bilder" in self.send(client).content.decode()

    def test_a_photo_taken_away_is_answered_with_the_reason(
        self, client: Client, kari: User, venue: Venue
    ):
        a_contact(venue)
        self.send(client)

        contacts.remove_photo(VenuePhoto.objects.get().pk, reply="For mørkt.", at=NOW)

        assert "For mørkt." in Delivery.objects.order_by("-pk")[0].body.text
        assert not VenuePhoto.objects.exists()

    def test_a_photo_taken_away_takes_its_file_along(
        self, venue: Venue, django_capture_on_commit_callbacks: Any
    ):
        photo = VenuePhoto.objects.create(venue=venue, picture=a_picture(), alt="Disken")
        storage, name = photo.picture.storage, photo.picture.name

        with django_capture_on_commit_callbacks(execute=True):
            contacts.remove_photo(photo.pk, at=NOW)

        assert not storage.exists(name)
