from django.urls import path

from projects.digital_stemme.views import homes, submissions, transport, vacancies

app_name = "digital_stemme"

urlpatterns = [
    path("bolig/", homes.home_list, name="home_list"),
    path("bolig/ny/", submissions.home_new, name="home_new"),
    path("bolig/ny/mottatt/", submissions.home_received, name="home_received"),
    path("bolig/endre/<str:token>/", submissions.home_edit, name="home_edit"),
    path("bolig/endre/<str:token>/trekk/", submissions.home_withdraw, name="home_withdraw"),
    path("bolig/<slug:slug>/", homes.home_detail, name="home_detail"),
    path("jobb/", vacancies.vacancy_list, name="vacancy_list"),
    path("jobb/ny/", submissions.vacancy_new, name="vacancy_new"),
    path("jobb/ny/mottatt/", submissions.vacancy_received, name="vacancy_received"),
    path("jobb/endre/<str:token>/", submissions.vacancy_edit, name="vacancy_edit"),
    path("jobb/endre/<str:token>/trekk/", submissions.vacancy_withdraw, name="vacancy_withdraw"),
    path("jobb/<slug:slug>/", vacancies.vacancy_detail, name="vacancy_detail"),
    path("samferdsel/", transport.departure_list, name="departure_list"),
]
