import base64
import io
import xml.etree.ElementTree as ET

import pytest
from PIL import Image

from members.mailings.sending import send_due
from projects.bypuls.models import SignUp
from projects.bypuls.signups.signup import Party, sign_up
from projects.bypuls.signups.ticket import (
    check_in_url,
    signup_for_code,
    ticket_code,
    ticket_file,
    ticket_svg,
)
from tests.members.mailings.smtp_sink import start_sink
from tests.projects.bypuls.factories import NOW, EventFactory, SignUpFactory

pytestmark = pytest.mark.django_db

NUMBERS = [1, 31, 32, 1023, 123_456_789]


@pytest.mark.parametrize("pk", NUMBERS)
def test_a_code_finds_its_own_signup(pk: int):
    signup = SignUpFactory.create(pk=pk)

    assert signup_for_code(ticket_code(signup)) == signup


def test_a_code_may_be_typed_carelessly(django_assert_num_queries):
    signup = SignUpFactory.create()
    code = ticket_code(signup)
    typed = [code.lower(), f"  {code.replace('-', ' ')} ", code.replace("-", "")]
    typed += [code.replace("0", "O").replace("1", "l")]

    with django_assert_num_queries(len(typed)):
        assert [signup_for_code(text) for text in typed] == [signup] * len(typed)


def test_a_code_is_short_and_names_nobody():
    signup = SignUpFactory.create(pk=30_000, name="Kari", email="kari@example.no")

    code = ticket_code(signup)

    assert len(code) <= 14
    assert code == ticket_code(SignUp.objects.get(pk=signup.pk))


@pytest.mark.parametrize(
    "text", ["", "-", "7", "K2QX9FMB", "æøå-1234-5678", "A" * 200_000, "1-0000-0000", "²-²²²²-²²²²"]
)
def test_other_texts_find_nothing(text: str):
    SignUpFactory.create(pk=1)

    assert signup_for_code(text) is None


def test_a_code_of_one_is_no_code_of_another():
    mine, other = SignUpFactory.create(pk=70), SignUpFactory.create(pk=71)
    number = ticket_code(other).partition("-")[0]

    assert signup_for_code(number + ticket_code(mine).partition("-")[2]) is None


def test_codes_outlive_a_new_secret(settings):
    signup = SignUpFactory.create()
    code = ticket_code(signup)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new one"

    assert signup_for_code(code) == signup
    settings.SECRET_KEY_FALLBACKS = []
    assert signup_for_code(code) is None


def test_the_ticket_leads_to_the_check_in_page_of_its_event():
    signup = SignUpFactory.create(event__slug="frokost")

    address = check_in_url(signup)

    code = ticket_code(signup)
    assert address == f"http://testserver/arrangementer/frokost/innsjekk/?kode={code}"


def test_the_ticket_is_a_picture_in_the_page_and_in_the_mail():
    signup = SignUpFactory.create()

    page, file = ET.fromstring(ticket_svg(signup)), ticket_file(signup)  # noqa: S314

    assert page.tag == "{http://www.w3.org/2000/svg}svg"
    assert page.get("aria-hidden") == "true"
    assert file["encoding"] == "base64"
    with Image.open(io.BytesIO(base64.b64decode(file["content"]))) as picture:
        assert picture.format == "PNG"
        assert picture.width == picture.height > 200


def test_the_ticket_comes_with_the_receipt_over_the_wire(settings):
    event = EventFactory.create()
    sign_up(event.pk, Party(name="Kari", email="kari@example.no"), at=NOW)
    sink, controller = start_sink()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
    try:
        send_due(clock=lambda: NOW)
    finally:
        controller.stop()

    (received,) = sink.received
    calendar, ticket = received.message.iter_attachments()
    assert calendar.get_content_type() == "text/calendar"
    with Image.open(io.BytesIO(ticket.get_content())) as picture:
        assert picture.format == "PNG"
    body = received.message.get_body(("plain",))
    assert body is not None
    assert ticket_code(SignUp.objects.get()) in body.get_content()
