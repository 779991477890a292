"""The admin's front page and menu: what waits for this person today, and the way to everything else."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# Title of the group, icon, and the apps whose admin stands in it.
_GROUPS: tuple[tuple[str | Promise, str, tuple[str, ...]], ...] = (
    (gettext_lazy("Programmet"), "account_tree", ("portfolio",)),
    (gettext_lazy("Bolig, jobb og samferdsel"), "home_work", ("digital_stemme",)),
    (gettext_lazy("Arrangementer og steder"), "event", ("bypuls",)),
    (gettext_lazy("Ung i Kongsberg"), "diversity_3", ("ung",)),
    (gettext_lazy("KompetanseMagneten"), "school", ("kompetanse",)),
    (gettext_lazy("Innsikt"), "monitoring", ("innsikt",)),
    (gettext_lazy("Uka oppsummert"), "newspaper", ("posts",)),
    (gettext_lazy("Nyhetsbrev og e-post"), "mail", ("mailings",)),
    (gettext_lazy("Medlemmer og forum"), "handshake", ("companies",)),
    (gettext_lazy("Brukere og drift"), "settings", ("accounts", "home", "django_celery_beat")),
)


@dataclass(frozen=True)
class Task:
    """Something that waits for staff: how many, of what, and where to do it."""

    count: int
    label: str
    url: str


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the side menu: only what this person may see. No query of its own."""
    by_app = {entry["app_label"]: entry for entry in admin.site.get_app_list(request)}
    groups = []
    for title, icon, labels in _GROUPS:
        items = [
            {"title": model["name"], "icon": icon, "link": model["admin_url"]}
            for label in labels
            if label in by_app
            for model in by_app[label]["models"]
            if model["admin_url"]
        ]
        if items:
            groups.append({"title": title, "collapsible": True, "items": items})
    return groups


Waiting = Callable[[datetime.datetime], list[Task]]
# The right to see the tasks of an app, and what finds them.
WAITING: dict[str, Waiting] = {}


def callback(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add what waits today, for the apps whose rows this person may change."""
    now = timezone.now()
    context["waiting"] = [
        task
        for permission, find in WAITING.items()
        if request.user.has_perm(permission)
        for task in find(now)
        if task.count
    ]
    context["quick_links"] = [
        {"label": label, "url": reverse(name)}
        for label, name, permission in (
            (_("Nytt arrangement"), "admin:bypuls_event_add", "bypuls.add_event"),
            (_("Nytt innlegg i «Uka oppsummert»"), "admin:posts_post_add", "posts.add_post"),
            (
                _("Ny statusrapport"),
                "admin:portfolio_statusreport_add",
                "portfolio.add_statusreport",
            ),
            (_("Nytt tiltak"), "admin:portfolio_measure_add", "portfolio.add_measure"),
        )
        if request.user.has_perm(permission)
    ]
    return context
