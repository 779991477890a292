from django.urls import path

from projects.innsikt import views

app_name = "innsikt"

urlpatterns = [
    path("innsikt/", views.indicator_list, name="indicator_list"),
    path("innsikt/rangeringer/", views.ranking_list, name="ranking_list"),
    path("innsikt/<slug:slug>.csv", views.indicator_csv, name="indicator_csv"),
    path("innsikt/<slug:slug>.json", views.indicator_json, name="indicator_json"),
    path("innsikt/<slug:slug>/", views.indicator_detail, name="indicator_detail"),
]
