"""
The English catalogue: extraction from code and templates, completeness, and compiling.

All in Python, because GNU gettext is not on every machine. Texts in the code are Bokmål; `locale/en`
holds the English ones, sorted by text and without line numbers so that two branches merge calmly.
"""

import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS
from babel.messages.extract import extract as babel_extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

BASE_DIR = Path(__file__).resolve().parent.parent
LOCALE_DIR = BASE_DIR / "locale"
ENGLISH = LOCALE_DIR / "en" / "LC_MESSAGES" / "django.po"
CODE = ("members", "projects", "vekst")
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# Dates and a generator's name would make every two branches conflict.
HEADER = """\
msgid ""
msgstr ""
"Language: en\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""
BRACE = re.compile(r"(?<!\{)\{([a-z_][a-z0-9_]*)[^{}]*\}", re.IGNORECASE)
PERCENT = re.compile(r"%\(([^)]*)\)|%(?=[sd])")


def extract() -> Catalog:
    """Return every text that the code and the templates ask for, with its places."""
    catalog = Catalog(charset="utf-8")
    for folder in CODE:
        for path in sorted((BASE_DIR / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                _add_all(catalog, path, path.read_text(encoding="utf-8"))
    for path in _templates():
        source = templatize(path.read_text(encoding="utf-8"), origin=str(path))
        # Blanked-out page text is only names to the tokenizer; brackets make its indentation harmless.
        _add_all(catalog, path, "(" + re.sub(r"[^\S\n]", " ", source) + "\n)")
    return catalog


def update_po(po: Path = ENGLISH) -> list[str]:
    """Rewrite the catalogue with what is used now, keep its translations, and return what is missing."""
    used, known = extract(), _read(po)
    fresh = Catalog(locale="en", charset="utf-8")
    for message in _messages(used):
        before = known.get(message.id, message.context)
        string = before.string if before is not None and not before.fuzzy else ""
        if not string:
            string = ("", "") if message.pluralizable else ""
        fresh.add(message.id, string, flags=message.flags, context=message.context)
    output = BytesIO()
    write_po(output, fresh, omit_header=True, no_location=True, sort_output=True, width=78)
    po.parent.mkdir(parents=True, exist_ok=True)
    po.write_text(HEADER + output.getvalue().decode(), encoding="utf-8")
    return missing(po)


def missing(po: Path = ENGLISH) -> list[str]:
    """Return one line for each text in use that lacks a translation, or whose placeholders differ."""
    catalog = _read(po)
    problems = []
    for message in _messages(extract()):
        place = f"{message.locations[0][0]}:{message.locations[0][1]}" if message.locations else "?"
        text = message.id if isinstance(message.id, str) else message.id[0]
        problem = _problem(message, catalog.get(message.id, message.context))
        if problem:
            problems.append(f"{place}: {problem}: {text!r}")
    return problems


def compile_mo(po: Path = ENGLISH) -> Path:
    """Write the compiled catalogue beside the text, unless it is newer already."""
    mo = po.with_suffix(".mo")
    if mo.exists() and mo.stat().st_mtime > po.stat().st_mtime:
        return mo
    output = BytesIO()
    write_mo(output, _read(po))
    # Replaced whole: a running portal must never read half a catalogue.
    partial = mo.with_suffix(".part")
    partial.write_bytes(output.getvalue())
    partial.replace(mo)
    return mo


def compile_all() -> int:
    """Compile every catalogue of ours and return how many there are."""
    files = sorted(LOCALE_DIR.glob("*/LC_MESSAGES/*.po"))
    for po in files:
        compile_mo(po)
    return len(files)


def _templates() -> list[Path]:
    roots = [BASE_DIR / "templates", *(BASE_DIR / folder for folder in CODE)]
    found = {path for root in roots for path in root.rglob("*") if path.suffix in {".html", ".txt"}}
    return sorted(path for path in found if "templates" in path.relative_to(BASE_DIR).parts)


def _add_all(catalog: Catalog, path: Path, source: str) -> None:
    place = str(path.relative_to(BASE_DIR))
    for line, text, _comments, context in babel_extract(
        "python", BytesIO(source.encode()), KEYWORDS
    ):
        catalog.add(text, None, [(place, line)], context=context)


def _messages(catalog: Catalog) -> Iterator[Message]:
    return (message for message in catalog if message.id)


def _read(po: Path) -> Catalog:
    if not po.exists():
        return Catalog(locale="en", charset="utf-8")
    with po.open("rb") as file:
        return read_po(file, charset="utf-8")


def _problem(used: Message, translated: Message | None) -> str:
    if translated is None:
        return "not in the catalogue"
    ours = [used.id] if isinstance(used.id, str) else list(used.id)
    string = translated.string or ""
    theirs = [string] if isinstance(string, str) else list(string)
    if translated.fuzzy or len(ours) != len(theirs) or not all(theirs):
        return "not translated"
    # "One place" may leave out the number that "%(count)s places" shows.
    *singular, last = [_placeholders(text) for text in theirs]
    wanted = _placeholders(ours[-1])
    if last != wanted or any(not found <= wanted for found in singular):
        return "other placeholders than in the text"
    return ""


def _placeholders(text: str) -> set[str]:
    return {found.group() for found in PERCENT.finditer(text)} | set(BRACE.findall(text))


def main(arguments: list[str]) -> int:
    """Update the catalogue (`update`), or compile it (`compile`), or say what is missing (`check`)."""
    command = arguments[0] if arguments else "check"
    if command == "compile":
        sys.stdout.write(f"{compile_all()} catalogues compiled\n")
        return 0
    problems = update_po() if command == "update" else missing()
    if command == "update":
        compile_all()
    for problem in problems:
        sys.stdout.write(f"{problem}\n")
    sys.stdout.write(f"{len(problems)} texts without English\n")
    return 1 if problems and command == "check" else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
