"""
`make test`: every check and every test, each with its name and its time; `make lint`: only the checks.

The last line is "N passed, N failed". Each check counts as one, each test as one.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from vekst import embedded, start, translations
from vekst.bootstrap import ROOT, StepError, run_quietly, step

VAR = ROOT / "var" / "test"
PACKAGES = [
    name for name in ("vekst", "projects", "members", "tests", "bench") if (ROOT / name).is_dir()
]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@dataclass
class Outcome:
    """What has passed and what has failed so far."""

    passed: int = 0
    failed: int = 0
    broken: list[str] = field(default_factory=list)

    def count(self, name: str, passed: int, failed: int) -> None:
        self.passed += passed
        self.failed += failed
        if failed:
            self.broken.append(name)


@dataclass(frozen=True)
class Check:
    """A command that must end with 0."""

    name: str
    command: list[str]
    env: dict[str, str] = field(default_factory=dict)


def templates() -> list[str]:
    found = {
        path for package in ("templates", *PACKAGES) for path in (ROOT / package).rglob("*.html")
    }
    return [str(path.relative_to(ROOT)) for path in sorted(found)]


def static_checks() -> list[Check]:
    python = [sys.executable, "-m"]
    return [
        Check("Code: ruff check", [*python, "ruff", "check", "."]),
        Check("Code: ruff format", [*python, "ruff", "format", "--check", "."]),
        Check("Templates: djade", ["djade", "--check", "--target-version", "5.2", *templates()]),
        Check("Templates: djlint", ["djlint", "--lint", "--quiet", "templates"]),
        Check("Translations complete", [*python, "vekst.translations", "check"]),
        Check("Types: mypy", [*python, "mypy", *PACKAGES]),
    ]


def django_checks() -> list[Check]:
    manage = [sys.executable, "-W", "ignore", "manage.py"]
    production = {
        "DJANGO_SETTINGS_MODULE": "vekst.settings.base",
        "SECRET_KEY": "".join(chr(33 + number % 90) for number in range(80)),
        "ALLOWED_HOSTS": "vekst.example.no",
        "SITE_URL": "https://vekst.example.no",
        "EMAIL_URL": "smtp+tls://mail.example.no:587",
        "DEFAULT_FROM_EMAIL": "vekst@example.no",
    }
    deploy = ["check", "--deploy", "--fail-level", "WARNING"]
    return [
        Check("Migrations complete", [*manage, "makemigrations", "--check", "--dry-run"]),
        Check("Production settings: check --deploy", [*manage, *deploy], production),
    ]


def run_check(check: Check, outcome: Outcome, env: dict[str, str]) -> None:
    def run() -> tuple[int, int, str]:
        result = subprocess.run(
            check.command,
            cwd=ROOT,
            env={**env, **check.env},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return (1, 0, "") if result.returncode == 0 else (0, 1, result.stdout)

    report(check.name, run, outcome)


def run_pytest(name: str, arguments: list[str], outcome: Outcome, env: dict[str, str]) -> None:
    """Run some of the tests, with their output on the screen, and count them."""

    def run() -> tuple[int, int, str]:
        with tempfile.TemporaryDirectory() as folder:
            xml = Path(folder) / "result.xml"
            command = [sys.executable, "-m", "pytest", "-q", "--no-header", "--create-db"]
            command += ["--durations", "5", f"--junit-xml={xml}", *arguments]
            result = subprocess.run(
                command,
                cwd=ROOT,
                env=env,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            passed, failed = read_counts(xml)
        if result.returncode != 0 and not failed:
            # No test failed and still it went wrong: a broken import, a crash, nothing collected.
            failed = 1
        return passed, failed, result.stdout if failed else ""

    report(name, run, outcome)


def read_counts(xml: Path) -> tuple[int, int]:
    """Return how many passed and failed. A test that was skipped did not pass: it counts as failed."""
    if not xml.exists():
        return 0, 0
    passed = failed = 0
    for suite in ET.parse(xml).getroot().iter("testsuite"):  # noqa: S314
        number = {
            key: int(suite.get(key, "0")) for key in ("tests", "failures", "errors", "skipped")
        }
        bad = number["failures"] + number["errors"] + number["skipped"]
        passed += number["tests"] - bad
        failed += bad
    return passed, failed


def report(name: str, run: Callable[[], tuple[int, int, str]], outcome: Outcome) -> None:
    sys.stdout.write(f"  {name} ... ")
    sys.stdout.flush()
    started = time.monotonic()
    passed, failed, output = run()
    outcome.count(name, passed, failed)
    word = f"{failed} FAILED" if failed else f"{passed} passed" if passed > 1 else "ok"
    sys.stdout.write(f"{word}, {time.monotonic() - started:.1f} s\n")
    if failed and output:
        sys.stdout.write("".join(f"      {line}\n" for line in output.rstrip().splitlines()))
    sys.stdout.flush()


def ensure_chromium() -> None:
    """Have Chromium on the PATH: the machine's own, or Debian's package when we may install it."""
    if any(shutil.which(name) for name in BROWSERS):
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise StepError(
            "The browser tests need Chromium on the PATH (on Debian: apt-get install chromium)."
        )
    with step("Installing Debian's Chromium"):
        for command in (["apt-get", "update"], ["apt-get", "install", "-y", "chromium"]):
            run_quietly(
                command,
                failure="Chromium could not be installed",
                log=ROOT / "var" / "log" / "chromium.log",
                env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            )


def test_environment() -> dict[str, str]:
    # Importing the portal here has already named the production settings.
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "vekst.settings.test"}
    env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env.setdefault("DATABASE_URL", embedded.database_url(VAR))
    env.setdefault("REDIS_URL", embedded.redis_url(VAR))
    return env


def run_all(outcome: Outcome) -> None:
    env = test_environment()
    start.build_front_end()
    with step("Compiling the texts"):
        translations.compile_all()
    ensure_chromium()
    with start.servers(env, VAR, durable=False):
        for check in [*static_checks(), *django_checks()]:
            run_check(check, outcome, env)
        for name, arguments in suites():
            run_pytest(name, arguments, outcome, env)


def suites() -> Iterator[tuple[str, list[str]]]:
    yield "Unit tests", ["-m", "not integration and not browser", "-n", "2"]
    yield "Integration tests", ["-m", "integration"]
    yield "Browser tests", ["-m", "browser"]


def main(arguments: list[str]) -> int:
    outcome = Outcome()
    started = time.monotonic()
    try:
        if arguments == ["lint"]:
            for check in static_checks():
                run_check(check, outcome, test_environment())
        else:
            run_all(outcome)
    except (StepError, embedded.ServerError) as error:
        sys.stdout.write(f"{error}\n")
        outcome.count("preparation", 0, 1)
    except KeyboardInterrupt:
        sys.stdout.write("\nStopped before the end.\n")
        outcome.count("stopped", 0, 1)
    if outcome.broken:
        sys.stdout.write(f"Failed: {', '.join(outcome.broken)}\n")
    sys.stdout.write(f"All of it took {time.monotonic() - started:.0f} s.\n")
    sys.stdout.write(f"{outcome.passed} passed, {outcome.failed} failed\n")
    return 1 if outcome.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
