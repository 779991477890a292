from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from members.accounts.access import signed_in
from members.accounts.models import User
from members.companies import access, personal_data
from members.companies.forms import CompanyProfileForm, EraseAccountForm
from members.companies.models import MeetingState
from vekst.languages import foreign_language


@never_cache
@require_safe
def my_page(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    user = signed_in(request)
    companies = access.companies_of(user, at=now).order_by("sort_name", "pk")
    seats = access.seats_of(user, at=now).select_related("forum", "company")
    forums = {seat.forum_id for seat in seats}
    meetings = (
        access.meetings_for(user, at=now)
        .filter(forum__in=forums, starts_at__gte=now)
        .exclude(state=MeetingState.HELD)
        .select_related("forum")
        .order_by("starts_at", "pk")[:10]
    )
    minutes = (
        access.forum_minutes_for(user, at=now)
        .select_related("meeting__forum")
        .order_by("-meeting__starts_at", "-pk")[:10]
    )
    context = {
        "person": user,
        "companies": companies,
        "editable": set(access.editable_companies(user, at=now).values_list("pk", flat=True)),
        "seats": seats.order_by("forum__rank", "forum__name", "pk"),
        "meetings": meetings,
        "minutes_list": minutes,
        "crumbs": [(_("Min side"), request.path)],
    }
    return render(request, "companies/my_page.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def company_edit(request: HttpRequest, slug: str) -> HttpResponse:
    company = access.company_for_editor(signed_in(request), slug, at=timezone.now())
    form = CompanyProfileForm(request.POST or None, instance=company)
    if request.method == "POST" and form.is_valid():
        # Only what the form holds: the nightly fetch may write the rest of the row meanwhile.
        company.save(update_fields=form.changed_data or ["website"])
        messages.success(request, _("Profilen er lagret."))
        return redirect("companies:my_page")
    context = {
        "company": company,
        "form": form,
        "crumbs": [
            (_("Min side"), reverse("companies:my_page")),
            (company.name, request.path),
        ],
    }
    return render(request, "companies/company_edit.html", context)


@never_cache
@require_safe
def own_minutes(request: HttpRequest, pk: int) -> HttpResponse:
    readable = access.forum_minutes_for(signed_in(request), at=timezone.now())
    minutes = get_object_or_404(readable.select_related("meeting__forum"), pk=pk)
    context = {
        "minutes": minutes,
        "forum": minutes.meeting.forum,
        "items": minutes.items.order_by("number", "pk"),
        "is_whole": True,
        "crumbs": [
            (_("Min side"), reverse("companies:my_page")),
            (minutes.title, request.path, foreign_language(minutes, "title")),
        ],
    }
    return render(request, "companies/minutes_detail.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def account_erase(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    form = EraseAccountForm(request.POST or None, expected=user.email)
    if request.method == "POST" and form.is_valid():
        try:
            personal_data.erase_account(User.objects.get(pk=user.pk))
        except personal_data.StaffAccountError:
            form.add_error(None, _("Kontoer for ansatte avsluttes av programkontoret."))
        except personal_data.AccountInUseError:
            form.add_error(
                None,
                _(
                    "Kontoen er ikke slettet: en protokoll må vise hva du har vært med på å avgjøre. "
                    "Skriv til programkontoret, så avslutter vi tilgangen din."
                ),
            )
        else:
            logout(request)
            return render(request, "companies/account_erased.html")
    context = {
        "form": form,
        "person": user,
        "crumbs": [
            (_("Min side"), reverse("companies:my_page")),
            (_("Slett kontoen"), request.path),
        ],
    }
    return render(request, "companies/account_erase.html", context)
