import re
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from vekst.home.context import shell

TEMPLATES = Path(settings.BASE_DIR) / "templates"


def render(name, path="/bolig/", **context):
    request = RequestFactory().get(path)
    return render_to_string(name, {**shell(request), **context}, request=request)


def render_text(source, **context):
    return engines["django"].from_string(source).render(context)


@pytest.fixture
def page():
    return render("404.html")


def test_every_page_has_one_title_one_h1_one_main_and_a_way_past_the_header(page):
    for part in ("<title>", "<h1", "<main", '<html lang="nb"', 'href="#main"'):
        assert page.count(part) == 1, part
    assert "Vi fant ikke siden" in page


def test_the_frame_holds_nothing_about_the_visitor(page):
    assert "csrfmiddlewaretoken" not in page
    assert "nonce" not in page


def test_the_frame_has_no_inline_script_or_style(page):
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/)", page)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", page)


def test_every_page_names_itself_and_its_translation(page):
    assert '<link rel="canonical" href="http://testserver/bolig/">' in page
    assert 'hreflang="nb" href="http://testserver/bolig/"' in page
    assert 'hreflang="en" href="http://testserver/' in page


def test_the_section_of_the_page_is_marked():
    assert 'href="/jobb/" aria-current="page"' in render("404.html", path="/jobb/")
    assert 'href="/jobb/" aria-current="true"' in render("404.html", path="/jobb/en-stilling/")


def test_the_frame_is_in_the_language_of_each_page():
    norwegian = render("404.html")
    with translation.override("en"):
        english = render("404.html")

    assert "Tilgjengelighetserklæring" in norwegian
    assert "Tilgjengelighetserklæring" not in english
    assert "Tilgjengelighetserklæring" in render("404.html")


def test_the_footer_names_the_licences_and_the_accessibility_statement(page):
    for text in ("CC BY 4.0", "NLOD", "© Kartverket", "Tilgjengelighetserklæring", "/min-side/"):
        assert text in page


@pytest.mark.parametrize("code", ["403", "403_csrf", "404", "429"])
def test_error_pages_stand_in_the_frame(code):
    page = render(f"{code}.html")

    assert page.count("<h1") == 1
    assert 'role="search"' in page


def test_the_page_for_a_fault_needs_no_context():
    assert "Noe gikk galt" in render_to_string("500.html")


def test_every_icon_that_a_template_names_exists():
    icons = Path(settings.BASE_DIR) / "node_modules" / "@navikt" / "aksel-icons" / "dist" / "svg"
    if not icons.exists():
        pytest.fail("run `npm ci` first: the icons come from npm")
    used = {
        name
        for path in TEMPLATES.rglob("*.html")
        for name in re.findall(r'{%\s*icon "(\w+)"', path.read_text(encoding="utf-8"))
    }
    assert {name for name in used if not (icons / f"{name}.svg").exists()} == set()


def test_every_style_script_and_picture_that_a_template_names_exists():
    if not finders.find("build/theme.css"):
        pytest.fail("run `npm run build` first: it fills static/build/")
    used = {
        name
        for path in TEMPLATES.rglob("*.html")
        for name in re.findall(r'{%\s*static "([^"]+)"', path.read_text(encoding="utf-8"))
    }
    assert {name for name in used if not finders.find(name)} == set()


def test_an_icon_is_decoration_unless_it_has_a_title():
    assert 'aria-hidden="true"' in render_text('{% icon "House" %}')
    named = render_text('{% icon "House" "Bolig" %}')
    assert 'aria-label="Bolig"' in named
    assert 'role="img"' in named


def test_sign_in_stands_in_the_frame(client, db):
    page = client.get("/konto/login/").content.decode()

    assert page.count("<h1") == 1
    assert "Send meg kode" in page
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", page)


def test_second_factors_are_offered_in_words(client, resident):
    client.force_login(resident, backend=settings.AUTHENTICATION_BACKENDS[0])

    page = client.get("/konto/2fa/").content.decode()

    assert "Koble til en app" in page
    assert "Legg til en passnøkkel" in page


