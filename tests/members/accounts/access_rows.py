from tests.access_table import OK, TO_LOGIN, Row

ROWS: list[Row] = [
    Row(
        "accounts:account_edit",
        anonymous=TO_LOGIN,
        resident=OK,
        company_contact=OK,
        editor=OK,
        programme_office=OK,
        superuser=OK,
    ),
]
