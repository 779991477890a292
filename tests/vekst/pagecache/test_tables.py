"""Every table of ours is either watched by the page cache or named as private, and the database agrees."""

import pytest
from django.apps import apps
from django.db import connection

from vekst.pagecache.tables import PRIVATE, PUBLIC

OURS = ("vekst", "projects", "members")


def our_tables() -> set[str]:
    return {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.split(".")[0] in OURS and not model.__name__.startswith("Historical")
    }


def test_every_table_is_named_once():
    assert set(PUBLIC) | set(PRIVATE) == our_tables()
    assert not set(PUBLIC) & set(PRIVATE)


@pytest.mark.django_db
def test_exactly_the_public_tables_raise_the_generation():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'pagecache_generation'"
        )
        watched = {row[0] for row in cursor.fetchall()}

    assert watched == set(PUBLIC)
