from django.urls import URLPattern

app_name = "digital_stemme"

urlpatterns: list[URLPattern] = []
