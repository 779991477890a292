from members.companies.models import MinutesVisibility
from tests.access_table import NOT_FOUND, OK, TO_LOGIN, Row
from tests.members.companies.factories import CompanyFactory, ForumFactory, MinutesFactory


def company() -> dict[str, object]:
    return {"slug": CompanyFactory.create().slug}


def not_a_member() -> dict[str, object]:
    return {"slug": CompanyFactory.create(member=False).slug}


def forum() -> dict[str, object]:
    return {"slug": ForumFactory.create().slug}


def public_minutes() -> dict[str, object]:
    minutes = MinutesFactory.create(visibility=MinutesVisibility.PUBLIC)
    return {"slug": minutes.meeting.forum.slug, "pk": minutes.pk}


def closed_minutes() -> dict[str, object]:
    minutes = MinutesFactory.create()
    return {"slug": minutes.meeting.forum.slug, "pk": minutes.pk}


def closed_minutes_key() -> dict[str, object]:
    return {"pk": MinutesFactory.create().pk}


def signed_in(name: str) -> Row:
    return Row(
        name,
        anonymous=TO_LOGIN,
        resident=OK,
        company_contact=OK,
        editor=OK,
        programme_office=OK,
        superuser=OK,
    )


ROWS: list[Row] = [
    Row("companies:company_list"),
    Row("companies:company_list", query="?q=eksempel&bransje=industri&etter=x"),
    Row("companies:company_detail", company),
    Row("companies:company_detail", not_a_member, anonymous=NOT_FOUND),
    Row("companies:forum_list"),
    Row("companies:forum_detail", forum),
    Row("companies:minutes_detail", public_minutes),
    # 302: on to the page of one's own, for those who may read closed minutes.
    Row(
        "companies:minutes_detail",
        closed_minutes,
        anonymous=NOT_FOUND,
        programme_office=302,
        superuser=302,
    ),
    Row(
        "companies:own_minutes",
        closed_minutes_key,
        anonymous=TO_LOGIN,
        resident=NOT_FOUND,
        company_contact=NOT_FOUND,
        editor=NOT_FOUND,
        programme_office=OK,
        superuser=OK,
    ),
    signed_in("companies:my_page"),
    # Another company's profile does not exist for anybody; one's own is tried in test_my_page.
    Row(
        "companies:company_edit",
        company,
        anonymous=TO_LOGIN,
        resident=NOT_FOUND,
        company_contact=NOT_FOUND,
        editor=NOT_FOUND,
        programme_office=NOT_FOUND,
        superuser=NOT_FOUND,
    ),
    signed_in("companies:account_erase"),
]
