from django.urls import URLPattern

app_name = "innsikt"

urlpatterns: list[URLPattern] = []
