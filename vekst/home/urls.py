from django.urls import path

from vekst.home import views

app_name = "home"

urlpatterns = [
    path("", views.front_page, name="front_page"),
    path("program/<slug:main>/", views.main_project, name="main_project"),
    path("om/", views.about, name="about"),
    path("personvern/", views.privacy, name="privacy"),
    path("min-side/mine-data/", views.own_data, name="own_data"),
    path("tilgjengelighet/", views.accessibility, name="accessibility"),
]
