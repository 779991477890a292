"""
The pages that `make bench` measures, each at few and at many rows.

`{monday}`, `{month}`, `{event}` and `{company}` are filled in by `bench.facts`: a whole week and a whole month
ahead, the page of the last event, and a member that holds events.
"""

PAGES = {
    "front page": "/",
    "event list": "/arrangementer/",
    "event list, three filters": "/arrangementer/?tema=kultur&gratis=ja&sprak=norsk",
    "event list, of a company": "/arrangementer/?bedrift={company}",
    "event list, of a company, three filters": "/arrangementer/?bedrift={company}&tema=kultur&gratis=ja&sprak=norsk",
    "event list, next 7 days": "/arrangementer/?nar=uka",
    "event week": "/arrangementer/?visning=uke&fra={monday}",
    "event week, three filters": "/arrangementer/?visning=uke&fra={monday}&tema=kultur&gratis=ja&sprak=norsk",
    "event month": "/arrangementer/?visning=maned&maned={month}",
    "event month, three filters": "/arrangementer/?visning=maned&maned={month}&tema=kultur&gratis=ja&sprak=norsk",
    "event page": "{event}",
    "place list": "/steder/",
    "place list, three filters": "/steder/?type=serving&tilbud=coffee&apent=ja",
    "pulse": "/puls/",
    "job list, three filters": "/jobb/?omfang=heltid&ansettelse=fast&sprak=norsk",
    "home list, three filters": "/bolig/?omrade=nymoen&husdyr=ja&soverom=1",
    "search": "/sok/?q=ingeni%C3%B8r",
}
