"""
What happens before the portal's own Python exists: make `.venv` from the hashed lock, then go on in it.

Run as `python3 -I vekst/bootstrap.py base|test <arguments of .venv/bin/python>`. Standard library only;
`-I` keeps this folder, whose modules bear names of the standard library's, out of the import path.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit(
        f"The portal needs Python 3.11 or newer; {sys.executable} is Python {sys.version.split()[0]}. "
        "Install a newer one, or name it: make run PYTHON=/path/to/python3.11"
    )

import contextlib
import fcntl
import hashlib
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
# What `test` needs comes on top of what the portal runs on here.
LOCKS = {"base": ["base", "local"], "test": ["base", "local", "test"]}


class StepError(Exception):
    """A step of the start failed; the message is one line a newcomer understands."""


@contextlib.contextmanager
def step(text: str) -> Iterator[None]:
    """Say what is being done, and how long it took once it is done."""
    started = time.monotonic()
    sys.stdout.write(f"  {text} ... ")
    sys.stdout.flush()
    try:
        yield
    except BaseException:
        sys.stdout.write("stopped\n")
        sys.stdout.flush()
        raise
    sys.stdout.write(f"{time.monotonic() - started:.1f} s\n")
    sys.stdout.flush()


def run_quietly(
    command: list[str], *, failure: str, log: Path, env: dict[str, str] | None = None
) -> None:
    """Run a command with its output in a file. Raises StepError with `failure` and the command's last line."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as output:
        result = subprocess.run(  # noqa: S603
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=ROOT,
            env=env,
            check=False,
        )
    if result.returncode != 0:
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        errors = [line for line in lines if "error" in line.lower()]
        reason = (errors or lines or ["no reason given"])[-1].strip()
        raise StepError(f"{failure}: {reason} (all of it: {log})")


def _stamp(lock: Path) -> str:
    # A moved clone or another Python needs a new environment just as another lock does.
    parts = [lock.read_text(encoding="utf-8"), sys.version, str(VENV)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _make_venv() -> None:
    if VENV.exists() and not (VENV / "pyvenv.cfg").exists() and any(VENV.iterdir()):
        raise StepError(f"{VENV} is no Python environment, and is left alone. Remove it yourself.")
    run_quietly(
        [sys.executable, "-m", "venv", "--clear", str(VENV)],
        failure="Python could not make .venv (on Debian: apt-get install python3-venv)",
        log=ROOT / "var" / "log" / "venv.log",
    )


def _install(lock: Path) -> None:
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    run_quietly(
        [*pip, "install", "--require-hashes", "--no-deps", "-r", str(lock)],
        failure="The packages could not be installed",
        log=ROOT / "var" / "log" / f"pip-{lock.stem}.log",
    )


def ensure(kind: str) -> None:
    """Bring `.venv` in line with the locks of `kind`, if it is not."""
    python = VENV / "bin" / "python"
    if VENV.is_symlink():
        # Another's environment, perhaps shared by many clones: used as it is, never written to.
        if not python.exists():
            raise StepError(
                f"{VENV} is a link to an environment that is not there. Remove the link."
            )
        return
    for name in LOCKS[kind]:
        lock, done = ROOT / "requirements" / f"{name}.txt", VENV / f".installed-{name}"
        stamp = _stamp(lock)
        if done.exists() and done.read_text() == stamp and python.exists():
            continue
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        if not (VENV / "lib" / f"python{version}").exists() or not _works(python):
            with step(f"Making .venv with Python {version}"):
                _make_venv()
        with step(f"Installing the packages of requirements/{name}.txt"):
            _install(lock)
        done.write_text(stamp)


def _works(python: Path) -> bool:
    found = subprocess.run(  # noqa: S603
        [str(python), "-m", "pip", "--version"], capture_output=True, check=False
    )
    # pip names the folder it lies in: a moved or copied clone still points to the old one.
    return found.returncode == 0 and str(VENV).encode() in found.stdout


def main() -> None:
    """Make the environment and become the command that was asked for, inside it."""
    kind, *arguments = sys.argv[1:]
    (ROOT / "var").mkdir(exist_ok=True)
    try:
        with (ROOT / "var" / "bootstrap.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            ensure(kind)
    except StepError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
    os.chdir(ROOT)
    python = str(VENV / "bin" / "python")
    os.execv(python, [python, *arguments])  # noqa: S606


if __name__ == "__main__":
    main()
