"""The servers under `var`, each test with a folder and real servers of its own."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import redis

from vekst import embedded

pytestmark = pytest.mark.integration


@pytest.fixture
def var(tmp_path, monkeypatch):
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.delenv("REDIS_URL")
    if os.geteuid() == 0:
        # pytest closes its folders to others, as root's own home is closed.
        assert tmp_path.parent.stat().st_mode & 0o077 == 0
    folder = tmp_path / "a folder with spaces" / ("deep" * 20)
    yield folder
    embedded.stop(folder)


def _query(var: Path, sql: str) -> list[tuple[object, ...]]:
    with psycopg.connect(embedded.database_url(var), autocommit=True) as connection:
        cursor = connection.execute(sql)
        return cursor.fetchall() if cursor.description else []


def _postmaster(var: Path) -> int:
    return int((var / "postgres" / "postmaster.pid").read_text().split()[0])


def test_both_answer_and_a_second_start_changes_nothing(var):
    first = embedded.start(var)
    second = embedded.start(var)

    assert (first.started, second.started) == (["PostgreSQL", "Valkey"], [])
    assert _query(var, "SELECT lower('ÆØÅ')") == [("æøå",)]
    assert redis.Redis.from_url(first.redis_url).ping()


def test_trigrams_know_norwegian_letters(var):
    embedded.start(var)
    _query(var, "CREATE EXTENSION pg_trgm")

    assert _query(var, "SELECT similarity('ås', 'øs') < similarity('ås', 'ås')") == [(True,)]
    assert _query(var, "SELECT cardinality(show_trgm('øå'))") == [(3,)]


def test_data_stays_when_the_servers_stop(var):
    servers = embedded.start(var)
    _query(var, "CREATE TABLE kept AS SELECT 1 AS n")
    redis.Redis.from_url(servers.redis_url).set("kept", "yes")
    servers.stop()
    with pytest.raises(psycopg.OperationalError):
        _query(var, "SELECT 1")

    embedded.start(var)

    assert _query(var, "SELECT n FROM kept") == [(1,)]
    assert redis.Redis.from_url(servers.redis_url).get("kept") == b"yes"


def test_killed_servers_recover(var):
    servers = embedded.start(var)
    _query(var, "CREATE TABLE kept AS SELECT 1 AS n")
    os.kill(_postmaster(var), signal.SIGKILL)
    valkey = redis.Redis.from_url(servers.redis_url)
    os.kill(valkey.info()["process_id"], signal.SIGKILL)
    _wait_until(lambda: not embedded._answers(embedded._postgres_socket(var)))

    again = embedded.start(var)

    assert again.started == ["PostgreSQL", "Valkey"]
    assert _query(var, "SELECT n FROM kept") == [(1,)]


def test_a_process_number_that_is_anothers_by_now_does_not_hinder(var):
    embedded.start(var).stop()
    lines = f"{os.getpid()}\n{var}/postgres\n1\n5432\n/nowhere\n\n0 0\nready\n"
    (var / "postgres" / "postmaster.pid").write_text(lines)

    assert embedded.start(var).started == ["PostgreSQL", "Valkey"]


def test_the_last_user_stops_the_servers(var):
    code = "import sys, pathlib; from vekst import embedded; embedded.start(pathlib.Path(sys.argv[1]));"
    with subprocess.Popen(
        [sys.executable, "-c", code + "print('up', flush=True); input()", str(var)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(embedded.__file__).parent.parent,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"up\n"
        ours = embedded.start(var)
        ours.stop()
        assert _query(var, "SELECT 1") == [(1,)]
        other.communicate(b"\n")

    ours = embedded.start(var)
    assert ours.started == []
    ours.stop()
    assert not embedded._answers(embedded._postgres_socket(var))


def test_a_given_address_is_left_alone(var, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://someone@elsewhere/vekst")

    assert embedded.start(var).started == ["Valkey"]


def test_addresses_follow_from_the_folder_alone(tmp_path):
    assert embedded.database_url(tmp_path / "a") == embedded.database_url(tmp_path / "a")
    assert embedded.database_url(tmp_path / "a") != embedded.database_url(tmp_path / "b")


@pytest.mark.parametrize(
    ("given", "celery"),
    [
        ("redis://localhost:6379/1", "redis://localhost:6379/1"),
        ("unix:///run/valkey.sock?db=2", "redis+socket:///run/valkey.sock?virtual_host=2"),
    ],
)
def test_celery_gets_the_address_in_its_own_spelling(given, celery):
    assert embedded.celery_url(given) == celery


def _wait_until(condition) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
