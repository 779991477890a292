from django.urls import path

from projects.bypuls.views import (
    events,
    my_signup,
    organiser,
    places,
    signup,
    submissions,
    transport,
)

app_name = "bypuls"

urlpatterns = [
    path("arrangementer/", events.event_list, name="event_list"),
    path("arrangementer.ics", events.event_feed, name="event_feed"),
    path("arrangementer/ny/", submissions.event_new, name="event_new"),
    path("arrangementer/ny/takk/", submissions.event_sent, name="event_sent"),
    path("arrangementer/endre/<str:token>/", submissions.event_change, name="event_change"),
    path("arrangementer/min-pamelding/<str:token>/", my_signup.my_signup, name="my_signup"),
    path("arrangementer/<slug:slug>.ics", events.event_calendar, name="event_calendar"),
    path("arrangementer/<slug:slug>/", events.event, name="event"),
    path("arrangementer/<slug:slug>/pamelding/", signup.event_signup, name="event_signup"),
    path(
        "arrangementer/<slug:slug>/pamelding/kvittering/<str:token>/",
        signup.event_receipt,
        name="event_receipt",
    ),
    path("min-side/arrangementer/", organiser.organiser_list, name="organiser_list"),
    path("min-side/arrangementer/<slug:slug>/", organiser.organiser_event, name="organiser_event"),
    path("steder/", places.venue_list, name="venue_list"),
    path("steder/<slug:slug>/", places.venue, name="venue"),
    path("samferdsel/forum/", transport.transport_forum, name="transport_forum"),
]
