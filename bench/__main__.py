"""
Measure the portal under load, beside a bare WSGI answer and a Django constant in the same run.

`make bench` prints a table and writes var/bench/results.json. Everything runs on loopback and is bounded:
BENCH_ROWS (100000), BENCH_SECONDS for each measurement (5).
"""

import json
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from bench import load, mail_speed, signup_rush
from bench.pages import PAGES
from bench.servers import ROOT, Server, granian
from vekst import embedded

VAR = ROOT / "var" / "bench"
ROWS = int(os.environ.get("BENCH_ROWS", "100000"))
BUSY, CALM = 32, 2
SMALL_ROWS = 1000


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    what: str
    requests_per_second: float
    p50_ms: float
    p99_ms: float
    errors: int
    queries: int | None = None
    bytes: int | None = None
    memory_mb: tuple[float, ...] = ()


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def environment(rows: int) -> dict[str, str]:
    """A portal of its own with `rows` rows of each large kind; made once and kept under var/bench/."""
    var = VAR / str(rows)
    return {
        "DJANGO_SETTINGS_MODULE": "vekst.settings.dev",
        "VAR_DIR": str(var),
        "DATABASE_URL": embedded.database_url(var),
        "REDIS_URL": embedded.redis_url(var),
        "SECRET_KEY": "only-for-the-benchmarks-" + "x" * 40,
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "SITE_URL": "http://127.0.0.1",
        "EMAIL_URL": "smtp://127.0.0.1:1",
        "DEFAULT_FROM_EMAIL": "vekst@example.no",
        "OUTSIDE_SOURCES_ENABLED": "false",
        "LOG_LEVEL": "WARNING",
    }


def run(env: dict[str, str], *arguments: str) -> str:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, **env},
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def manage(env: dict[str, str], *arguments: str) -> str:
    return run(env, "manage.py", *arguments)


def run_module(env: dict[str, str], *arguments: str) -> str:
    return run(env, "-m", *arguments)


def prepare(rows: int) -> dict[str, str]:
    env = environment(rows)
    var = Path(env["VAR_DIR"])
    embedded.start(var, durable=True)
    manage(env, "migrate", "--verbosity", "0")
    manage(env, "sync_roles")
    manage(env, "collectstatic", "--noinput", "--verbosity", "0")
    done = var / "filled"
    if not done.exists():
        started = time.monotonic()
        manage(env, "demo", "--scale", str(rows))
        manage(env, "index_everything")
        done.touch()
        say(f"  {rows} rows of each large kind written in {time.monotonic() - started:.0f} s")
    if not (var / "town").exists():
        run_module(env, "bench.town", str(rows))
        (var / "town").touch()
    return env


def facts(env: dict[str, str]) -> dict[str, dict[str, int | str]]:
    """Queries and bytes of each page, counted in a process of its own by `bench.facts`."""
    output = run_module(env, "bench.facts", json.dumps(PAGES))
    return dict(json.loads(output.splitlines()[-1]))


def row(
    what: str,
    server: Server,
    path: str,
    connections: int,
    found: dict[str, int | str] | None = None,
    **headers: str,
) -> Row:
    figure = load.measure(
        server.address + path,
        connections=connections,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )
    return Row(
        what,
        figure.requests_per_second,
        figure.p50_ms,
        figure.p99_ms,
        figure.errors,
        int(found["queries"]) if found else None,
        int(found["bytes"]) if found else None,
        tuple(server.memory_mb()),
    )


def yardsticks() -> list[Row]:
    with granian("bench.yardsticks:bare", port=8971, env={}) as server:
        rows = [row("bare WSGI", server, "/", BUSY)]
    with granian("bench.yardsticks:django_constant", port=8972, env={}, factory=True) as server:
        rows.append(row("Django constant", server, "/", BUSY))
    return rows


def uncached(env: dict[str, str], found: dict[str, dict[str, int | str]], label: str) -> list[Row]:
    rows = []
    with granian("vekst.wsgi:application", port=8973, env={**env, "PAGE_CACHE": "false"}) as server:
        for name, fact in found.items():
            path = str(fact["path"])
            rows.append(row(f"{name}, {label}, {CALM} connections", server, path, CALM, fact))
            if label == "uncached":
                rows.append(row(f"{name}, {label}, {BUSY} connections", server, path, BUSY, fact))
    return rows


