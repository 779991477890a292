from tests.access_table import NOT_FOUND, Row


def home() -> dict[str, object]:
    from tests.projects.digital_stemme.factories import HomeFactory

    return {"slug": HomeFactory.create().slug}


def vacancy() -> dict[str, object]:
    from tests.projects.digital_stemme.factories import VacancyFactory

    return {"slug": VacancyFactory.create().slug}


def home_link() -> dict[str, object]:
    from tests.projects.digital_stemme.factories import HomeFactory
    from vekst.links import make_token

    return {"token": make_token("home-edit", HomeFactory.create().pk)}


def vacancy_link() -> dict[str, object]:
    from tests.projects.digital_stemme.factories import VacancyFactory
    from vekst.links import make_token

    return {"token": make_token("vacancy-edit", VacancyFactory.create().pk)}


# The link itself is the key: whoever holds it may change the listing, and nobody else, not even staff.
FORGED: dict[str, object] = {"token": "forged"}
GONE_AFTER = 302

ROWS = [
    Row("digital_stemme:home_list"),
    Row("digital_stemme:home_detail", home),
    Row("digital_stemme:home_new"),
    Row("digital_stemme:home_received"),
    Row("digital_stemme:home_edit", home_link),
    Row("digital_stemme:home_edit", FORGED, anonymous=NOT_FOUND, query="?forged"),
    Row("digital_stemme:home_withdraw", home_link, anonymous=GONE_AFTER, method="POST"),
    Row("digital_stemme:departure_list"),
    Row("digital_stemme:vacancy_list"),
    Row("digital_stemme:vacancy_detail", vacancy),
    Row("digital_stemme:vacancy_new"),
    Row("digital_stemme:vacancy_received"),
    Row("digital_stemme:vacancy_edit", vacancy_link),
    Row("digital_stemme:vacancy_edit", FORGED, anonymous=NOT_FOUND, query="?forged"),
    Row("digital_stemme:vacancy_withdraw", vacancy_link, anonymous=GONE_AFTER, method="POST"),
]
