from tests.access_table import Row


def home() -> dict[str, object]:
    from tests.projects.digital_stemme.factories import HomeFactory

    return {"slug": HomeFactory.create().slug}


def vacancy() -> dict[str, object]:
    from tests.projects.digital_stemme.factories import VacancyFactory

    return {"slug": VacancyFactory.create().slug}


ROWS = [
    Row("digital_stemme:home_list"),
    Row("digital_stemme:home_detail", home),
    Row("digital_stemme:vacancy_list"),
    Row("digital_stemme:vacancy_detail", vacancy),
]
