import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from members.accounts.models import User
from members.mailings.ledger import MailKind
from members.mailings.models import Delivery
from tests.members.accounts.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    user = UserFactory.create()
    user.set_password("riktig hest batteri")
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def test_a_code_by_mail_is_the_way_in(client: Client, person: User):
    response = client.post(reverse("account_login"), {"login": person.email})

    assert response.status_code == 302
    assert Delivery.objects.get(kind=MailKind.SIGN_IN).recipient == person.email
    assert "_auth_user_id" not in client.session


def test_a_local_installation_takes_passwords_too(client: Client, person: User, settings: Settings):
    settings.ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
    page = reverse("account_login")
    assert 'name="password"' in client.get(page).content.decode()

    client.post(page, {"login": person.email, "password": "feil"})
    assert "_auth_user_id" not in client.session
    response = client.post(page, {"login": person.email, "password": "riktig hest batteri"})

    assert response.headers["Location"] == "/min-side/"
    assert client.session["_auth_user_id"] == str(person.pk)


@pytest.mark.parametrize(
    ("name", "kwargs", "words"),
    [
        ("account_signup", {}, "Du trenger ingen konto"),
        ("account_inactive", {}, "Kontoen er stengt"),
        ("account_request_login_code", {}, "Send meg kode"),
        (
            "account_reset_password_from_key",
            {"uidb36": "1", "key": "feil-nokkel"},
            "Lenken virker ikke lenger",
        ),
    ],
)
def test_pages_of_the_library_speak_plain_bokmal(client: Client, name, kwargs, words):
    page = client.get(reverse(name, kwargs=kwargs)).content.decode()

    assert words in page
    assert "vennligst" not in page.lower()


def test_the_code_page_does_not_tell_whether_there_is_an_account(client: Client, person: User):
    pages = []
    for address in (person.email, "ingen@example.no"):
        response = client.post(reverse("account_login"), {"login": address}, follow=True)
        pages.append(response.content.decode().partition("<main")[2])

    assert all("hører til en konto, har vi sendt en kode dit." in page for page in pages)
