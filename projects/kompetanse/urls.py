from django.urls import path

from projects.kompetanse.views import grants, needs, studies

app_name = "kompetanse"

urlpatterns = [
    path("studier/", studies.programme_list, name="programme_list"),
    path("studier/<slug:slug>/", studies.programme_detail, name="programme_detail"),
    path("kompetanse/", needs.competence, name="competence"),
    path("kompetanse/behov/<slug:slug>/", needs.need_report, name="need_report"),
    path("kompetansemidler/", grants.round_list, name="round_list"),
    path("kompetansemidler/soknad/<str:token>/", grants.own_application, name="own_application"),
    path("kompetansemidler/<slug:slug>/", grants.round_detail, name="round_detail"),
    path("kompetansemidler/<slug:slug>/sok/", grants.application_new, name="application_new"),
]
