from django.urls import path

from projects.ung import views

app_name = "ung"

urlpatterns = [
    path("ung/", views.landing, name="landing"),
    path("ung/mentor/", views.mentor_scheme, name="mentor_scheme"),
    path("ung/mentor/bli-mentor/", views.become_mentor, name="become_mentor"),
    path("ung/mentor/fa-mentor/", views.get_mentor, name="get_mentor"),
    path("ung/mentor/takk/", views.signed_up, name="signed_up"),
    path("ung/mentor/min/<str:token>/", views.own_enrolment, name="own_enrolment"),
    path("ung/<slug:slug>/", views.meeting_place_detail, name="meeting_place_detail"),
]
