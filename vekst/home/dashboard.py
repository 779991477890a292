"""The admin's front page and menu: what waits for this person today, and the way to everything else."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.mailings.models import Delivery
from members.mailings.models.delivery import DeliveryState
from members.posts import rules
from members.posts.models import Post, PostState
from members.posts.weeks import week_of
from projects.bypuls.events import moderation
from projects.bypuls.events.importing import feeds
from projects.bypuls.models import (
    Event,
    ImportedEvent,
    ImportSource,
    ProposalState,
    Publication,
    VenuePhoto,
    VenueProposal,
)
from projects.digital_stemme.models import Home, Vacancy
from projects.portfolio.overview import office_dashboard, overdue_reports
from vekst.moderation import ModerationState

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


def _changelist(model: str, **filters: str) -> str:
    query = f"?{urlencode(filters)}" if filters else ""
    return reverse(f"admin:{model}_changelist") + query


def _portfolio(at: datetime.datetime) -> list[Task]:
    found = office_dashboard(at=at)
    return [
        Task(
            len(overdue_reports(at=at)),
            _("prosjekter uten fersk statusrapport"),
            _changelist("portfolio_project", rapport="mangler"),
        ),
        Task(
            len(found.drafts),
            _("statusrapporter som ikke er publisert"),
            _changelist("portfolio_statusreport", publisert="nei"),
        ),
        Task(
            found.overdue_milestones_count,
            _("milepæler over tiden"),
            _changelist("portfolio_milestone", frist="passert"),
        ),
        Task(
            found.overdue_measures_count,
            _("tiltak over fristen"),
            _changelist("portfolio_measure", frist="passert"),
        ),
        Task(
            found.high_risks_count,
            _("åpne, høye risikoer"),
            _changelist("portfolio_risk", risiko="high", state__exact="open"),
        ),
    ]


def _digital_stemme(at: datetime.datetime) -> list[Task]:
    submitted = {"state__exact": ModerationState.SUBMITTED.value}
    return [
        Task(
            Home.objects.filter(state=ModerationState.SUBMITTED).count(),
            _("boliger venter på svar"),
            _changelist("digital_stemme_home", **submitted),
        ),
        Task(
            Vacancy.objects.filter(state=ModerationState.SUBMITTED).count(),
            _("stillinger venter på svar"),
            _changelist("digital_stemme_vacancy", **submitted),
        ),
    ]


def _bypuls_calendars(at: datetime.datetime) -> list[Task]:
    failing = Q(braked_since__isnull=False) | Q(failing_since__lte=at - feeds.PATIENCE)
    return [
        Task(
            moderation.overdue(at).count(),
            _("arrangementer skulle hatt svar alt"),
            _changelist("bypuls_event", svar="forfalt"),
        ),
        Task(
            Event.objects.filter(possible_duplicate_of__isnull=False, ends_at__gte=at).count(),
            _("arrangementer kan stå to ganger"),
            _changelist("bypuls_event", fra="dobbelt"),
        ),
        Task(
            ImportedEvent.objects.exclude(needs_decision="").count(),
            _("arrangementer fra kalendere må avgjøres"),
            _changelist("bypuls_importedevent", avgjor="ja"),
        ),
        Task(
            ImportSource.objects.filter(failing, is_active=True).count(),
            _("kalendere vi henter, svikter"),
            _changelist("bypuls_importsource"),
        ),
    ]


def _bypuls(at: datetime.datetime) -> list[Task]:
    return [
        Task(
            Event.objects.filter(publication=Publication.SUBMITTED).count(),
            _("arrangementer venter på svar"),
            _changelist("bypuls_event", svar="venter"),
        ),
        *_bypuls_calendars(at),
        Task(
            VenueProposal.objects.waiting().count(),
            _("forslag om steder venter på svar"),
            _changelist("bypuls_venueproposal", state__exact=ProposalState.SUBMITTED.value),
        ),
        Task(
            VenuePhoto.objects.filter(approved_at=None).count(),
            _("bilder av steder venter på at noen ser på dem"),
            _changelist("bypuls_venuephoto", venter="ja"),
        ),
    ]


def _mailings(at: datetime.datetime) -> list[Task]:
    since = at - datetime.timedelta(days=7)
    failed = Delivery.objects.filter(state=DeliveryState.FAILED, finished_at__gte=since)
    return [
        Task(
            failed.count(),
            _("utsendelser mislyktes siste uke"),
            _changelist("mailings_delivery", state__exact=DeliveryState.FAILED.value),
        )
    ]


def _posts(at: datetime.datetime) -> list[Task]:
    year, week, weekday = timezone.localdate(at).isocalendar()
    # From Thursday on a week without a post is worth a reminder.
    missing = weekday >= 4 and not Post.objects.filter(year=year, week=week).exists()
    if missing:
        missing = not week_of(year, week, rules=rules.current()).quiet_why
    in_review = Post.objects.filter(state=PostState.REVIEW).count()
    return [
        Task(int(missing), _("ukas innlegg er ikke påbegynt"), reverse("admin:posts_post_add")),
        Task(
            in_review,
            _("ukeposter venter på gjennomlesing"),
            _changelist("posts_post", state__exact=PostState.REVIEW.value),
        ),
    ]


# The right to see the tasks of an app, and what finds them.
WAITING: dict[str, Waiting] = {
    "portfolio.change_project": _portfolio,
    "digital_stemme.change_home": _digital_stemme,
    "bypuls.change_event": _bypuls,
    "posts.change_post": _posts,
    "mailings.view_delivery": _mailings,
}


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
            (_("Redaksjonskalenderen"), "admin:posts_post_calendar", "posts.view_post"),
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
