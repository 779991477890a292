"""All addresses. Each app states its own whole; Bokmål stands at the root and English under /en/."""

from allauth.account.decorators import secure_admin_login
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from members.posts import picture_views
from vekst.api.sitemaps import SITEMAPS
from vekst.home import health, views

# Staff sign in like everybody else, with the same limits on guessing and the same second factor.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz/", health.healthz, name="healthz"),
    path("readyz/", health.readyz, name="readyz"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
    path("robots.txt", views.robots_txt, name="robots_txt"),
    path(
        "sitemap.xml",
        views.sitemap_index,
        {"sitemaps": SITEMAPS, "sitemap_url_name": "sitemap_section"},
        name="sitemap",
    ),
    path(
        "sitemap-<section>.xml",
        views.sitemap_section,
        {"sitemaps": SITEMAPS},
        name="sitemap_section",
    ),
    path("media/<path:path>", views.media, name="media"),
    path("bilder/<str:token>/<str:name>", picture_views.picture, name="picture"),
    path("admin/", admin.site.urls),
    path("", include("vekst.api.urls")),
    *i18n_patterns(
        # Before the library's own, which it wraps.
        path("konto/logout/", views.sign_out, name="account_logout"),
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
]
