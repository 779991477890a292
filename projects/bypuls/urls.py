from django.urls import path

from projects.bypuls import organiser_urls
from projects.bypuls.views import (
    afterwards,
    calendar,
    events,
    keeping,
    my_signup,
    personal_links,
    places,
    pulse,
    reminders,
    series,
    series_signup,
    signup,
    submissions,
    transport,
)

app_name = "bypuls"

urlpatterns = [
    path("arrangementer/", calendar.event_list, name="event_list"),
    path("arrangementer.ics", calendar.event_feed, name="event_feed"),
    path("arrangementer.csv", calendar.event_table, name="event_table"),
    path("arrangementer/abonner/", calendar.event_subscribe, name="event_subscribe"),
    path("arrangementer/oppslag/", calendar.event_poster, name="event_poster"),
    path("arrangementer/ny/", submissions.event_new, name="event_new"),
    path("arrangementer/ny/takk/", submissions.event_sent, name="event_sent"),
    path("arrangementer/endre/<str:token>/", submissions.event_change, name="event_change"),
    path(
    path(
        "arrangementer/endre/<str:token>/bilde/",
        submissions.event_change_picture,
        name="event_change_picture",
    ),
        "arrangementer/invitasjon/<str:token>/",
        personal_links.event_invitation,
        name="event_invitation",
    ),
    path(
        "arrangementer/min-serie/<str:token>/",
        personal_links.my_series_signup,
        name="my_series_signup",
    ),
    path("arrangementer/min-pamelding/<str:token>/", my_signup.my_signup, name="my_signup"),
    path(
        "arrangementer/min-pamelding/<str:token>/endre/",
        my_signup.my_signup_details,
        name="my_signup_details",
    ),
    path(
        "arrangementer/min-pamelding/<str:token>/kalender.ics",
        my_signup.my_signup_calendar,
        name="my_signup_calendar",
    ),
    path(
        "arrangementer/paminnelser/<str:token>/",
        reminders.reminders_stop,
        name="reminders_stop",
    ),
    path("arrangementer/bekreft/<str:token>/", reminders.signup_confirm, name="signup_confirm"),
    path(
        "arrangementer/sporreundersokelse/<str:token>/",
        afterwards.event_survey,
        name="event_survey",
    ),
    path("arrangementer/serie/<slug:slug>.ics", series.series_calendar, name="series_calendar"),
    path("arrangementer/serie/<slug:slug>/", series.series, name="series"),
    path(
        "arrangementer/serie/<slug:slug>/pamelding/",
        series_signup.series_signup,
        name="series_signup",
    ),
    path(
        "arrangementer/serie/<slug:slug>/pamelding/takk/",
        series_signup.series_receipt,
        name="series_receipt",
    ),
    path("arrangementer/<slug:slug>.ics", events.event_calendar, name="event_calendar"),
    path("arrangementer/<slug:slug>/", events.event, name="event"),
    path("arrangementer/<slug:slug>/pamelding/", signup.event_signup, name="event_signup"),
    path(
        "arrangementer/<slug:slug>/pamelding/kvittering/<str:token>/",
        signup.event_receipt,
        name="event_receipt",
    ),
    path(
        "arrangementer/<slug:slug>/materiell/<int:pk>/",
        afterwards.event_material,
        name="event_material",
    ),
    path("arrangementer/<slug:slug>/bilder/<int:pk>/", afterwards.event_photo, name="event_photo"),
    *organiser_urls.urlpatterns,
    path("steder/", places.venue_list, name="venue_list"),
    path("steder/<slug:slug>/", places.venue, name="venue"),
    path("steder/<slug:slug>/tips/", keeping.venue_tip_new, name="venue_tip_new"),
    path("steder/<slug:slug>/tips/takk/", keeping.venue_tip_sent, name="venue_tip_sent"),
    path("min-side/steder/", keeping.kept_venues, name="kept_venues"),
    path("min-side/steder/<slug:slug>/", keeping.kept_venue, name="kept_venue"),
    path("min-side/steder/<slug:slug>/endre/", keeping.kept_venue_change, name="kept_venue_change"),
    path(
        "min-side/steder/<slug:slug>/unntak/",
        keeping.kept_venue_exceptions,
        name="kept_venue_exceptions",
    ),
    path("min-side/steder/<slug:slug>/bilde/", keeping.kept_venue_photo, name="kept_venue_photo"),
    path(
        "min-side/steder/<slug:slug>/kollega/",
        keeping.kept_venue_hand_over,
        name="kept_venue_hand_over",
    ),
    path("puls/", pulse.pulse, name="pulse"),
    path("puls/<slug:slug>.csv", pulse.counter_csv, name="counter_csv"),
    path("puls/<slug:slug>/", pulse.counter, name="counter"),
    path("samferdsel/forum/", transport.transport_forum, name="transport_forum"),
]
