"""What `docs/operations.md` says about the settings, held against the settings themselves."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
TABLE_ROW = re.compile(r"^\| `([A-Z_]+)` \| (.+?) \| (.+?) \| (.*?) ?\|$", re.MULTILINE)
WHOLE = {
    "SECRET_KEY": "x" * 60,
    "ALLOWED_HOSTS": "vekst.example.no",
    "SITE_URL": "https://vekst.example.no",
    "DATABASE_URL": "postgres://a:b@db/c",
    "REDIS_URL": "redis://valkey",
    "EMAIL_URL": "smtp://mail",
    "DEFAULT_FROM_EMAIL": "a@example.no",
}


def _read_by_settings() -> dict[str, bool]:
    """Return every variable that base.py reads, and whether it is required."""
    tree = ast.parse((ROOT / "vekst" / "settings" / "base.py").read_text(encoding="utf-8"))
    found = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        function = node.func.value if isinstance(node.func, ast.Attribute) else node.func
        name = node.args[0]
        if (
            isinstance(function, ast.Name)
            and function.id == "env"
            and isinstance(name, ast.Constant)
        ):
            found[str(name.value)] = all(keyword.arg != "default" for keyword in node.keywords)
    return found


def _documented() -> dict[str, str]:
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    settings = text.partition("## Settings")[2].partition("\n## ")[0]
    return {name: default for name, _meaning, default, _example in TABLE_ROW.findall(settings)}


def test_every_variable_is_in_the_table_and_no_other():
    assert sorted(_documented()) == sorted(_read_by_settings())


def test_the_table_says_which_are_required():
    required = {name for name, is_required in _read_by_settings().items() if is_required}

    assert {name for name, default in _documented().items() if default == "required"} == required


def _start(**changes: str | None) -> subprocess.CompletedProcess[str]:
    values = {**WHOLE, **changes}
    env = {name: value for name, value in values.items() if value is not None}
    return subprocess.run(
        [sys.executable, "-c", "import vekst.settings.base"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **env},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_required_ones_are_enough():
    assert _start().returncode == 0


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_a_missing_value_stops_the_start_and_is_named(name):
    result = _start(**{name: None})

    assert result.returncode != 0
    assert name in result.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_CONN_MAX_AGE", "often"),
        ("MUNICIPALITY_CENTRE", "here"),
        ("EMAIL_URL", "pigeon://x"),
    ],
)
def test_a_malformed_value_stops_the_start(name, value):
    assert _start(**{name: value}).returncode != 0


def test_what_beat_asks_for_often_does_not_pile_up():
    for name, entry in settings.CELERY_BEAT_SCHEDULE.items():
        if isinstance(entry["schedule"], float):
            # The name by which django-celery-beat knows it.
            assert entry["options"]["expire_seconds"] >= entry["schedule"], name
