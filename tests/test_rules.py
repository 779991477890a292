"""The rules of the house, checked: who may import whom, sizes, names, docstrings, tasks, constraints."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from vekst.celery import app as celery_app

ROOT = Path(settings.BASE_DIR)
PACKAGES = ("vekst", "projects", "members")
FIVE = ("innsikt", "digital_stemme", "bypuls", "ung", "kompetanse")
# Modules that import nothing of ours and may be imported from everywhere.
FOUNDATION = {
    "vekst.background",
    "vekst.client",
    "vekst.formats",
    "vekst.history_admin",
    "vekst.http",
    "vekst.languages",
    "vekst.links",
    "vekst.moderation",
    "vekst.paging",
    "vekst.readonly_admin",
    "vekst.red_days",
    "vekst.richtext",
    "vekst.settings.mail",
    "vekst.sources",
    "vekst.structured_data",
    "vekst.uploads",
}
# app -> those of ours that it may import, besides itself and the foundation.
MAY_IMPORT: dict[str, set[str]] = {
    "members.accounts": set(),
    "members.mailings": {"members.accounts"},
    "members.companies": {"members.accounts", "members.mailings"},
    "members.posts": {"members.accounts", "members.mailings", "members.companies"},
    "projects.portfolio": {"members"},
    **{f"projects.{name}": {"members", "projects.portfolio"} for name in FIVE},
    "vekst": {"members", "projects", "vekst"},
}
FORBIDDEN_NAMES = {
    "utils",
    "helpers",
    "services",
    "signals",
    "mixins",
    "managers",
    "common",
    "core",
}
MODULE_LINES, FUNCTION_LINES, TEMPLATE_LINES = 500, 60, 200


def modules() -> list[Path]:
    return [
        path
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def dotted(path: Path) -> str:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return name.removesuffix(".__init__")


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in names if name.split(".")[0] in PACKAGES}


def within(name: str, packages: set[str]) -> bool:
    return any(name == package or name.startswith(package + ".") for package in packages)


@pytest.mark.parametrize("path", modules(), ids=dotted)
def test_imports_go_one_way(path: Path):
    name = dotted(path)
    if name in FOUNDATION:
        allowed: set[str] = set()
    else:
        owner = next((app for app in MAY_IMPORT if within(name, {app})), None)
        if owner is None:
            assert path.name == "__init__.py"
            return
        allowed = MAY_IMPORT[owner] | {owner} | FOUNDATION

    wrong = {found for found in imported(path) if not within(found, allowed)}

    assert not wrong, f"{name} may not import {sorted(wrong)}"


@pytest.mark.parametrize("path", modules(), ids=dotted)
def test_names_say_what_a_module_holds(path: Path):
    assert path.stem not in FORBIDDEN_NAMES


@pytest.mark.parametrize("path", modules(), ids=dotted)
def test_modules_and_functions_stay_short(path: Path):
    source = path.read_text()
    assert len(source.splitlines()) <= MODULE_LINES
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= FUNCTION_LINES, f"{node.name} has {length} lines"


@pytest.mark.parametrize("path", modules(), ids=dotted)
def test_no_signals_for_our_own_models(path: Path):
    for name in ("django.db.models.signals", "django.dispatch"):
        assert name not in path.read_text()


def test_templates_stay_short_and_hold_no_inline_script_or_style():
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text()
        name = path.relative_to(ROOT)
        assert len(text.splitlines()) <= TEMPLATE_LINES, name
        if "mail" in path.parts:
            continue
        assert not re.search(r"\son\w+\s*=\s*[\"']", text), f"{name}: inline handler"
        assert not re.search(r"\sstyle\s*=", text), f"{name}: inline style"
        assert "<style" not in text, f"{name}: inline style"
        for tag in re.findall(r"<script\b[^>]*>", text):
            assert "src=" in tag or "application/" in tag, f"{name}: inline script"


def test_comments_in_templates_end_on_their_line():
    # One that goes on over the next line is no comment: readers see it.
    for path in (ROOT / "templates").rglob("*.*"):
        for line in path.read_text().splitlines():
            assert line.count("{#") == line.count("#}"), f"{path.relative_to(ROOT)}: {line[:80]}"


def our_models():
    return [
        model
        for model in apps.get_models()
        if model.__module__.split(".")[0] in PACKAGES
        and not model.__name__.startswith("Historical")
    ]


def test_every_model_says_what_one_row_is():
    for model in our_models():
        doc = model.__doc__ or ""
        assert not doc.startswith(f"{model.__name__}("), f"{model._meta.label} has no docstring"


def test_no_model_orders_by_itself():
    for model in our_models():
        assert not model._meta.ordering, model._meta.label


def test_every_task_has_a_queue_of_a_worker():
    celery_app.loader.import_default_modules()
    ours = [name for name in celery_app.tasks if name.split(".")[0] in PACKAGES]
    for name in ours:
        route = celery_app.amqp.router.route({}, name)
        assert route["queue"].name in {"default", "mail"}, name


def test_every_beat_entry_names_a_task():
    celery_app.loader.import_default_modules()
    for key, entry in settings.CELERY_BEAT_SCHEDULE.items():
        assert entry["task"] in celery_app.tasks, key


def called_at_once(node: ast.AST) -> list[ast.Call]:
    """Return the calls within an expression that run when it is read: not those inside a lambda."""
    if isinstance(node, ast.Lambda):
        return []
    deeper = [call for child in ast.iter_child_nodes(node) for call in called_at_once(child)]
    return [node, *deeper] if isinstance(node, ast.Call) else deeper


def test_parametrized_tests_have_the_same_names_in_every_process():
    # Workers that collect a test under different names refuse to run any: a signed link holds its second.
    changing = {"make_token", "now", "today", "token_urlsafe", "uuid4"}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for mark in ast.walk(ast.parse(path.read_text())):
            if isinstance(mark, ast.Call) and ast.unparse(mark.func).endswith("parametrize"):
                for call in called_at_once(ast.Tuple(mark.args)):
                    name = ast.unparse(call.func).rpartition(".")[2]
                    assert name not in changing, f"{path.name}:{call.lineno}"
