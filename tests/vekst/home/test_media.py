"""Uploaded pictures: public ones go fast and are kept, those of what is not public go to a few."""

import datetime as dt

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.test import Client

from members.accounts.models import Role, User
from members.posts.demo_pictures import paint
from projects.bypuls.events.moderation import change_url
from projects.bypuls.models import Event, EventOrganiser, Venue, VenueContact, VenuePhoto
from tests.members.accounts.factories import UserFactory
from tests.projects.bypuls.factories import NOW, EventFactory, VenueFactory

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
FOR_EVER = "public, max-age=31536000, immutable"


@pytest.fixture(autouse=True)
def _now(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(NOW, tick=False):
        yield


def a_picture() -> "ContentFile[bytes]":
    return ContentFile(paint(palette="winter", seed=1), "vinter.jpg")


def an_event(**fields: object) -> Event:
    return EventFactory.create(picture=a_picture(), picture_alt="Vinter", **fields)


def status(client: Client, address: str) -> int:
    response = client.get(address)
    # Read to its end, so that the file is closed.
    assert b"".join(response) is not None
    return int(response.status_code)


def kept_for(client: Client, address: str) -> str:
    """Return what the answer says to caches."""
    response = client.get(address)
    assert b"".join(response)
    assert response.status_code == 200
    return str(response.headers["Cache-Control"])


def visitor(**fields: object) -> tuple[Client, User]:
    user, client = UserFactory.create(**fields), Client()
    client.force_login(user, backend=BACKEND)
    return client, user


@pytest.mark.parametrize(
    "path", ["../vekst/settings/base.py", "x.svg", "x.html", "..%2f..%2fetc/passwd"]
)
def test_media_gives_pictures_and_nothing_else(client, path):
    assert status(client, f"/media/{path}") == 404


@pytest.mark.parametrize(
    "folder", ["lukket", "Lukket", "LUKKET", "\uff4cukket", "Arrangementer", "STEDER"]
)
def test_a_closed_folder_is_closed_under_any_spelling(client, tmp_path, folder):
    (tmp_path / folder).mkdir()
    (tmp_path / folder / "x.jpg").write_bytes(b"x")

    assert status(client, f"/media/{folder}/x.jpg") == 404
    assert status(client, f"/media/./{folder}//x.jpg") == 404


def test_other_pictures_are_public_without_a_question(client, tmp_path, django_assert_num_queries):
    (tmp_path / "homes").mkdir()
    (tmp_path / "homes" / "x.jpg").write_bytes(b"x")

    with django_assert_num_queries(0):
        response = client.get("/media/homes/x.jpg")

    assert response.getvalue() == b"x"
    assert response.headers["Cache-Control"] == FOR_EVER


@pytest.mark.parametrize("publication", ["draft", "submitted", "changes-asked", "withdrawn"])
def test_strangers_do_not_see_the_picture_of_a_hidden_event(client, publication):
    event = an_event(publication=publication)

    assert status(client, event.picture.url) == 404
    assert status(visitor()[0], event.picture.url) == 404


def test_nor_that_of_an_event_for_a_closed_circle(client):
    assert status(client, an_event(is_unlisted=True).picture.url) == 404


def test_a_public_picture_takes_one_query_and_is_kept_for_a_year(client, django_assert_num_queries):
    event = an_event()

    with django_assert_num_queries(1):
        response = client.get(event.picture.url)

    assert response.getvalue()[:2] == b"\xff\xd8"
    assert response.headers["Cache-Control"] == FOR_EVER
    assert "Vary" not in response.headers or "Cookie" not in response.headers["Vary"]


def test_whoever_has_the_picture_already_is_not_sent_it_again(client):
    event = an_event()
    first = client.get(event.picture.url)
    assert first.getvalue()
    changed = first.headers["Last-Modified"]

    response = client.get(event.picture.url, headers={"if-modified-since": changed})

    assert response.status_code == 304


def test_the_organiser_and_staff_see_a_hidden_picture_that_no_cache_keeps():
    event = an_event(publication="draft")
    client, user = visitor()
    EventOrganiser.objects.create(event=event, email=user.email, name="Kari", added_at=NOW)

    for seen_by in (client, visitor(role=Role.EDITOR)[0], visitor(role=Role.PROGRAMME_OFFICE)[0]):
        assert kept_for(seen_by, event.picture.url) == "private, no-cache"


def test_whoever_sent_the_event_in_sees_its_picture_by_the_mailed_link(client):
    event = an_event(publication="submitted", submitter_email="kari@example.no")
    path = change_url(event).removeprefix("http://testserver")

    page = client.get(path).content.decode()

    assert f'src="{path}bilde/"' in page
    assert event.picture.url not in page
    assert client.get(path + "bilde/").getvalue()[:2] == b"\xff\xd8"
    event.picture.storage.delete(event.picture.name)
    assert status(client, path + "bilde/") == 404


def test_a_copy_that_is_public_shows_the_picture_that_the_two_share(client):
    event = an_event(publication="withdrawn")
    EventFactory.create(picture=event.picture.name, picture_alt="Vinter")

    assert status(client, event.picture.url) == 200


def a_place(**fields: object) -> Venue:
    return VenueFactory.create(picture=a_picture(), picture_alt="Vinter", **fields)


@pytest.mark.parametrize("published_at", [None, NOW + dt.timedelta(days=1)])
def test_strangers_do_not_see_the_pictures_of_a_hidden_place(client, published_at):
    venue = a_place(published_at=published_at)
    photo = VenuePhoto.objects.create(
        venue=venue, picture=a_picture(), alt="Vinter", approved_at=NOW
    )

    assert status(client, venue.picture.url) == 404
    assert status(client, photo.picture.url) == 404


def test_a_photo_of_a_place_is_closed_until_it_is_approved(client):
    venue = a_place()
    photo = VenuePhoto.objects.create(venue=venue, picture=a_picture(), alt="Vinter")
    keeper, user = visitor()
    VenueContact.objects.create(venue=venue, email=user.email, name="Kari", added_at=NOW)

    assert status(client, photo.picture.url) == 404
    assert status(keeper, photo.picture.url) == 200
    assert status(visitor(role=Role.EDITOR)[0], photo.picture.url) == 200
    VenuePhoto.objects.update(approved_at=NOW)
    assert kept_for(client, photo.picture.url) == FOR_EVER
    assert kept_for(client, venue.picture.url) == FOR_EVER


def test_one_who_keeps_another_place_sees_no_photo_that_waits():
    photo = VenuePhoto.objects.create(venue=a_place(), picture=a_picture(), alt="Vinter")
    other, user = visitor()
    VenueContact.objects.create(venue=a_place(), email=user.email, name="Nils", added_at=NOW)

    assert status(other, photo.picture.url) == 404
