"""All addresses. Each app states its own whole; Bokmål stands at the root and English under /en/."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.conf.urls.static import static
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from vekst.home import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz/", health.healthz, name="healthz"),
    path("readyz/", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("", include("vekst.api.urls")),
    *i18n_patterns(
        path("konto/", include("allauth.urls")),
        path("", include("vekst.home.urls")),
        path("", include("vekst.search.urls")),
        path("", include("members.accounts.urls")),
        path("", include("members.companies.urls")),
        path("", include("members.mailings.urls")),
        path("", include("members.posts.urls")),
        path("", include("projects.portfolio.urls")),
        path("", include("projects.innsikt.urls")),
        path("", include("projects.digital_stemme.urls")),
        path("", include("projects.bypuls.urls")),
        path("", include("projects.ung.urls")),
        path("", include("projects.kompetanse.urls")),
        prefix_default_language=False,
    ),
    *static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT),
]
