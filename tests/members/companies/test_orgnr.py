import itertools

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection

from members.companies.models import Company
from members.companies.orgnr import clean_orgnr, is_valid_orgnr, validate_orgnr
from tests.members.companies.factories import CompanyFactory


def check_digit_by_brute_force(first_eight: str) -> int | None:
    """The digit that makes the weighted sum a multiple of 11, with weight 1 for the digit itself."""
    weights = [3, 2, 7, 6, 5, 4, 3, 2]
    total = sum(int(digit) * weight for digit, weight in zip(first_eight, weights, strict=True))
    return next((digit for digit in range(10) if (total + digit) % 11 == 0), None)


@pytest.mark.parametrize("orgnr", ["942402465", "943753709", "911770709", "310000019"])
def test_numbers_that_are_issued_or_documented_are_valid(orgnr: str):
    assert is_valid_orgnr(orgnr)


def test_the_check_digit_agrees_with_brute_force():
    for number in range(10_000_000, 100_000_000, 7_919):
        first_eight = str(number)
        right = check_digit_by_brute_force(first_eight)
        found = [digit for digit in range(10) if is_valid_orgnr(f"{first_eight}{digit}")]
        assert found == ([] if right is None else [right])


@pytest.mark.parametrize(
    "text", ["", "94240246", "9424024650", "94240246a", "٩٤٢٤٠٢٤٦٥", "942402466"]
)
def test_other_texts_are_refused(text: str):
    with pytest.raises(ValidationError):
        validate_orgnr(text)


@pytest.mark.parametrize(
    "text", ["942 402 465", "NO 942402465 MVA", " 942.402.465 ", "942\u00a0402\u00a0465"]
)
def test_people_write_the_number_in_many_ways(text: str):
    assert clean_orgnr(text) == "942402465"


@pytest.mark.django_db
def test_the_database_agrees_with_python():
    numbers = [
        f"{head}{digit}" for head, digit in itertools.product(range(31000000, 31000120), range(10))
    ]
    numbers += ["", "1", "94240246x", "9424024655", " 942402465"]
    with connection.cursor() as cursor:
        cursor.execute("select n, orgnr_is_valid(n) from unnest(%s::text[]) n", [numbers])
        answers = dict(cursor.fetchall())

    assert answers == {number: is_valid_orgnr(number) for number in numbers}


@pytest.mark.django_db
def test_the_database_refuses_a_wrong_number_and_so_does_the_form():
    company = CompanyFactory.create()
    with pytest.raises(ValidationError):
        Company(orgnr="942402466", name="Eksempel AS", slug="x").full_clean()
    with pytest.raises(IntegrityError):
        Company.objects.filter(pk=company.pk).update(orgnr="942402466")
