from tests.access_table import Row

ROWS: list[Row] = [
    Row("home:front_page"),
    Row("search:search"),
    Row("search:search", query="?q=frokost"),
    Row("healthz"),
    # No beat runs in the unit tests, so the portal is honestly not ready.
    Row("readyz", anonymous=503),
]
