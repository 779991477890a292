from django.urls import URLPattern

app_name = "kompetanse"

urlpatterns: list[URLPattern] = []
