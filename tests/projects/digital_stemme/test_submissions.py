import datetime
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone, translation
from PIL import Image

from members.mailings.models import Delivery
from projects.digital_stemme import plain_writing, sender_mail
from projects.digital_stemme.models import Home, Vacancy
from tests.projects.digital_stemme.factories import HomeFactory, VacancyFactory
from vekst.links import make_token
from vekst.moderation import ModerationState

HOME = {
    "kind": "leie",
    "title": "Toroms på Vestsiden",
    "description": "Nær alt.\n\nMed balkong.",
    "dwelling": "leilighet",
    "neighbourhood": "vestsiden",
    "rent_nok": "11500",
    "deposit_nok": "34500",
    "ownership": "uoppgitt",
    "furnished": "nei",
    "pets": "avtale",
    "step_free": "uoppgitt",
    "energy_grade": "uoppgitt",
    "offered_by": "privat",
    "contact_name": "Kari Utleier",
    "contact_email": "kari@example.no",
    "show_email": "on",
}
VACANCY = {
    "title": "Kokk",
    "employer_name": "Eksempel Mat AS",
    "description": "Du lager mat.\n\n- Lunsj\n- Middag",
    "occupation": "reiseliv-og-mat",
    "extent": "heltid",
    "engagement": "fast",
    "sector": "privat",
    "work_language": "begge",
    "remote": "nei",
    "place": "kongsberg",
    "apply_url": "https://www.example.no/sok",
    "contact_name": "Lars Leder",
    "contact_email": "lars@example.no",
}


def picture(content: bytes | None = None) -> SimpleUploadedFile:
    if content is None:
        out = io.BytesIO()
        Image.new("RGB", (600, 400), "teal").save(out, "PNG")
        content = out.getvalue()
    return SimpleUploadedFile("hus.png", content, "image/png")


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.django_db
def test_anyone_can_send_in_a_home(client):
    response = client.post(
        reverse("digital_stemme:home_new"),
        HOME | {"picture": picture(), "picture_alt": "Et turkist hus"},
    )

    assert response.headers["Location"] == reverse("digital_stemme:home_received")
    home = Home.objects.get()
    assert (home.state, home.title, home.rent_nok) == (
        ModerationState.SUBMITTED,
        "Toroms på Vestsiden",
        11500,
    )
    assert (home.picture_width, home.picture_height) == (600, 400)
    assert "hus" not in home.picture.name.rpartition("/")[2]
    assert home.bedrooms is None, "what nobody stated is not zero"
    assert Delivery.objects.get().recipient == "kari@example.no"


@pytest.mark.django_db
def test_anyone_can_send_in_a_vacancy(client):
    client.post(reverse("digital_stemme:vacancy_new"), VACANCY)

    vacancy = Vacancy.objects.get()
    assert vacancy.description == "<p>Du lager mat.</p><ul><li>Lunsj</li><li>Middag</li></ul>"
    assert not vacancy.show_email


@pytest.mark.django_db
def test_an_english_text_alone_stands_on_the_norwegian_page_too(client):
    client.post("/en" + reverse("digital_stemme:home_new"), HOME | {"title": "Flat by the river"})

    home = Home.objects.get()
    assert (home.submitted_language, home.title_nb, home.title_en) == (
        "en",
        "Flat by the river",
        "Flat by the river",
    )
    with translation.override("nb"):
        assert home.other_language == "en"
    assert "/en/bolig/endre/" in Delivery.objects.get().body.text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"deposit_nok": "70000"}, "deposit_nok"),
        ({"rent_nok": ""}, "rent_nok"),
        ({"price_nok": "2000000"}, "price_nok"),
        ({"kind": "kjop"}, "rent_nok"),
        ({"kind": "kjop", "rent_nok": "", "deposit_nok": ""}, "price_nok"),
        ({"contact_email": "kari"}, "contact_email"),
        ({"show_email": ""}, "show_email"),
        ({"show_phone": "on"}, "contact_phone"),
        ({"expires_on": "2020-01-01"}, "expires_on"),
        ({"expires_on": "2099-01-01"}, "expires_on"),
        ({"title": ""}, "title"),
        ({"area_m2": "-4"}, "area_m2"),
        ({"external_url": "javascript:alert(1)"}, "external_url"),
    ],
)
def test_bad_input_is_named_at_its_field_and_nothing_typed_is_lost(client, change, field):
    response = client.post(reverse("digital_stemme:home_new"), HOME | change)

    assert response.status_code == 200
    assert field in response.context["form"].errors
    html = response.content.decode()
    assert f'id="id_{field}_error"' in html
    assert "Nær alt." in html
    assert 'value="Kari Utleier"' in html
    assert not Home.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("content", [b"MZ not a picture", b"<svg onload=alert(1)></svg>"])
def test_a_file_that_only_claims_to_be_a_picture_is_refused(client, content):
    response = client.post(
        reverse("digital_stemme:home_new"),
        HOME | {"picture": picture(content), "picture_alt": "Et hus"},
    )

    assert "picture" in response.context["form"].errors
    assert not Home.objects.exists()


@pytest.mark.django_db
def test_a_picture_needs_words_for_those_who_do_not_see_it(client):
    response = client.post(reverse("digital_stemme:home_new"), HOME | {"picture": picture()})

    assert "picture_alt" in response.context["form"].errors


