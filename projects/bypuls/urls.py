from django.urls import URLPattern

app_name = "bypuls"

urlpatterns: list[URLPattern] = []
