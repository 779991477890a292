import datetime

from django.urls import path, register_converter

from projects.portfolio import views

app_name = "portfolio"


class DateConverter:
    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> datetime.date:
        return datetime.date.fromisoformat(value)

    def to_url(self, value: datetime.date) -> str:
        return value.isoformat()


register_converter(DateConverter, "date")

urlpatterns = [
    path("program/", views.programme, name="programme"),
    path("program/<slug:main>/<slug:slug>/", views.project, name="project"),
    path(
        "program/<slug:main>/<slug:slug>/status/<date:day>/",
        views.status_report,
        name="status_report",
    ),
    path("planer/", views.plan_list, name="plan_list"),
    path("planer/<slug:slug>/", views.plan, name="plan"),
    path("planer/<slug:slug>/<int:year>/", views.annual_report, name="annual_report"),
]
