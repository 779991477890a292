from django.urls import path

from members.posts.views import archives, feeds, pages, review

app_name = "posts"

urlpatterns = [
    path("uka-oppsummert/", pages.post_list, name="post_list"),
    path("uka-oppsummert/feed/", feeds.feed, name="feed"),
    path("uka-oppsummert/feed.json", feeds.json_feed, name="json_feed"),
    path("uka-oppsummert/tema/<slug:topic>/", archives.topic_archive, name="topic_archive"),
    path("uka-oppsummert/tema/<slug:topic>/feed/", feeds.topic_feed, name="topic_feed"),
    path(
        "uka-oppsummert/tema/<slug:topic>/feed.json",
        feeds.topic_json_feed,
        name="topic_json_feed",
    ),
    path("uka-oppsummert/bedrift/<slug:slug>/", archives.company_archive, name="company_archive"),
    path("uka-oppsummert/forum/<slug:slug>/", archives.forum_archive, name="forum_archive"),
    path("uka-oppsummert/gjennomlesing/<str:token>/", review.review, name="review"),
    path("uka-oppsummert/<int:year>/", archives.year_archive, name="year_archive"),
    path("uka-oppsummert/<int:year>/<int:week>/", pages.post_detail, name="post_detail"),
    path(
        "uka-oppsummert/<int:year>/<int:week>/deling.jpg",
        pages.share_picture,
        name="share_picture",
    ),
]
