from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from projects.digital_stemme import departures
from projects.digital_stemme.local_lines import LINES
from vekst.http import HtmxHttpRequest, render_narrowed

MODE_ICONS = {"rail": "Train", "bus": "Bus", "coach": "Bus", "tram": "Tram"}


def _in_words(texts: dict[str, str]) -> tuple[str, str]:
    """The text in the page's language if there is one, and the language when it is another."""
    page = "en" if (get_language() or "").startswith("en") else "no"
    if page in texts:
        return texts[page], ""
    language = next(iter(texts), "no")
    return texts.get(language, ""), "nb" if language in ("no", "nb", "nob") else language


def _board(board: departures.Board) -> dict[str, object]:
    rows = [(d, MODE_ICONS.get(d.mode, "Bus")) for d in board.departures]
    situations = []
    for situation in board.situations:
        summary, language = _in_words(situation.summaries)
        description, _language = _in_words(situation.descriptions)
        situations.append((summary, description, language, situation.link))
    return {"board": board, "rows": rows, "situations": situations}


@login_not_required
@require_safe
@never_cache
@vary_on_headers("HX-Request", "HX-Boosted")
def departure_list(request: HtmxHttpRequest) -> HttpResponse:
    now = timezone.now()
    context = {
        "boards": [_board(board) for board in departures.boards(at=now)],
        "lines": [(line, MODE_ICONS[line.mode]) for line in LINES],
        "crumbs": [(_("Samferdsel"), reverse("digital_stemme:departure_list"))],
    }
    return render_narrowed(
        request, "digital_stemme/departure_list.html", "departure-boards", context
    )
