"""
Reader for JSON-stat 2.0 datasets, the format in which Statistics Norway answers.

Pure: bytes in, typed cells out. Takes every form the format allows: category index as list or object
(or left out for a single category), values as list or sparse object, status as text, list or object.
Source: https://json-stat.org/full/ (version 2.0), read 2026-11-21.
"""

import datetime as dt
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from typing import Any

# Above what Statistics Norway ever answers (800,000 cells).
MAX_CELLS = 1_000_000


class BadDatasetError(Exception):
    """The answer is no JSON-stat 2.0 dataset that can be read; the message says why."""


@dataclass(frozen=True)
class Category:
    """One value of a dimension. `decimals` and `unit` stand on measures only."""

    code: str
    label: str
    unit: str = ""
    decimals: int | None = None


@dataclass(frozen=True)
class Dimension:
    """One axis of the cube, with its categories in order."""

    code: str
    label: str
    categories: tuple[Category, ...]


@dataclass(frozen=True)
class Cell:
    """One number: where it stands, what it is, and why it is missing when it is (`status`)."""

    codes: Mapping[str, str]
    value: Decimal | None
    status: str


@dataclass(frozen=True)
class Dataset:
    """A cube of numbers. `cells()` walks it with the last dimension running fastest."""

    label: str
    source: str
    updated: dt.datetime | None
    notes: tuple[str, ...]
    dimensions: tuple[Dimension, ...]
    time_dimension: str | None
    values: Mapping[int, Decimal]
    statuses: Mapping[int, str]

    def dimension(self, code: str) -> Dimension:
        """Return the dimension of that code. Raises BadDatasetError when there is none."""
        for found in self.dimensions:
            if found.code == code:
                return found
        raise BadDatasetError(f"no dimension {code!r}")

    def cells(self) -> Iterator[Cell]:
        """Yield every cell, the missing ones too, each with the codes of its place."""
        names = [dimension.code for dimension in self.dimensions]
        places = product(*([c.code for c in dimension.categories] for dimension in self.dimensions))
        for position, codes in enumerate(places):
            yield Cell(
                dict(zip(names, codes, strict=True)),
                self.values.get(position),
                self.statuses.get(position, ""),
            )


def read(raw: bytes | str) -> Dataset:
    """Parse one dataset. Raises BadDatasetError."""
    try:
        body = json.loads(raw, parse_float=Decimal, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise BadDatasetError(f"not JSON: {error}") from error
    if not isinstance(body, dict) or body.get("class", "dataset") != "dataset":
        raise BadDatasetError("not a JSON-stat dataset")
    try:
        return _dataset(body)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise BadDatasetError(f"malformed: {error.__class__.__name__}: {error}") from error


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _dataset(body: dict[str, Any]) -> Dataset:
    codes: list[str] = body["id"]
    sizes: list[int] = body["size"]
    if len(codes) != len(sizes):
        raise BadDatasetError("id and size differ in length")
    dimensions = tuple(_dimension(code, body["dimension"][code]) for code in codes)
    for dimension, size in zip(dimensions, sizes, strict=True):
        if len(dimension.categories) != size:
            raise BadDatasetError(
                f"{dimension.code} has {len(dimension.categories)} categories, size says {size}"
            )
    count = math.prod(sizes)
    if count > MAX_CELLS:
        raise BadDatasetError(f"{count} cells are too many")
    return Dataset(
        label=str(body.get("label", "")),
        source=str(body.get("source", "")),
        updated=_moment(body.get("updated")),
        notes=tuple(str(note) for note in body.get("note") or ()),
        dimensions=dimensions,
        time_dimension=_time_dimension(body, codes),
        values=_values(body["value"], count),
        statuses=_statuses(body.get("status"), count),
    )


def _dimension(code: str, body: dict[str, Any]) -> Dimension:
    category: dict[str, Any] = body["category"]
    labels: dict[str, str] = category.get("label") or {}
    units: dict[str, dict[str, Any]] = category.get("unit") or {}
    index: dict[str, int] | list[str] | None = category.get("index")
    if index is None:
        # The format lets a dimension of one category leave its index out.
        order = list(labels)
        if len(order) != 1:
            raise BadDatasetError(f"{code} has no index")
    elif isinstance(index, dict):
        order = sorted(index, key=lambda key: index[key])
        if sorted(index.values()) != list(range(len(order))):
            raise BadDatasetError(f"the index of {code} has holes")
    else:
        order = list(index)
    categories = tuple(
        Category(
            key,
            str(labels.get(key, key)),
            str(units.get(key, {}).get("base", "")),
            units.get(key, {}).get("decimals"),
        )
        for key in order
    )
    return Dimension(code, str(body.get("label", code)), categories)


def _time_dimension(body: dict[str, Any], codes: list[str]) -> str | None:
    """Roles are optional in the format, and have been missing for single tables; Tid is SSB's name."""
    for code in (body.get("role") or {}).get("time") or ():
        if code in codes:
            return str(code)
    return "Tid" if "Tid" in codes else None


def _number(value: object) -> Decimal | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise BadDatasetError(f"{value!r} is no number")
    return Decimal(value)


def _by_position(given: object, count: int, what: str) -> Iterator[tuple[int, Any]]:
    if isinstance(given, list):
        if len(given) != count:
            raise BadDatasetError(f"{len(given)} {what}, expected {count}")
        yield from enumerate(given)
        return
    if not isinstance(given, dict):
        raise BadDatasetError(f"{what} are neither list nor object")
    for key, item in given.items():
        if not 0 <= int(key) < count:
            raise BadDatasetError(f"{what}: no cell {key}")
        yield int(key), item


def _values(given: object, count: int) -> dict[int, Decimal]:
    numbers = ((place, _number(item)) for place, item in _by_position(given, count, "values"))
    return {place: number for place, number in numbers if number is not None}


def _statuses(given: object, count: int) -> dict[int, str]:
    if given is None:
        return {}
    if isinstance(given, str):
        return dict.fromkeys(range(count), given)
    if isinstance(given, list) and len(given) == 1:
        # The format: a list of one status holds for every cell.
        given = given * count
    return {place: str(item) for place, item in _by_position(given, count, "statuses") if item}


def _moment(text: object) -> dt.datetime | None:
    if not isinstance(text, str) or not text:
        return None
    moment = dt.datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
