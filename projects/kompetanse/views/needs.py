from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from members.accounts.models import User
from projects.kompetanse.access import company_for_needs
from projects.kompetanse.forms import NeedForm
from projects.kompetanse.models import GrantRound
from projects.kompetanse.needs import SMALLEST_CELL, gap_table, open_round, report_need


@login_not_required
@require_safe
def competence(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    context = {
        "table": gap_table(at=now),
        "smallest_cell": SMALLEST_CELL,
        "open_round": open_round(on=timezone.localdate(now)),
        "grant_rounds": GrantRound.objects.public(at=now).order_by("-closes_at", "-pk")[:3],
        "crumbs": [(_("KompetanseMagneten"), request.path)],
    }
    return render(request, "kompetanse/competence.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def need_report(request: HttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    company = company_for_needs(request.user, slug, at=now)
    survey_round = open_round(on=timezone.localdate(now))
    form = NeedForm(request.POST or None, company=company, this_year=timezone.localdate(now).year)
    if request.method == "POST" and survey_round and form.is_valid():
        form.instance.survey_round = survey_round
        by = get_object_or_404(User, pk=request.user.pk)
        report_need(form.instance, company=company, by=by, at=now)
        messages.success(request, _("Behovet er meldt. Meld gjerne flere."))
        return redirect("kompetanse:need_report", slug=slug)
    reported = company.competence_needs.filter(survey_round=survey_round)
    context = {
        "company": company,
        "survey_round": survey_round,
        "form": form,
        "reported": reported.order_by("field", "level", "pk") if survey_round else [],
        "crumbs": [
            (_("Min side"), reverse("companies:my_page")),
            (_("Meld kompetansebehov"), request.path),
        ],
    }
    return render(request, "kompetanse/need_report.html", context)
