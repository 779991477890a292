import pytest
from django.test import Client
from django.urls import reverse

from members.accounts.models import User

pytestmark = pytest.mark.django_db


def test_name_and_phone_are_changed_and_nothing_else(client: Client, resident: User):
    client.force_login(resident, backend="allauth.account.auth_backends.AuthenticationBackend")

    response = client.post(
        reverse("accounts:account_edit"),
        {
            "first_name": "Ragnhild",
            "last_name": "Ny",
            "phone": "912 34 567",
            "email": "annen@example.no",
            "is_staff": "on",
        },
    )

    assert response.headers["Location"] == reverse("companies:my_page")
    stored = User.objects.get(pk=resident.pk)
    assert (stored.first_name, stored.phone) == ("Ragnhild", "912 34 567")
    assert (stored.email, stored.is_staff) == (resident.email, False)
