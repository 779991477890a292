"""Addresses of those who run events: their pages on Min side, and the check-in at the door."""

from django.urls import path

from projects.bypuls.views import check_in, organiser

urlpatterns = [
    path("arrangementer/<slug:slug>/innsjekk/", check_in.check_in, name="check_in"),
    path("arrangementer/<slug:slug>/innsjekk/liste/", check_in.check_in_list, name="check_in_list"),
    path(
        "arrangementer/<slug:slug>/innsjekk/oppgjor/",
        check_in.check_in_settle,
        name="check_in_settle",
    ),
    path(
        "arrangementer/<slug:slug>/innsjekk/skall/",
        check_in.check_in_shell,
        name="check_in_shell",
    ),
    path(
        "arrangementer/<slug:slug>/innsjekk/arbeider.js",
        check_in.check_in_worker,
        name="check_in_worker",
    ),
    path("arrangementer/<slug:slug>/innsjekk/dor/<str:token>/", check_in.door, name="door"),
    path("arrangementer/<slug:slug>/innsjekk/avslutt/", check_in.door_leave, name="door_leave"),
    path("min-side/arrangementer/", organiser.organiser_list, name="organiser_list"),
    path("min-side/arrangementer/<slug:slug>/", organiser.organiser_event, name="organiser_event"),
]
