"""The content generation rises with the write's own transaction, and only with it."""

import pytest
from django.db import connection, transaction

from vekst.pagecache.generation import GenerationReader
from vekst.pagecache.triggers import watch


def stored() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(value), 0)::bigint FROM pagecache_generation")
        return cursor.fetchone()[0]


@pytest.fixture
def watched(db):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE watched_thing (id int)")
        cursor.execute(str(watch("watched_thing").sql))
        yield cursor
        cursor.execute("DROP TABLE watched_thing")


def test_every_statement_raises_it(watched):
    before = stored()
    watched.execute("INSERT INTO watched_thing VALUES (1), (2)")
    watched.execute("UPDATE watched_thing SET id = 3")
    watched.execute("DELETE FROM watched_thing")
    watched.execute("TRUNCATE watched_thing")

    assert stored() == before + 4


def test_a_statement_that_finds_no_row_does_not(watched):
    before = stored()
    watched.execute("INSERT INTO watched_thing SELECT 1 WHERE false")
    watched.execute("UPDATE watched_thing SET id = 3")
    watched.execute("DELETE FROM watched_thing")

    assert stored() == before


def test_an_undone_write_does_not(watched):
    before = stored()
    with transaction.atomic():
        watched.execute("INSERT INTO watched_thing VALUES (1)")
        transaction.set_rollback(True)

    assert stored() == before


def test_reader_asks_the_database_only_now_and_then(watched, django_assert_num_queries):
    reader = GenerationReader()
    with django_assert_num_queries(1):
        first = reader.current()
        assert reader.current() == first
