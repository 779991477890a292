from django.urls import path

from members.companies.views import my_page, public

app_name = "companies"

urlpatterns = [
    path("medlemmer/", public.company_list, name="company_list"),
    path("medlemmer/<slug:slug>/", public.company_detail, name="company_detail"),
    path("forum/", public.forum_list, name="forum_list"),
    path("forum/<slug:slug>/", public.forum_detail, name="forum_detail"),
    path("forum/<slug:slug>/referat/<int:pk>/", public.minutes_detail, name="minutes_detail"),
    path("min-side/", my_page.my_page, name="my_page"),
    path("min-side/bedrift/<slug:slug>/", my_page.company_edit, name="company_edit"),
    path("min-side/referat/<int:pk>/", my_page.own_minutes, name="own_minutes"),
    path("min-side/slett/", my_page.account_erase, name="account_erase"),
]
