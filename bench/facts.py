"""Count the queries and bytes of each page in one process; prints JSON. Run by `bench.__main__`."""

import datetime as dt
import json
import sys

import django

django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from projects.bypuls.models import Event  # noqa: E402
from vekst.pagecache.wsgi import _make_entry  # noqa: E402


def main() -> None:
    events = Event.objects.public(at=timezone.now()).order_by("-starts_at", "-pk")
    event, held = events.first(), events.exclude(company=None).first()
    assert event is not None
    assert held is not None
    assert held.company is not None
    today = timezone.localdate()
    # A whole week and a whole month ahead, with events on every day.
    monday = today + dt.timedelta(days=14 - today.weekday())
    month = (today.replace(day=1) + dt.timedelta(days=40)).strftime("%Y-%m")
    found = {}
    for name, pattern in json.loads(sys.argv[1]).items():
        path = pattern.format(
            event=event.get_absolute_url(), monday=monday, month=month, company=held.company.slug
        )
        client = Client(headers={"host": "127.0.0.1"})
        client.get(path)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            response = client.get(path)
        assert response.status_code == 200, (path, response.status_code)
        etag = _make_entry(response.content, list(response.items()), 0, 0).etag
        found[name] = {
            "path": path,
            "queries": len(queries),
            "bytes": len(response.content),
            "etag": etag,
        }
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
