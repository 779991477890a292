"""Keyset paging: the next page costs the same on page 2 and on page 2,000."""

import base64
import datetime as dt
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import DateTimeField, F, Field, Model, Q, QuerySet
from django.utils import timezone

ModelT = TypeVar("ModelT", bound=Model)
# A cursor holds a few short values. Longer ones are not ours.
LONGEST_CURSOR = 2000
LARGEST_INT = 2**63 - 1


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


def _decode(cursor: str, model: type[Model], names: Sequence[str]) -> list[Any] | None:
    """Return the values for these columns, or None when the cursor was not made here for them."""
    if not cursor or len(cursor) > LONGEST_CURSOR:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(values, list) or len(values) != len(names):
            return None
        return [_typed(model, name, value) for name, value in zip(names, values, strict=True)]
    # Deep nesting ends the parser with a RecursionError, numbers and moments out of range with others.
    except (ValueError, TypeError, ArithmeticError, RecursionError, ValidationError):
        return None


def _typed(model: type[Model], name: str, value: object) -> Any:
    """Return the value as the column holds it. Raises when the database would refuse it."""
    if isinstance(value, str):
        value.encode()
        if "\x00" in value:
            raise ValueError("no text column holds NUL")
    elif not isinstance(value, int | float):
        raise TypeError("neither text nor a number")
    field = model._meta.pk if name == "pk" else model._meta.get_field(name)
    assert isinstance(field, Field)  # noqa: S101
    typed = field.to_python(value)
    if isinstance(field, DateTimeField):
        if not isinstance(typed, dt.datetime) or timezone.is_naive(typed):
            raise ValueError("a moment has a time zone")
        return typed.astimezone(dt.UTC)
    if isinstance(typed, float) and not math.isfinite(typed):
        raise ValueError("not a finite number")
    if isinstance(typed, int) and abs(typed) > LARGEST_INT:
        raise ValueError("too large")
    return typed


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
    names = [name for name, _ in order]
    after = _decode(params.get("etter", ""), queryset.model, names)
    before = _decode(params.get("for", ""), queryset.model, names) if after is None else None
    backwards = before is not None
    if backwards:
        order = [(name, not descending) for name, descending in order]
    values = before if backwards else after
    rows = queryset if values is None else queryset.filter(_beyond(order, values))
    ordering = [F(name).desc() if descending else F(name).asc() for name, descending in order]
    found = list(rows.order_by(*ordering)[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    if not found:
        return Page([], None, None)

    def cursor(row: ModelT) -> str:
        return _encode([getattr(row, name) for name in names])

    has_next = more if not backwards else True
    has_previous = more if backwards else values is not None
    return Page(
        items=found,
        next_cursor=cursor(found[-1]) if has_next else None,
        previous_cursor=cursor(found[0]) if has_previous else None,
    )
