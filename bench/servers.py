"""Start the web server for a measurement, and read what its processes use."""

import contextlib
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
WORKERS = 2
# One blocking thread for each worker answers fastest on two cores; pages wait for the database in turns.
THREADS = int(os.environ.get("WEB_THREADS", "2"))


@dataclass
class Server:
    """A running web server."""

    address: str
    process: subprocess.Popen[bytes]

    def memory_mb(self) -> list[float]:
        """Resident memory of each process, the parent first."""
        parent = psutil.Process(self.process.pid)
        processes = [parent, *parent.children(recursive=True)]
        return [round(process.memory_info().rss / 1024 / 1024, 1) for process in processes]


@contextlib.contextmanager
def granian(
    target: str, *, port: int, env: dict[str, str], factory: bool = False
) -> Iterator[Server]:
    """Serve the WSGI application `target` on loopback until the block ends."""
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--workers",
        str(WORKERS),
        "--blocking-threads",
        str(THREADS),
        "--no-ws",
        "--log-level",
        "warning",
    ]
    command += ["--factory"] if factory else []
    log = (ROOT / "var" / "bench" / f"granian-{port}.log").open("wb")
    process = subprocess.Popen(
        [*command, target], cwd=ROOT, env={**os.environ, **env}, stdout=log, stderr=log
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_it_answers(address, process)
        yield Server(address, process)
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        log.close()


def _wait_until_it_answers(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        if process.poll() is not None:
            raise SystemExit(f"the web server at {address} stopped; see var/bench/")
        try:
            urllib.request.urlopen(address, timeout=5)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"the web server at {address} does not answer")
