"""The admin of things whose earlier versions are kept: they are read there, never written back."""

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from simple_history.admin import SimpleHistoryAdmin
from unfold.admin import ModelAdmin


class HistoryAdmin(SimpleHistoryAdmin, ModelAdmin):
    """
    Shows what was changed and by whom. Going back is done by a new change, which is told too.

    The library saves a posted version for whoever may view it, past frozen and read-only fields.
    """

    def revert_disabled(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return True

    def history_form_view(
        self,
        request: HttpRequest,
        object_id: str,
        version_id: str,
        extra_context: dict[str, object] | None = None,
    ) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        found: HttpResponse = super().history_form_view(
            request, object_id, version_id, extra_context
        )
        return found
