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
            "SELECT tgrelid::regclass::text, array_agg(substr(tgname, 11) ORDER BY tgname)"
            " FROM pg_trigger WHERE tgname LIKE 'pagecache\\_%' GROUP BY tgrelid"
        )
        watched = dict(cursor.fetchall())

    assert watched == dict.fromkeys(PUBLIC, ["delete", "insert", "truncate", "update"])
