from django.db.models import Model
from django.http import HttpRequest
from simple_history.admin import SimpleHistoryAdmin
from unfold.admin import ModelAdmin


class HistoryAdmin(SimpleHistoryAdmin, ModelAdmin):
    # History tells what was changed and by whom. Going back is done by a new change, which is told too.
    def revert_disabled(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return True
