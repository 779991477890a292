"""Addresses of those who run events: their pages on Min side, and the check-in at the door."""

from django.urls import path

from projects.bypuls.views import (
    check_in,
    organiser,
    organiser_afterwards,
    organiser_content,
    organiser_message,
    organiser_people,
    organiser_setup,
    organiser_team,
)

# Each page of one event on Min side, by the last part of its address.
PAGES = (
    ("meld-pa/", organiser_people.organiser_caller),
    ("pamelding/<int:pk>/", organiser_people.organiser_signup),
    ("pameldte.csv", organiser_people.organiser_csv),
    ("pameldte.xlsx", organiser_people.organiser_xlsx),
    ("melding/", organiser_message.organiser_message),
    ("inviter/", organiser_content.organiser_invite),
    ("sporsmal/", organiser_content.organiser_questions),
    ("paminnelser/", organiser_content.organiser_reminders),
    ("kopier/", organiser_content.organiser_copy),
    ("send-inn/", organiser_content.organiser_hand_in),
    ("etterpa/", organiser_afterwards.organiser_afterwards),
    ("oppsett/", organiser_setup.organiser_setup),
    ("endre/", organiser_setup.organiser_change),
    ("arrangorer/", organiser_team.organiser_team),
    ("dor/", organiser_team.organiser_door),
)

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
    path("min-side/oppmote/", organiser_afterwards.organiser_turnout, name="organiser_turnout"),
    path("min-side/arrangementer/", organiser.organiser_list, name="organiser_list"),
    path("min-side/arrangementer/<slug:slug>/", organiser.organiser_event, name="organiser_event"),
    *(
        path(f"min-side/arrangementer/<slug:slug>/{address}", view, name=view.__name__)
        for address, view in PAGES
    ),
]
