"""The way from photos with files of their own to pictures, with rows that stood there before it."""

import datetime
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from members.accounts.models import User

pytestmark = pytest.mark.django_db

BEFORE, BETWEEN = "0003_editing", "0006_photo_shows_picture"
CREATED = datetime.datetime(2026, 3, 9, 8, tzinfo=datetime.UTC)
CONFIRMED = datetime.datetime(2026, 3, 12, 23, 30, tzinfo=datetime.UTC)
OLD_COLUMNS = {"image", "width", "height", "shows_people", "consent_confirmed_at"}
# What code of before 0006 writes, which knows no pictures.
LATE = """
    INSERT INTO posts_photo (post_id, position, image, width, height, alt, caption, credit, shows_people)
    VALUES (%s, 2, 'ukeposter/2026/sen.jpg', 640, 480, 'Sent inn', '', '', false)
"""


def migrate(name: str) -> Any:
    """Take the posts there, and return the models as they were then."""
    executor = MigrationExecutor(connection)
    state = executor.migrate([("posts", name)])
    return state.apps.get_model


def newest() -> str:
    [(_app, name)] = MigrationExecutor(connection).loader.graph.leaf_nodes("posts")
    return name


def columns() -> dict[str, bool]:
    """Return the columns of the photos, and whether each may be empty."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_table_description(cursor, "posts_photo")
    return {column.name: bool(column.null_ok) for column in found}


@pytest.fixture
def old(editor: User) -> Any:
    """Two photos of the time when each held a file of its own; all is rolled back with the test."""
    with connection.cursor() as cursor:
        # Tables are altered in the same transaction as their rows: nothing may wait for its end.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    models = migrate(BEFORE)
    post = models("posts", "Post").objects.create(year=2026, week=11, title="Frokost")
    models("posts", "Post").objects.filter(pk=post.pk).update(created_at=CREATED)
    shared = {"post": post, "width": 1200, "height": 800, "credit": "Eli"}
    photos = models("posts", "Photo").objects
    photos.create(
        image="ukeposter/2026/salen.jpg",
        alt="Folk rundt et bord",
        shows_people=True,
        consent_confirmed_at=CONFIRMED,
        consent_confirmed_by_id=editor.pk,
        **shared,
    )
    photos.create(image="ukeposter/2026/taarn.jpg", alt="Tårnet", shows_people=False, **shared)
    return post


def test_each_photo_gets_the_picture_it_has_shown_with_its_consent(old: Any, editor: User):
    migrate(BETWEEN)
    with connection.cursor() as cursor:
        cursor.execute(LATE, [old.pk])

    models = migrate(newest())

    people, tower, late = models("posts", "Photo").objects.select_related("picture").order_by("pk")
    picture = people.picture
    assert (picture.file.name, picture.description, picture.credit) == (
        "ukeposter/2026/salen.jpg",
        "Folk rundt et bord",
        "Eli",
    )
    assert (picture.width, picture.shown_width, picture.shown_height) == (1200, 1200, 800)
    assert (picture.shows_people, picture.consent_at, picture.consent_by_id) == (
        True,
        CONFIRMED,
        editor.pk,
    )
    # Its sizes are not made yet: a worker finds it by that.
    assert (picture.revision, picture.uploaded_at, len(picture.token)) == (0, CREATED, 32)
    consent = models("posts", "PictureConsent").objects.get()
    assert (consent.picture_id, consent.person, consent.recorded_by_id) == (
        picture.pk,
        "Ikke navngitt",
        editor.pk,
    )
    # The day here, not the one in UTC.
    assert consent.given_on == datetime.date(2026, 3, 13)
    assert (tower.picture.file.name, tower.picture.consent_at) == ("ukeposter/2026/taarn.jpg", None)
    # What old code put in meanwhile got its picture before the columns went.
    assert (late.picture.file.name, late.picture.shown_width) == ("ukeposter/2026/sen.jpg", 640)
    assert len({photo.picture.token for photo in (people, tower, late)}) == 3
    assert not columns().keys() & OLD_COLUMNS
    assert columns()["picture_id"] is False
