from django.urls import path

from projects.innsikt import views

app_name = "innsikt"

urlpatterns = [
    path("innsikt/", views.indicator_list, name="indicator_list"),
    path("innsikt/rangeringer/", views.ranking_list, name="ranking_list"),
    # Before the indicators, of which none can have this name.
    path("innsikt/nyhetsbrev.csv", views.newsletter_readers_csv, name="newsletter_readers_csv"),
    path("innsikt/nyhetsbrev/", views.newsletter_readers, name="newsletter_readers"),
    path("innsikt/<slug:slug>.csv", views.indicator_csv, name="indicator_csv"),
    path("innsikt/<slug:slug>.json", views.indicator_json, name="indicator_json"),
    path("innsikt/<slug:slug>/", views.indicator_detail, name="indicator_detail"),
]
