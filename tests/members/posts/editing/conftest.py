import pytest
from django.test import Client

from members.accounts.models import Role, User
from tests.members.accounts.factories import UserFactory
from tests.members.posts.editing.desk import signed_in


@pytest.fixture
def anna(editor: User) -> Client:
    return signed_in(editor)


@pytest.fixture
def bo() -> Client:
    return signed_in(UserFactory.create(role=Role.EDITOR, first_name="Bo", last_name="Berg"))
