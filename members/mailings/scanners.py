"""
Tell readers from programs that open the links of a mail, without knowing anybody.

Mail servers look through mail for harm by opening what it links to, some of them every link of every copy.
Two rules keep them out of the sums. First what the request says itself, read and forgotten: a program that
names itself, that only looks ahead, or that fetches for a page is no reader. Then what no reader does: three
quarters of a newsletter's different links within two seconds. Such a sweep is taken out, one click for each
of its links, whoever made them. Nothing tells one visitor from another, so where very many read at once
real clicks go with it: a sum is never too high for that, and may be a little too low.
"""

import re
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings

SWEEP_MS = 2_000
FEWEST_IN_SWEEP = 2

# Browsers and those who look ahead for them say so in one of these.
_AHEAD = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
_LOOKS_AHEAD = re.compile(r"prefetch|prerender|preview|preload", re.IGNORECASE)
_MACHINES = re.compile(
    # A maker of phones is called Cubot.
    r"(?<!cu)bots?\b|crawl|spider|scan|preview|prefetch|fetch|monitor|validator|headless|phantom"
    r"|^(?:curl|wget|python|java|go-http|okhttp|libwww|ruby|perl|php|axios|node|apache-http|aiohttp|httpx)"
    r"|facebookexternalhit|whatsapp|skypeuripreview|embedly|googleimageproxy|google-safety|ggpht"
    r"|barracuda|proofpoint|mimecast|fireeye|trendmicro|trend micro|symantec|messagelabs|forcepoint"
    r"|ironport|sophos|zscaler|mcafee|avanan|cloudmark|safelinks|microsoft office existence|ms-office",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Click:
    """One time a link was followed: which, and when in milliseconds since 1970."""

    at_ms: int
    newsletter: int
    link: int


def is_reader(headers: Mapping[str, str]) -> bool:
    """Tell whether a request looks like a person who follows a link in a mail. Nothing of it is kept."""
    if any(_LOOKS_AHEAD.search(headers.get(name, "")) for name in _AHEAD):
        return False
    # A page opened in a window of its own; pictures and scripts say something else here.
    if headers.get("Sec-Fetch-Dest", "document") != "document":
        return False
    if _MACHINES.search(headers.get("User-Agent", "")):
        return False
    # From a page of the portal, such as the preview in the admin: an editor who looks.
    is_ours = headers.get("Referer", "").startswith(f"{settings.SITE_URL}/")
    return not is_ours and headers.get("Sec-Fetch-Site") != "same-origin"


def needed_for_sweep(links: int) -> int:
    """Return how many different links of a newsletter with `links` of them make a sweep."""
    return max(FEWEST_IN_SWEEP, -(-links * 3 // 4))


def without_sweeps(clicks: Sequence[Click], *, links: int) -> list[Click]:
    """
    Return the clicks on one newsletter, oldest first, that are not part of a sweep.

    `links` is how many the newsletter has. With one link alone nothing can be told.
    """
    ordered = sorted(clicks, key=lambda click: (click.at_ms, click.link))
    needed, is_kept = needed_for_sweep(links), [True] * len(ordered)
    # link -> places of its clicks within the two seconds that begin here; each place comes and goes once.
    window: dict[int, deque[int]] = {}
    end = 0
    for place, click in enumerate(ordered):
        while end < len(ordered) and ordered[end].at_ms - click.at_ms <= SWEEP_MS:
            window.setdefault(ordered[end].link, deque()).append(end)
            end += 1
        if not is_kept[place]:
            continue
        swept = list(window) if len(window) >= needed else [click.link]
        for link in swept:
            first = window[link].popleft()
            is_kept[first] = len(swept) == 1
            if not window[link]:
                del window[link]
    return [click for click, kept in zip(ordered, is_kept, strict=True) if kept]
