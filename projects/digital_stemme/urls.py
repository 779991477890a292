from django.urls import path

from projects.digital_stemme.views import homes, vacancies

app_name = "digital_stemme"

urlpatterns = [
    path("bolig/", homes.home_list, name="home_list"),
    path("bolig/<slug:slug>/", homes.home_detail, name="home_detail"),
    path("jobb/", vacancies.vacancy_list, name="vacancy_list"),
    path("jobb/<slug:slug>/", vacancies.vacancy_detail, name="vacancy_detail"),
]
