from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET


@login_not_required
@require_GET
def front_page(request: HttpRequest) -> HttpResponse:
    return render(request, "home/front_page.html")
