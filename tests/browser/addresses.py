"""One address for each public template, found by following the portal's own links."""

import json
import re
import urllib.request

from tests.browser.conftest import Portal

LISTS = [
    "/",
    "/sok/",
    "/sok/?q=frokost",
    "/sok/?q=finnesikkeher",
    "/om/",
    "/personvern/",
    "/tilgjengelighet/",
    "/program/",
    "/planer/",
    "/bolig/",
    "/bolig/ny/",
    "/jobb/",
    "/jobb/ny/",
    "/samferdsel/",
    "/samferdsel/forum/",
    "/arrangementer/",
    "/arrangementer/?visning=uke",
    "/arrangementer/?visning=maned",
    "/arrangementer/abonner/",
    "/arrangementer/oppslag/",
    "/arrangementer/ny/",
    "/arrangementer/serie/torsdagsfrokost/",
    "/arrangementer/serie/norskkurs-seks-kvelder/pamelding/",
    "/steder/",
    "/steder/?apent=ja&type=serving",
    "/steder/?q=finnesikkeher",
    "/steder/kafe-eksempel/",
    "/steder/motestedet-eksempel/",
    "/steder/kafe-eksempel/tips/",
    "/puls/",
    "/puls/eksempel-kirketorget/",
    "/uka-oppsummert/",
    "/nyhetsbrev/",
    "/nyhetsbrev/arkiv/",
    "/nyhetsbrev/innstillinger/",
    "/innsikt/",
    "/innsikt/nyhetsbrev/",
    "/ung/",
    "/ung/mentor/",
    "/studier/",
    "/kompetanse/",
    "/kompetansemidler/",
    "/medlemmer/",
    "/forum/",
    "/konto/login/",
]
# Page that links to it, and what its address looks like.
DETAILS = [
    ("/program/", r"/program/[a-z-]+/"),
    ("/program/bypuls/", r"/program/bypuls/[a-z0-9-]+/"),
    ("/planer/", r"/planer/[a-z0-9-]+/"),
    ("/bolig/", r"/bolig/(?!ny/)[a-z0-9-]+/"),
    ("/jobb/", r"/jobb/(?!ny/)[a-z0-9-]+/"),
    ("/arrangementer/", r"/arrangementer/(?!ny/|abonner/|oppslag/)[a-z0-9-]+/"),
    ("/steder/", r"/steder/[a-z0-9-]+/"),
    ("/uka-oppsummert/", r"/uka-oppsummert/\d{4}/\d+/"),
    ("/uka-oppsummert/", r"/uka-oppsummert/\d{4}/"),
    ("/uka-oppsummert/", r"/uka-oppsummert/tema/[a-z-]+/"),
    ("/nyhetsbrev/arkiv/", r"/nyhetsbrev/arkiv/[a-z0-9-]+/"),
    ("/innsikt/", r"/innsikt/(?!rangeringer|nyhetsbrev)[a-z0-9-]+/"),
    ("/ung/", r"/ung/(?!mentor)[a-z0-9-]+/"),
    ("/studier/", r"/studier/[a-z0-9-]+/"),
    ("/medlemmer/", r"/medlemmer/[a-z0-9-]+/"),
    ("/forum/", r"/forum/[a-z0-9-]+/"),
    ("/kompetansemidler/", r"/kompetansemidler/[a-z0-9-]+/"),
]
# Pages behind links that a person gets by mail: the code leaves their paths in `found` by name.
PERSONAL = """
from django.utils import timezone
from projects.bypuls.models import SignUp
from projects.bypuls.signups import own_calendar
from projects.bypuls.signups.mails import my_signup_url
signups = SignUp.objects.exclude(email="").filter(event__publication="published", event__starts_at__gt=timezone.now())
found = {
    state: my_signup_url(signup)
    for state in ("attending", "waiting", "offered", "cancelled", "interested")
    if (signup := signups.filter(state=state).order_by("pk").first())
}
calendar = own_calendar.open_for(signups.order_by("pk")[0].email, at=timezone.now())
found["calendar"] = own_calendar.address_of(calendar, "own_calendar")
"""


def personal(portal: Portal) -> dict[str, str]:
    """Return the addresses of the pages that only one person gets, by name."""
    printed = portal.shell(PERSONAL + "import json; print(json.dumps(found))")
    return dict(json.loads(printed.splitlines()[-1]))


def read(url: str) -> str:
    """Return the page as a stranger without JavaScript gets it."""
    with urllib.request.urlopen(url, timeout=20) as response:
        return str(response.read().decode())


def first_link(base: str, page: str, pattern: str) -> str:
    """Return the first address on `page` that looks like `pattern`."""
    for link in re.findall(r'href="([^"?#]+)"', read(base + page)):
        if re.fullmatch(pattern, link):
            return str(link)
    raise AssertionError(f"{page} links to nothing like {pattern}")
