from projects.kompetanse.grants import LINK_PURPOSE
from projects.kompetanse.models import RoundState
from tests.access_table import NOT_FOUND, TO_LOGIN, Row
from tests.members.companies.factories import CompanyFactory
from tests.projects.kompetanse.factories import (
    ApplicationFactory,
    GrantRoundFactory,
    StudyProgrammeFactory,
)
from vekst.links import make_token


def programme() -> dict[str, object]:
    return {"slug": StudyProgrammeFactory.create().slug}


def unpublished_programme() -> dict[str, object]:
    return {"slug": StudyProgrammeFactory.create(published_at=None).slug}


def open_round() -> dict[str, object]:
    return {"slug": GrantRoundFactory.create().slug}


def draft_round() -> dict[str, object]:
    return {"slug": GrantRoundFactory.create(state=RoundState.DRAFT).slug}


def decided_round() -> dict[str, object]:
    return {"slug": GrantRoundFactory.create(state=RoundState.DECIDED).slug}


def own_link() -> dict[str, object]:
    return {"token": make_token(LINK_PURPOSE, ApplicationFactory.create().pk)}


def anothers_link() -> dict[str, object]:
    return {"token": make_token("event-signup", ApplicationFactory.create().pk)}


def company() -> dict[str, object]:
    return {"slug": CompanyFactory.create().slug}


ROWS: list[Row] = [
    Row("kompetanse:programme_list"),
    Row("kompetanse:programme_list", query="?q=data&niva=bachelor&tilbyder=x&etter=x"),
    Row("kompetanse:programme_detail", programme),
    Row("kompetanse:programme_detail", unpublished_programme, anonymous=NOT_FOUND),
    Row("kompetanse:competence"),
    # Another company's needs; one's own are tried in test_need_pages.
    Row(
        "kompetanse:need_report",
        company,
        anonymous=TO_LOGIN,
        resident=NOT_FOUND,
        company_contact=NOT_FOUND,
        editor=NOT_FOUND,
        programme_office=NOT_FOUND,
        superuser=NOT_FOUND,
    ),
    Row("kompetanse:round_list"),
    Row("kompetanse:round_detail", open_round),
    Row("kompetanse:round_detail", draft_round, anonymous=NOT_FOUND),
    Row("kompetanse:application_new", open_round),
    Row("kompetanse:application_new", decided_round, anonymous=NOT_FOUND),
    Row("kompetanse:own_application", own_link),
    Row("kompetanse:own_application", anothers_link, anonymous=NOT_FOUND),
]
