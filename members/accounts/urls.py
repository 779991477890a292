from django.urls import path

from members.accounts import views

app_name = "accounts"

urlpatterns = [
    path("min-side/konto/", views.account_edit, name="account_edit"),
]
