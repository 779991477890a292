import re
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo

from vekst import translations

HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'


@pytest.fixture
def source(tmp_path, monkeypatch):
    """A small project of its own; returns a function that writes one of its files."""
    monkeypatch.setattr(translations, "BASE_DIR", tmp_path)

    def write(name: str, text: str) -> Path:
        path: Path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_every_text_has_english():
    assert translations.missing() == []


def test_english_spells_its_words_one_way():
    english = translations.ENGLISH.read_text(encoding="utf-8")

    assert re.findall(r"(?<!%\()\bemails?\b", english, re.IGNORECASE) == []


def test_texts_are_found_in_code_and_templates(source):
    source(
        "vekst/a.py", '_("Søk")\nngettext_lazy("%(n)s sted", "%(n)s steder", 2)\ngettext(name)\n'
    )
    source("vekst/migrations/b.py", 'gettext("Gammelt")\n')
    source(
        "templates/c.html",
        '<p>Ærlig\u00a0talt (\n  {% translate "Bolig" %}</p>\n'
        "    {% blocktranslate trimmed count n=n %}\n {{ n }} bolig {% plural %}\n"
        "  {{ n }} boliger{% endblocktranslate %}\n",
    )

    found = {message.id for message in translations.extract() if message.id}

    assert found == {
        "Søk",
        ("%(n)s sted", "%(n)s steder"),
        "Bolig",
        ("%(n)s bolig", "%(n)s boliger"),
    }


def test_update_keeps_translations_and_drops_what_nobody_uses(source):
    source("vekst/a.py", 'gettext("Bolig")\ngettext("Jobb")\n')
    po = source(
        "django.po", HEAD + 'msgid "Bolig"\nmsgstr "Home"\n\nmsgid "Borte"\nmsgstr "Gone"\n'
    )

    problems = translations.update_po(po)

    text = po.read_text(encoding="utf-8")
    assert 'msgid "Bolig"\nmsgstr "Home"' in text
    assert "Borte" not in text
    assert problems == ["vekst/a.py:2: not translated: 'Jobb'"]


@pytest.mark.parametrize(
    ("english", "problem"),
    [
        ('msgstr ""', "not translated"),
        ('msgstr "{count} places in {town}"', "other placeholders than in the text"),
        ('#, fuzzy\nmsgid "{count} steder"\nmsgstr "{count} places"', "not translated"),
    ],
    ids=["empty", "placeholder", "fuzzy"],
)
def test_a_bad_translation_is_named(source, english, problem):
    source("vekst/a.py", 'gettext("{count} steder")\n')
    entry = english if english.startswith("#") else f'msgid "{{count}} steder"\n{english}'
    po = source("django.po", f"{HEAD}{entry}\n")

    assert translations.missing(po) == [f"vekst/a.py:1: {problem}: '{{count}} steder'"]


def test_compiled_catalogue_holds_the_translations(source):
    po = source("django.po", HEAD + 'msgid "Bolig"\nmsgstr "Home"\n')

    with translations.compile_mo(po).open("rb") as file:
        catalog = read_mo(file)

    assert catalog["Bolig"].string == "Home"