class ExampleForm(forms.Form):
    name = forms.CharField(label="Navn", help_text="Slik det skal stå.")
    phone = forms.CharField(label="Telefon", required=False)
    kind = forms.ChoiceField(
        label="Type", choices=[("a", "Leie"), ("b", "Kjøp")], widget=forms.RadioSelect
    )
    consent = forms.BooleanField(label="Jeg godtar")

    def clean(self):
        raise forms.ValidationError("Dette går ikke.")


def test_a_field_says_in_words_whether_it_must_be_filled_in():
    html = str(ExampleForm())

    assert re.search(r'for="id_name">Navn <span class="requirement">Må fylles ut', html)
    assert re.search(r'for="id_phone">Telefon <span class="requirement">Valgfri', html)


def test_a_box_to_tick_is_called_required_but_not_optional():
    class TickForm(forms.Form):
        must = forms.BooleanField(label="Jeg godtar")
        may = forms.BooleanField(label="Husk meg", required=False)

    html = str(TickForm())

    assert html.count("Må fylles ut") == 1
    assert "Valgfri" not in html


def test_an_error_is_beside_its_field_and_tied_to_it():
    html = str(ExampleForm({"name": ""}))

    assert 'aria-invalid="true" aria-describedby="id_name_helptext id_name_error"' in html
    assert '<p class="ds-validation-message" data-field="validation" id="id_name_error">' in html


def test_an_empty_field_is_told_in_plain_words():
    assert ">Fyll ut dette feltet.</p>" in str(ExampleForm({"name": ""}))


def test_choices_stand_in_a_group_with_a_legend():
    html = str(ExampleForm({"name": "Kari", "kind": "b"}))

    assert html.count("<fieldset") == 1
    assert re.search(r'type="radio" name="kind" value="b" id="id_kind_1" checked', html)
    assert not re.search(r'value="a" id="id_kind_0" checked', html)


def test_the_summary_links_to_each_error_and_names_those_of_the_whole_form():
    html = render("_form.html", form=ExampleForm({"name": ""}), submit="Send")

    assert '<a class="ds-link" href="#id_name">Navn:' in html
    assert 'href="#id_kind_0"' in html
    assert html.count("Dette går ikke.") == 1
    assert "csrfmiddlewaretoken" in html


@pytest.mark.parametrize(("chosen", "is_open"), [(0, False), (9, True)])
def test_a_long_list_of_values_is_folded_unless_a_hidden_one_is_chosen(chosen, is_open):
    options = [
        {"value": f"{n}", "label": f"Område {n}", "count": n, "checked": n == chosen}
        for n in range(10)
    ]
    html = render(
        "_filter_panel.html",
        action="/bolig/",
        target="home-list",
        groups=[{"name": "omrade", "label": "Område", "options": options}],
        inputs=[],
        keep=[],
        active=[],
        reset_url="/bolig/",
    )

    assert html.count('type="checkbox"') == 10
    assert "4 til" in html
    assert ('id="home-list-omrade-more" open' in html) == is_open


def test_filters_are_a_form_that_works_without_script():
    option = {"value": "leie", "label": "Til leie", "count": 1200, "checked": True}
    html = render(
        "_filter_panel.html",
        action="/bolig/",
        target="home-list",
        groups=[{"name": "type", "label": "Type", "options": [option]}],
        inputs=[{"name": "pris", "label": "Pris til", "type": "number", "value": ""}],
        keep=[("sorter", "pris")],
        active=[{"label": "Til leie", "url": "/bolig/?sorter=pris"}],
        reset_url="/bolig/",
    )

    assert 'method="get" action="/bolig/"' in html
    assert 'name="type" value="leie" id="home-list-type-leie" checked' in html
    assert "1\u00a0200" in html
    assert 'aria-label="Fjern filteret Til leie"' in html
    assert 'type="submit"' in html
