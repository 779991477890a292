"""The editors' calendar as a page of the admin."""

import datetime
import re
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from unfold.decorators import action

from members.posts import calendar
from members.posts.admin.pages import PostPages
from members.posts.models import weeks_in
from members.posts.weeks import WEEK, monday_of

BEFORE, SHOWN = 2, 10


class CalendarPages(PostPages):
    """Weeks with what is planned, set and out."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_safe(self.calendar_view))
        own = [path("kalender/", view, name="posts_post_calendar")]
        found: list[URLPattern] = [*own, *super().get_urls()]
        return found

    @action(
        description=gettext_lazy("Redaksjonskalenderen"),
        url_path="til-kalenderen",
        permissions=["view"],
    )
    def calendar_link(self, request: HttpRequest) -> HttpResponse:
        return redirect("admin:posts_post_calendar")

    def calendar_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        now = timezone.now()
        first = _monday(request.GET.get("fra", "")) or monday_of(now) - BEFORE * WEEK
        rows = calendar.weeks(first, SHOWN, at=now)
        context = {
            "weeks": rows,
            "earlier": _address(first - (SHOWN - 1) * WEEK),
            "later": _address(first + (SHOWN - 1) * WEEK),
            "may_write": self.has_add_permission(request),
            "may_change": self.has_change_permission(request),
            "title": _("Redaksjonskalender"),
        }
        return self.page(request, "posts/admin/calendar.html", context)


def _monday(raw: str) -> datetime.date | None:
    """Return the first day of a week written as 2026-13, or None when it is no week."""
    match = re.fullmatch(r"(20\d\d|2100)-(\d{1,2})", raw)
    if match is None:
        return None
    year, week = int(match[1]), int(match[2])
    return datetime.date.fromisocalendar(year, week, 1) if 1 <= week <= weeks_in(year) else None


def _address(monday: datetime.date) -> str:
    year, week, _day = monday.isocalendar()
    return f"{reverse('admin:posts_post_calendar')}?{urlencode({'fra': f'{year}-{week}'})}"