def cached(env: dict[str, str], found: dict[str, dict[str, int | str]]) -> list[Row]:
    rows = []
    with granian("vekst.wsgi:application", port=8974, env=env) as server:
        for name in ("front page", "event list", "event page"):
            path = str(found[name]["path"])
            rows.append(
                row(
                    f"{name}, from the page cache",
                    server,
                    path,
                    BUSY,
                    found[name],
                    Accept_Encoding="br",
                )
            )
        etag = str(found["front page"]["etag"])
        rows.append(row("front page, 304", server, "/", BUSY, If_None_Match=etag))
    return rows


def table(rows: list[Row]) -> str:
    lines = [
        f"{'what':<52}{'req/s':>9}{'p50 ms':>9}{'p99 ms':>9}{'errors':>8}{'SQL':>5}{'bytes':>9}  memory MB",
    ]
    for r in rows:
        lines.append(
            f"{r.what:<52}{r.requests_per_second:>9.0f}{r.p50_ms:>9.2f}{r.p99_ms:>9.2f}{r.errors:>8}"
            f"{'' if r.queries is None else r.queries:>5}{'' if r.bytes is None else r.bytes:>9}"
            f"  {' + '.join(f'{value:.0f}' for value in r.memory_mb)}"
        )
    return "\n".join(lines)


def verdicts(rows: list[Row], freshness: float) -> list[str]:
    by_name = {r.what: r for r in rows}
    bare = by_name["bare WSGI"].requests_per_second
    lines = []
    for r in rows:
        if "from the page cache" in r.what:
            lines.append(f"{r.what}: {r.requests_per_second / bare:.2f} of bare WSGI (target 0.35)")
        elif r.what.endswith(f"uncached, {CALM} connections"):
            small = by_name.get(r.what.replace("uncached", f"{SMALL_ROWS} rows"))
            ratio = (
                f", {r.p50_ms / small.p50_ms:.2f} x the time at {SMALL_ROWS} rows (target 1.5)"
                if small
                else ""
            )
            if small and r.bytes and small.bytes and r.bytes > 1.2 * small.bytes:
                ratio += f", where the page shows less ({small.bytes} bytes against {r.bytes})"
            lines.append(
                f"{r.what}: p50 {r.p50_ms:.1f} ms (target 50), {r.queries} queries (target 8){ratio}"
            )
    lines.append(f"an edit is seen by a stranger after {freshness:.2f} s (target 1)")
    return lines


def seen_after(env: dict[str, str]) -> float:
    """Seconds from the commit of an edit until a stranger sees it on a page that was held."""
    with granian("vekst.wsgi:application", port=8975, env=env) as server:
        output = run_module(env, "bench.freshness", server.address)
    return float(output.splitlines()[-1])


def main() -> None:
    load.find_wrk()
    VAR.mkdir(parents=True, exist_ok=True)
    say("Yardsticks")
    rows = yardsticks()
    say(f"A portal with {ROWS} rows")
    env = prepare(ROWS)
    found = facts(env)
    rows += uncached(env, found, "uncached")
    rows += cached(env, found)
    freshness = seen_after(env)
    embedded.stop(Path(env["VAR_DIR"]))
    say(f"A portal with {SMALL_ROWS} rows")
    small = prepare(SMALL_ROWS)
    rows += uncached(small, facts(small), f"{SMALL_ROWS} rows")
    embedded.stop(Path(small["VAR_DIR"]))
    say("500 sign-ups at once, under each policy")
    rushes = signup_rush.measure()
    say(f"A newsletter to {ROWS} readers")
    mail = mail_speed.measure(ROWS)
    conclusions = [*verdicts(rows, freshness), *(signup_rush.verdict(rush) for rush in rushes)]
    conclusions += mail_speed.verdicts(mail)
    (VAR / "results.json").write_text(
        json.dumps(
            {
                "rows": [asdict(r) for r in rows],
                "edit_seen_after_seconds": freshness,
                "signup_rushes": [asdict(rush) for rush in rushes],
                "newsletter": asdict(mail),
            },
            indent=1,
        )
    )
    say(table(rows))
    say("")
    for line in conclusions:
        say(line)


if __name__ == "__main__":
    main()
