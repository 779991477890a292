from projects.portfolio.models import MainProject
from tests.access_table import Row

ROWS: list[Row] = [
    Row("home:front_page"),
    *[Row("home:main_project", {"main": main}) for main in MainProject.values],
    Row("home:main_project", {"main": "finnes-ikke"}, anonymous=404),
    Row("home:about"),
    Row("home:privacy"),
    Row("home:accessibility"),
    Row(
        "home:own_data",
        anonymous=302,
        resident=200,
        company_contact=200,
        editor=200,
        programme_office=200,
        superuser=200,
    ),
    Row("security_txt"),
    Row("robots_txt"),
    Row("sitemap"),
    Row("sitemap_section", {"section": "sider"}),
    Row("media", {"path": "finnes-ikke.jpg"}, anonymous=404),
    Row("picture", {"token": "0" * 32, "name": "1-bilde.jpg"}, anonymous=404),
    Row("api:openapi-json"),
    Row("api:api-root", anonymous=404),
    Row("api:list_events"),
    Row("api:list_changes", query="?siden=2026-01-01T00:00:00Z"),
    Row("api:list_venues"),
    Row("api:list_projects"),
    Row("api:list_indicators"),
    Row("api:get_plan", {"slug": "finnes-ikke"}, anonymous=404),
    Row("search:search"),
    Row("search:search", query="?q=frokost"),
    Row("healthz"),
    # No beat runs in the unit tests, so the portal is honestly not ready.
    Row("readyz", anonymous=503),
]
