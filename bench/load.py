"""Load from loopback with wrk, bounded in time and connections."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass

SECONDS = int(os.environ.get("BENCH_SECONDS", "5"))


@dataclass(frozen=True)
class Figure:
    """What one address gave. Times in milliseconds."""

    requests_per_second: float
    p50_ms: float
    p99_ms: float
    errors: int


def find_wrk() -> str:
    """wrk from PATH, else Debian's package when root; else one clear line."""
    found = shutil.which("wrk")
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", "wrk"], check=False, stdout=subprocess.DEVNULL
        )
        found = shutil.which("wrk")
    if found is None:
        raise SystemExit("make bench needs wrk (on Debian: apt-get install wrk)")
    return found


def measure(url: str, *, connections: int, headers: dict[str, str] | None = None) -> Figure:
    """Ask for `url` over and over for a few seconds."""
    command = [
        find_wrk(),
        "-t1",
        f"-c{connections}",
        f"-d{SECONDS}s",
        "--latency",
        "--timeout",
        "10s",
    ]
    for name, value in (headers or {}).items():
        command += ["-H", f"{name}: {value}"]
    output = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout
    errors = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
    return Figure(
        requests_per_second=_number(r"Requests/sec:\s+([\d.]+)", output),
        p50_ms=_milliseconds(r"50%\s+([\d.]+)(us|ms|s)", output),
        p99_ms=_milliseconds(r"99%\s+([\d.]+)(us|ms|s)", output),
        errors=int(errors.group(1)) if errors else 0,
    )


def _number(pattern: str, text: str) -> float:
    found = re.search(pattern, text)
    return float(found.group(1)) if found else 0.0


def _milliseconds(pattern: str, text: str) -> float:
    found = re.search(pattern, text)
    if found is None:
        return 0.0
    return round(float(found.group(1)) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[found.group(2)], 2)
