"""What the admin's own pages of a post share."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from vekst.history_admin import HistoryAdmin


class PostPages(HistoryAdmin):
    """An admin with pages of its own, in the frame of the admin."""

    def page(self, request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
        shared = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, name, shared)
