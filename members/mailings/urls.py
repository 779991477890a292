from django.urls import path

from members.mailings import views
from members.mailings.following import follow
from members.mailings.returns.views import provider_returns

app_name = "mailings"

urlpatterns = [
    path("nyhetsbrev/", views.sign_up, name="sign_up"),
    path("nyhetsbrev/se-i-innboksen/", views.check_inbox, name="check_inbox"),
    path("nyhetsbrev/bekreft/<slug:token>/", views.confirm, name="confirm"),
    path("nyhetsbrev/innstillinger/", views.preferences_link, name="preferences_link"),
    path("nyhetsbrev/innstillinger/<slug:token>/", views.preferences, name="preferences"),
    path("nyhetsbrev/meld-av/<slug:token>/", views.unsubscribe, name="unsubscribe"),
    path("nyhetsbrev/meld-av-alt/<slug:token>/", views.unsubscribe_all, name="unsubscribe_all"),
    path(
        "nyhetsbrev/velkommen/<slug:token>/", views.unsubscribe_welcome, name="unsubscribe_welcome"
    ),
    path("nyhetsbrev/lenke/<str:token>/", follow, name="follow"),
    path("nyhetsbrev/arkiv/", views.archive, name="archive"),
    path("nyhetsbrev/arkiv/<int:pk>/", views.archived, name="archived"),
    path("e-post/returer/<slug:provider>/", provider_returns, name="provider_returns"),
]
