from tests.access_table import NOT_FOUND, Row
from tests.projects.innsikt.factories import IndicatorFactory, series_of


def published() -> dict[str, object]:
    return {"slug": series_of({"2022": 1, "2023": 2}).indicator.slug}


def draft() -> dict[str, object]:
    return {"slug": IndicatorFactory.create(published_at=None).slug}


ROWS = [
    Row("innsikt:indicator_list"),
    Row("innsikt:ranking_list"),
    Row("innsikt:newsletter_readers"),
    Row("innsikt:newsletter_readers_csv"),
    Row("innsikt:indicator_detail", published),
    Row("innsikt:indicator_csv", published),
    Row("innsikt:indicator_json", published),
    Row("innsikt:indicator_detail", draft, anonymous=NOT_FOUND),
    Row("innsikt:indicator_csv", draft, anonymous=NOT_FOUND),
    Row("innsikt:indicator_json", draft, anonymous=NOT_FOUND),
]
