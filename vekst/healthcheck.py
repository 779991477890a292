"""Asks the web process in the same container whether it lives: `python -m vekst.healthcheck`."""

import http.client
import os
import sys


def main() -> int:
    """Return 0 when `/healthz/` answers 200, else 1."""
    name = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].lstrip(".").replace("*", "")
    connection = http.client.HTTPConnection(
        "127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=4
    )
    try:
        # Under a name that the portal answers to; it refuses all others.
        connection.request("GET", "/healthz/", headers={"Host": name or "localhost"})
        return 0 if connection.getresponse().status == http.client.OK else 1
    except OSError:
        return 1
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
