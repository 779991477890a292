"""Small datasets in the format of Statistics Norway; the figures are invented."""

import json
from typing import Any


def dataset(
    values: object,
    *,
    periods: tuple[str, ...] = ("2022", "2023"),
    regions: tuple[str, ...] = ("3303",),
    **more: Any,
) -> dict[str, Any]:
    """A cube of region x measure x time."""
    return {
        "version": "2.0",
        "class": "dataset",
        "label": "06913: Befolkning",
        "source": "Statistisk sentralbyrå",
        "updated": "2026-02-25T07:00:00Z",
        "role": {"time": ["Tid"], "geo": ["Region"], "metric": ["ContentsCode"]},
        "id": ["Region", "ContentsCode", "Tid"],
        "size": [len(regions), 1, len(periods)],
        "dimension": {
            "Region": {
                "label": "region",
                "category": {
                    "index": {code: i for i, code in enumerate(regions)},
                    "label": {code: f"Sted {code}" for code in regions},
                },
            },
            "ContentsCode": {
                "label": "statistikkvariabel",
                "category": {
                    "index": ["Folkemengde"],
                    "label": {"Folkemengde": "Folkemengde"},
                    "unit": {"Folkemengde": {"base": "personer", "decimals": 0}},
                },
            },
            "Tid": {
                "label": "år",
                "category": {
                    "index": {code: i for i, code in enumerate(periods)},
                    "label": {code: code for code in periods},
                },
            },
        },
        "value": values,
        **more,
    }


def payload(values: object, **more: Any) -> str:
    return json.dumps(dataset(values, **more))
