"""What `make run` is made of: the environment, the values nobody gave, and the processes it keeps up."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from vekst import bootstrap, installation, start
from vekst.bootstrap import StepError
from vekst.supervisor import ProcessError, Supervisor, read_procfile

ROOT = Path(bootstrap.__file__).parent.parent


# --- .venv ------------------------------------------------------------------------------------------
@pytest.fixture
def clone(tmp_path):
    """A clone with nothing but the first program of the start."""
    (tmp_path / "vekst").mkdir()
    (tmp_path / "requirements").mkdir()
    shutil.copy(ROOT / "vekst" / "bootstrap.py", tmp_path / "vekst")
    (tmp_path / "requirements" / "base.txt").write_text("")
    return tmp_path


def _bootstrap(clone: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "vekst/bootstrap.py", "base", "-c", "print('inside')"]
    return subprocess.run(
        command, cwd=clone, capture_output=True, text=True, timeout=60, check=False
    )


def test_a_linked_environment_is_used_and_never_written_to(clone, tmp_path):
    shared = tmp_path / "shared"
    (shared / "bin").mkdir(parents=True)
    (shared / "bin" / "python").symlink_to(sys.executable)
    (shared / "pyvenv.cfg").write_text("home = elsewhere\n")
    (clone / ".venv").symlink_to(shared)
    before = sorted(path.relative_to(shared) for path in shared.rglob("*"))

    result = _bootstrap(clone)

    assert (result.returncode, result.stdout) == (0, "inside\n")
    assert sorted(path.relative_to(shared) for path in shared.rglob("*")) == before


def test_a_link_to_nothing_is_one_line(clone, tmp_path):
    (clone / ".venv").symlink_to(tmp_path / "gone")

    result = _bootstrap(clone)

    assert result.returncode == 1
    assert result.stderr.startswith(f"{clone}/.venv is a link")
    assert result.stderr.count("\n") == 1


def test_a_folder_that_is_no_environment_is_left_alone(clone):
    (clone / ".venv").mkdir()
    (clone / ".venv" / "diary").write_text("dear me")

    result = _bootstrap(clone)

    assert result.returncode == 1
    assert "left alone" in result.stderr
    assert (clone / ".venv" / "diary").read_text() == "dear me"


# --- Values nobody gave -----------------------------------------------------------------------------
def test_what_was_given_stays_and_the_rest_is_filled_in(tmp_path):
    environment = {"DATABASE_URL": "postgres://a@b/c", "PORT": "8042"}

    installation.fill_in(environment, tmp_path)

    assert environment["DATABASE_URL"] == "postgres://a@b/c"
    assert environment["SITE_URL"] == "http://localhost:8042"
    assert environment["REDIS_URL"].startswith("unix://")


def test_the_secret_is_made_once_and_only_its_owner_reads_it(tmp_path):
    first: dict[str, str] = {}
    second: dict[str, str] = {}

    installation.fill_in(first, tmp_path)
    installation.fill_in(second, tmp_path)

    assert first["SECRET_KEY"] == second["SECRET_KEY"]
    assert len(first["SECRET_KEY"]) >= 50
    assert (tmp_path / "secrets.env").stat().st_mode & 0o777 == 0o600


# --- Ports and addresses ----------------------------------------------------------------------------
@pytest.mark.parametrize("port", ["0", "65536", "http", "-1"])
def test_a_port_that_is_none_is_refused(port, monkeypatch):
    monkeypatch.setenv("PORT", port)

    with pytest.raises(StepError, match="PORT must be a number"):
        start._port()


def test_a_taken_port_is_one_line():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(StepError, match=f"Port {port} on 127.0.0.1 cannot be used"):
            start._need_free("127.0.0.1", port)


def test_a_database_that_does_not_answer_is_one_line():
    environment = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://x"}

    with pytest.raises(StepError, match="The database of DATABASE_URL does not answer") as caught:
        start._need_answers(environment)
    assert "\n" not in str(caught.value)


def test_two_at_once_in_one_folder_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(start, "VAR", tmp_path)

    wanted = r"already runs from this folder \(process \d+, port 8000\)"
    with start._alone(8000), pytest.raises(StepError, match=wanted), start._alone(8001):
        pass


# --- Processes --------------------------------------------------------------------------------------
def test_every_process_of_the_procfile_is_found():
    assert list(read_procfile(ROOT / "Procfile")) == ["web", "worker", "mailer", "beat"]


def _supervisor(tmp_path: Path, **commands: str) -> Supervisor:
    return Supervisor(commands, cwd=tmp_path, env=dict(os.environ))


def _watch(supervisor: Supervisor, until) -> None:
    """Watch until the condition holds; then interrupt as Ctrl-C does."""
    deadline = time.monotonic() + 15

    def look() -> None:
        assert time.monotonic() < deadline
        if until():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        supervisor.watch(each_round=look)


def test_a_killed_process_is_started_again(tmp_path):
    pids = tmp_path / "pids"
    supervisor = _supervisor(tmp_path, worker=f"echo $$ >> '{pids}'; exec sleep 60")
    supervisor.start()
    try:
        _watch(supervisor, lambda: pids.exists() and pids.read_text().strip())
        os.kill(int(pids.read_text()), signal.SIGKILL)
        _watch(supervisor, lambda: len(pids.read_text().split()) == 2)
    finally:
        supervisor.stop()

    for pid in pids.read_text().split():
        assert (
            not Path(f"/proc/{pid}/cmdline").exists()
            or not Path(f"/proc/{pid}/cmdline").read_bytes()
        )


def test_a_process_that_cannot_stay_up_ends_with_its_last_words(tmp_path):
    supervisor = _supervisor(tmp_path, web="echo 'no such file: x'; exit 3")
    supervisor.start()
    try:
        with pytest.raises(
            ProcessError, match=r"web does not stay up \(exit code 3\): no such file: x"
        ):
            supervisor.watch()
    finally:
        supervisor.stop()


def test_children_of_a_process_go_with_it(tmp_path):
    child = tmp_path / "child"
    supervisor = _supervisor(tmp_path, web=f"sleep 60 & echo $! > '{child}'; wait")
    supervisor.start()
    _watch(supervisor, lambda: child.exists() and child.read_text().strip())

    supervisor.stop()

    status = Path(f"/proc/{child.read_text().strip()}/status")
    assert not status.exists() or "State:\tZ" in status.read_text()
