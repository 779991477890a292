import pytest
from django.test import Client

from members.accounts.models import User


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    """The files of one test, and of nobody else."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def desk(editor: User) -> Client:
    client = Client()
    client.force_login(editor, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client
