from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from members.accounts.forms import AccountForm
from members.accounts.models import User


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def account_edit(request: HttpRequest) -> HttpResponse:
    # A row of its own, so that a refused form does not change the name in the page's frame.
    user = get_object_or_404(User, pk=request.user.pk)
    form = AccountForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        user.save(update_fields=["first_name", "last_name", "phone"])
        messages.success(request, _("Opplysningene er lagret."))
        return redirect("companies:my_page")
    context = {
        "form": form,
        "crumbs": [
            (_("Min side"), reverse("companies:my_page")),
            (_("Navn og telefon"), request.path),
        ],
    }
    return render(request, "accounts/account_edit.html", context)
