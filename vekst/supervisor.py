"""
Runs the processes of the Procfile side by side and prints what they say, each line under its name.

A process that dies is started again, because a killed worker must not take the pages with it; one that
cannot stay up ends everything with one clear line. Stopping is in order: first a request, then force.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

# Shorter lives than this, so many in a row, are not bad luck.
SHORT_LIFE_SECONDS, SHORT_LIVES = 10.0, 3
STOP_SECONDS = 8.0
PR_SET_PDEATHSIG = 1


class ProcessError(Exception):
    """A process cannot stay up; the message is one line."""


@dataclass
class Managed:
    """One line of the Procfile and the process that runs it."""

    name: str
    command: str
    process: subprocess.Popen[str]
    started: float
    short_lives: int = 0
    last_words: list[str] = field(default_factory=list)
    listener: threading.Thread | None = None


def read_procfile(path: Path) -> dict[str, str]:
    """Return name -> command."""
    lines = [line.partition(":") for line in path.read_text().splitlines() if line.strip()]
    return {name.strip(): command.strip() for name, _, command in lines if name[0] != "#"}


class Supervisor:
    """Starts, watches and stops the processes. Used from the main thread only."""

    def __init__(self, commands: dict[str, str], *, cwd: Path, env: dict[str, str]) -> None:
        self._cwd, self._env = cwd, env
        self._commands = commands
        self._managed: list[Managed] = []
        self._width = max(len(name) for name in commands)

    def start(self, *names: str) -> None:
        """Start these processes; without names, every one that does not run yet."""
        running = {managed.name for managed in self._managed}
        for name, command in self._commands.items():
            if name in running or (names and name not in names):
                continue
            self._managed.append(Managed(name, command, self._spawn(command), time.monotonic()))
            self._listen(self._managed[-1])

    def watch(self, *, each_round: Callable[[], None] = lambda: None) -> None:
        """Keep the processes up until somebody interrupts. Raises ProcessError when one cannot stay up."""
        while True:
            for managed in list(self._managed):
                if managed.process.poll() is not None:
                    self._start_again(managed)
            each_round()
            time.sleep(0.25)

    def stop(self) -> None:
        """Ask every process to end, and end by force what is left after a while."""
        self._signal_all(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while any(managed.process.poll() is None for managed in self._managed):
            if time.monotonic() > deadline:
                break
            time.sleep(0.05)
        # The leaders may be gone and their children not: the whole group is what was started.
        self._signal_all(signal.SIGKILL)
        for managed in self._managed:
            managed.process.wait()
            if managed.listener is not None:
                managed.listener.join(timeout=1)

    def _spawn(self, command: str) -> subprocess.Popen[str]:
        return subprocess.Popen(  # noqa: S602
            command,
            shell=True,
            cwd=self._cwd,
            env=self._env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            # A group of its own: Ctrl-C in the terminal comes to us, and we stop them in order.
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )

    def _start_again(self, managed: Managed) -> None:
        lived = time.monotonic() - managed.started
        managed.short_lives = managed.short_lives + 1 if lived < SHORT_LIFE_SECONDS else 0
        code = managed.process.returncode
        if managed.listener is not None:
            managed.listener.join(timeout=1)
        if managed.short_lives >= SHORT_LIVES:
            words = " / ".join(managed.last_words[-1:]) or "it said nothing"
            raise ProcessError(f"{managed.name} does not stay up (exit code {code}): {words}")
        self._say(managed.name, f"ended with exit code {code}; starting it again")
        _signal_group(managed.process, signal.SIGKILL)
        managed.process, managed.started = self._spawn(managed.command), time.monotonic()
        self._listen(managed)

    def _listen(self, managed: Managed) -> None:
        def repeat(process: subprocess.Popen[str]) -> None:
            if process.stdout is None:
                return
            with process.stdout as lines:
                for line in lines:
                    managed.last_words = [*managed.last_words[-4:], line.strip()]
                    self._say(managed.name, line.rstrip())

        managed.listener = threading.Thread(target=repeat, args=(managed.process,), daemon=True)
        managed.listener.start()

    def _say(self, name: str, line: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.write(f"{name:<{self._width}} | {line}\n")
            sys.stdout.flush()

    def _signal_all(self, number: signal.Signals) -> None:
        for managed in self._managed:
            _signal_group(managed.process, number)


def _signal_group(process: subprocess.Popen[str], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def _die_with_parent() -> None:
    """Ask the kernel to end the process when we are killed and cannot do it ourselves (Linux only)."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
