"""Staff reach the admin only with a second factor, where the settings ask for it."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

GetResponse = Callable[[HttpRequest], HttpResponse]


class ClosedByDefaultMiddleware(LoginRequiredMiddleware):
    """
    Ask for sign-in everywhere but where a view says that it is public.

    Django's own looks at the visitor before it looks at the view. That reads the session on every
    public page, and the answer would then differ by cookie and could not be held for all.
    """

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[object, ...],
        view_kwargs: dict[str, object],
    ) -> HttpResponseBase | None:
        """Let public views pass unseen."""
        if not getattr(view_func, "login_required", True):
            return None
        found: HttpResponseBase | None = super().process_view(
            request, view_func, view_args, view_kwargs
        )
        return found


class StaffSecondFactorMiddleware:
    """Send staff without a second factor from the admin to the page where they set one up."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Public pages never touch the session here: the path is asked first.
        if (
            settings.STAFF_NEED_SECOND_FACTOR
            and request.path.startswith(reverse("admin:index"))
            and request.user.is_authenticated
            and not is_mfa_enabled(request.user)
        ):
            return redirect("mfa_activate_totp")
        return self.get_response(request)
