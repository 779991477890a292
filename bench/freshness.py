"""Edit an event and print how many seconds pass until a stranger sees it. Run by `bench.__main__`."""

import sys
import time
import urllib.request

import django

django.setup()

from django.utils import timezone  # noqa: E402

from projects.bypuls.models import Event  # noqa: E402


def read(url: str) -> str:
    return str(urllib.request.urlopen(url, timeout=10).read().decode())


def main() -> None:
    event = Event.objects.public(at=timezone.now()).order_by("-starts_at", "-pk").first()
    assert event is not None
    url = sys.argv[1] + event.get_absolute_url()
    worst = 0.0
    for number in range(5):
        # Every worker holds the page before the edit.
        for _ in range(20):
            read(url)
        mark = f"Endret {number} {time.time_ns()}"
        event.summary = mark
        event.save(update_fields=["summary"])
        committed = time.monotonic()
        # Both workers must show it: ten answers in a row.
        in_a_row = 0
        while in_a_row < 10:
            in_a_row = in_a_row + 1 if mark in read(url) else 0
            if in_a_row == 1:
                first = time.monotonic()
            if time.monotonic() - committed > 10:
                raise SystemExit("the edit was not seen within 10 s")
        worst = max(worst, first - committed)
    sys.stdout.write(f"{worst}\n")


if __name__ == "__main__":
    main()
