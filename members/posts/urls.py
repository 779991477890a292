from django.urls import path

from members.posts import views

app_name = "posts"

urlpatterns = [
    path("uka-oppsummert/", views.post_list, name="post_list"),
    path("uka-oppsummert/feed/", views.feed, name="feed"),
    path("uka-oppsummert/<int:year>/<int:week>/", views.post_detail, name="post_detail"),
]
