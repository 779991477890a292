"""Keyset paging: the next page costs the same on page 2 and on page 2,000."""

import base64
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import F, Model, Q, QuerySet

ModelT = TypeVar("ModelT", bound=Model)


@dataclass(frozen=True)
class Page(Generic[ModelT]):
    """One page of a list. The cursors go into the address as `etter` and `for`; None where there is no more."""

    items: list[ModelT]
    next_cursor: str | None
    previous_cursor: str | None


def _encode(values: Sequence[object]) -> str:
    # str() keeps the microseconds of a moment; Django's own encoder cuts them and would skip rows.
    raw = json.dumps(values, default=str, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decode(cursor: str, length: int) -> list[Any] | None:
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        return None
    if not isinstance(values, list) or len(values) != length:
        return None
    good = all(
        (isinstance(value, str) and "\x00" not in value)
        or (isinstance(value, int | float) and math.isfinite(value))
        for value in values
    )
    return values if good else None


def _beyond(order: Sequence[tuple[str, bool]], values: Sequence[Any]) -> Q:
    """Rows after `values` in `order`: a > x or (a = x and (b > y or (b = y and …)))."""
    (field, descending), value = order[0], values[0]
    strictly = Q(**{f"{field}__{'lt' if descending else 'gt'}": value})
    if len(order) == 1:
        return strictly
    # The plain bound on the first column lets the index start at the right row.
    bound = Q(**{f"{field}__{'lte' if descending else 'gte'}": value})
    return bound & (strictly | (Q(**{field: value}) & _beyond(order[1:], values[1:])))


def keyset_page(
    queryset: QuerySet[ModelT],
    order_by: Sequence[str],
    params: Mapping[str, str],
    *,
    size: int = 20,
) -> Page[ModelT]:
    """
    Return the page that `params` asks for with `etter=<cursor>` or `for=<cursor>`, else the first one.

    `order_by` names columns that are never null, `-` first for descending, and ends in a unique one.
    A cursor that is not ours, or was made for another order, gives the first page. One query.
    """
    order = [(name.removeprefix("-"), name.startswith("-")) for name in order_by]
    after = _decode(params.get("etter", ""), len(order))
    before = _decode(params.get("for", ""), len(order)) if after is None else None
    backwards = before is not None
    if backwards:
        order = [(name, not descending) for name, descending in order]
    values = before if backwards else after
    rows = queryset
    if values is not None:
        try:
            rows = rows.filter(_beyond(order, values))
        except (ValueError, TypeError, ValidationError):
            values, backwards = None, False
    ordering = [F(name).desc() if descending else F(name).asc() for name, descending in order]
    found = list(rows.order_by(*ordering)[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    if not found:
        return Page([], None, None)

    names = [name for name, _ in order]

    def cursor(row: ModelT) -> str:
        return _encode([getattr(row, name) for name in names])

    has_next = more if not backwards else True
    has_previous = more if backwards else values is not None
    return Page(
        items=found,
        next_cursor=cursor(found[-1]) if has_next else None,
        previous_cursor=cursor(found[0]) if has_previous else None,
    )
