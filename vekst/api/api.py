"""The open data of the portal, read-only, for everyone. Described by OpenAPI at /api/v1/openapi.json."""

from ninja import NinjaAPI

api = NinjaAPI(
    title="Vekst i Kongsberg",
    version="1",
    description="Åpne data fra programmet. Bare det som står på de offentlige sidene.",
    # The documentation page would fetch scripts from elsewhere, which our policy does not allow.
    docs_url=None,
    urls_namespace="api",
)