@pytest.mark.django_db
def test_a_robot_believes_that_it_was_heard(client):
    response = client.post(reverse("digital_stemme:home_new"), HOME | {"homepage": "http://spam"})

    assert response.headers["Location"] == reverse("digital_stemme:home_received")
    assert not Home.objects.exists()


@pytest.mark.django_db
def test_a_double_click_is_one_home(client):
    page = client.get(reverse("digital_stemme:home_new"))
    key = page.context["form"].initial["submission_key"]

    for _ in range(2):
        client.post(reverse("digital_stemme:home_new"), HOME | {"submission_key": key})

    assert Home.objects.count() == 1


@pytest.mark.django_db
def test_the_eleventh_form_in_an_hour_is_refused(client, settings):
    settings.RATELIMIT_ENABLE = True
    # A cache of its own: a test beside this one may empty the common one between two clicks.
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

    for _ in range(10):
        assert client.post(reverse("digital_stemme:home_new"), {}).status_code == 200

    assert client.post(reverse("digital_stemme:home_new"), HOME).status_code == 429


@pytest.mark.django_db
def test_the_form_page_is_never_cached(client):
    response = client.get(reverse("digital_stemme:home_new"))

    assert "no-store" in response.headers["Cache-Control"]


# --- By mailed link ---------------------------------------------------------------------------------
@pytest.mark.django_db
def test_the_mailed_link_shows_and_changes_the_listing(client):
    home = HomeFactory.create()
    address = sender_mail.manage_url(home).removeprefix("http://testserver")

    page = client.get(address)
    assert page.context["form"].initial["title"] == home.title
    home.refresh_from_db()
    assert home.state == ModerationState.PUBLISHED, "reading changes nothing"

    client.post(address, HOME | {"title": "Ny overskrift", "expires_on": ""})

    home.refresh_from_db()
    assert (home.title, home.state, home.version) == (
        "Ny overskrift",
        ModerationState.SUBMITTED,
        2,
    )


@pytest.mark.django_db
def test_a_bad_change_leaves_the_listing_as_it_was(client):
    home = HomeFactory.create()
    address = sender_mail.manage_url(home).removeprefix("http://testserver")

    response = client.post(address, HOME | {"title": "Ny overskrift", "rent_nok": ""})

    assert "rent_nok" in response.context["form"].errors
    assert "Ny overskrift" in response.content.decode()
    assert Home.objects.get().state == ModerationState.PUBLISHED


@pytest.mark.django_db
def test_the_text_of_a_vacancy_survives_the_form(client):
    client.post(reverse("digital_stemme:vacancy_new"), VACANCY)
    vacancy = Vacancy.objects.get()
    address = sender_mail.manage_url(vacancy).removeprefix("http://testserver")

    form = client.get(address).context["form"]

    assert form.initial["description"] == VACANCY["description"]


@pytest.mark.django_db
def test_withdrawing_twice_is_harmless(client):
    vacancy = VacancyFactory.create()
    address = reverse(
        "digital_stemme:vacancy_withdraw", args=[make_token("vacancy-edit", vacancy.pk)]
    )

    assert client.get(address).status_code == 405
    assert client.post(address).status_code == 302
    response = client.post(address, follow=True)

    assert Vacancy.objects.get().state == ModerationState.WITHDRAWN
    assert "alt avsluttet" in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("purpose", ["vacancy-edit", "home", "home-withdraw"])
def test_a_token_for_another_purpose_opens_nothing(client, purpose):
    home = HomeFactory.create()
    VacancyFactory.create()
    token = make_token(purpose, home.pk)

    assert client.get(reverse("digital_stemme:home_edit", args=[token])).status_code == 404
    withdraw = reverse("digital_stemme:home_withdraw", args=[token])
    assert client.post(withdraw).status_code == 404
    assert Home.objects.get().state == ModerationState.PUBLISHED


@pytest.mark.parametrize(
    "text",
    ["Ett avsnitt", "To\nlinjer", "Først\n\n- en\n- to\n\nTil slutt", "5 < 6 & 7 > 2", "<b>x</b>"],
)
def test_plain_text_comes_back_as_typed(text):
    assert plain_writing.to_text(plain_writing.to_html(text)) == text


def test_html_that_was_typed_is_shown_and_not_run():
    assert "<script" not in plain_writing.to_html("<script>alert(1)</script>")


@pytest.mark.django_db
def test_a_due_date_decides_when_a_vacancy_ends(client):
    due = timezone.localdate() + datetime.timedelta(days=10)

    client.post(reverse("digital_stemme:vacancy_new"), VACANCY | {"due_on": due.isoformat()})

    ends = timezone.localtime(Vacancy.objects.get().expires_at)
    assert (ends.date(), ends.hour) == (due + datetime.timedelta(days=1), 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("area_m2", "0", "fra 1 til 2 000 m²"),
        ("area_m2", "-4", "fra 1 til 2 000 m²"),
        ("area_m2", "20000", "fra 1 til 2 000 m²"),
        ("available_from", "9999-12-31", "de neste tre årene"),
        ("available_from", "0001-01-01", "de neste tre årene"),
    ],
)
def test_slips_of_the_finger_are_told_beside_the_field(client, name, value, message):
    response = client.post(reverse("digital_stemme:home_new"), HOME | {name: value})

    assert message in response.context["form"].errors[name][0]
    assert not Home.objects.exists()
