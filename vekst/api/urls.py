from django.contrib.auth.decorators import login_not_required
from django.urls import path

from vekst.api.api import api

patterns, api_app_name, api_namespace = api.urls
# Open data: no address of the API asks who the reader is.
for pattern in patterns:
    login_not_required(pattern.callback)  # type: ignore[type-var]

urlpatterns = [
    path("api/v1/", (patterns, api_app_name, api_namespace)),
]
