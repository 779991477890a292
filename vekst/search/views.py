from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from vekst.http import HtmxHttpRequest, render_narrowed
from vekst.search import query
from vekst.search.kinds import KINDS, labels


@login_not_required
@require_safe
@vary_on_headers("HX-Request", "HX-Boosted")
def search(request: HtmxHttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()[: query.LONGEST_QUERY]
    kind = request.GET.get("type", "")
    kind = kind if kind in KINDS else ""
    page = request.GET.get("side", "1")
    results = query.search(
        text,
        at=timezone.now(),
        language="en" if get_language() == "en" else "nb",
        kind=kind,
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
    )
    names = labels(KINDS)
    return render_narrowed(
        request,
        "search/search.html",
        "search-results",
        {
            "text": text,
            "kind": kind,
            "results": results,
            "hits": [{"hit": hit, "label": names[hit.kind]} for hit in results.hits],
            "facets": [
                {"value": value, "label": names.get(value, value), "count": count}
                for value, count in results.counts.items()
            ],
            "previous_page": results.page - 1,
            "next_page": results.page + 1,
        },
    )
