from django.urls import URLPattern

app_name = "ung"

urlpatterns: list[URLPattern] = []
