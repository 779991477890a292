"""Every address as anonymous, resident, company contact, editor, programme office and superuser."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from members.accounts.models import Role, User
from tests.access_table import OK, Row, all_rows
from tests.members.accounts.factories import UserFactory

ROLES = ["anonymous", "resident", "company_contact", "editor", "programme_office", "superuser"]
# Addresses of libraries: the admin is tried by its own test, allauth's pages by theirs.
NOT_OURS = {"admin", "djdt"}
NOT_OUR_NAMES = ("account_", "mfa_", "socialaccount_")


def our_names(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = ":".join(filter(None, [namespace, pattern.namespace]))
            if inner.split(":")[0] not in NOT_OURS:
                yield from our_names(pattern, inner)
        elif pattern.name:
            name = f"{namespace}:{pattern.name}" if namespace else pattern.name
            if not name.startswith(NOT_OUR_NAMES):
                yield name


def test_every_address_has_a_row():
    rows = {row.name for row in all_rows()}

    assert set(our_names(get_resolver())) == rows


def person(role: str) -> User | None:
    """A person with that role; the company contact gets the company in the rows of `companies`."""
    if role == "anonymous":
        return None
    if role == "superuser":
        return UserFactory.create(is_staff=True, is_superuser=True)
    if role == "editor":
        return UserFactory.create(role=Role.EDITOR)
    if role == "programme_office":
        return UserFactory.create(role=Role.PROGRAMME_OFFICE)
    if role == "company_contact":
        from tests.members.companies.factories import CompanyContactFactory

        return CompanyContactFactory.create().user
    return UserFactory.create()


def answer(row: Row, address: str, role: str) -> int:
    """The status that the role gets. What the request wrote is undone, so that all meet the same rows."""
    with transaction.atomic():
        client, user = Client(), person(role)
        if user is not None:
            client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        response = client.generic(row.method, address)
        if response.streaming:
            # Read to the end, which closes the file.
            b"".join(response)
        transaction.set_rollback(True)
    return response.status_code


@pytest.mark.django_db
@pytest.mark.parametrize("row", all_rows(), ids=[row.label for row in all_rows()])
def test_each_role_gets_its_answer(row: Row):
    kwargs = row.kwargs() if callable(row.kwargs) else row.kwargs
    address = reverse(row.name, kwargs=kwargs) + row.query

    given = {role: answer(row, address, role) for role in ROLES}

    assert given == {role: row.expected(role) for role in ROLES}


PUBLIC = [row for row in all_rows() if row.method == "GET" and row.anonymous == OK]


@pytest.mark.django_db
@pytest.mark.parametrize("row", PUBLIC, ids=[row.label for row in PUBLIC])
def test_a_public_address_answers_head_like_get(row: Row):
    kwargs = row.kwargs() if callable(row.kwargs) else row.kwargs
    address = reverse(row.name, kwargs=kwargs) + row.query

    response = Client().head(address)

    assert (response.status_code, response.content) == (OK, b"")
    assert response.headers["Content-Type"] == Client().get(address).headers["Content-Type"]
