from types import SimpleNamespace

import pytest
from django.utils import translation

from vekst.languages import foreign_language

BOTH = SimpleNamespace(title="Bål", title_nb="Bål", title_en="Bonfire")
UNTRANSLATED = SimpleNamespace(title="Bål", title_nb="Bål", title_en="")
WITHOUT_COLUMNS = SimpleNamespace(title="Bål")
IN_ENGLISH = SimpleNamespace(title="Bonfire", title_nb="Bonfire", title_en=None, bokmal_is_in="en")
IN_BOKMAL = SimpleNamespace(title="Bål", title_nb="Bål", title_en=None, bokmal_is_in="")


@pytest.mark.parametrize(
    ("thing", "on_bokmal", "on_english"),
    [
        (BOTH, "", ""),
        (UNTRANSLATED, "", "nb"),
        (WITHOUT_COLUMNS, "", "nb"),
        (IN_ENGLISH, "en", ""),
        (IN_BOKMAL, "", "nb"),
    ],
)
def test_a_text_in_another_language_than_the_page_is_known(thing, on_bokmal, on_english):
    assert foreign_language(thing, "title") == on_bokmal
    with translation.override("en"):
        assert foreign_language(thing, "title") == on_english
