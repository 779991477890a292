"""Lists that visitors narrow: what the address asks for, the panel with counts, one page of rows."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from projects.digital_stemme import facets
from projects.digital_stemme.models.choices import UNSTATED
from vekst.paging import Page, keyset_page

ListingT = TypeVar("ListingT", bound=Model)
PAGE_SIZE = 20


@dataclass(frozen=True)
class Option:
    """One value of a filter: as it stands in the address, in words, and in the cube."""

    value: str
    label: str
    key: Any


@dataclass(frozen=True)
class Filter:
    """One filter of a list. `options` gives its values at a moment, in the order of the panel."""

    name: str
    column: str
    label: Callable[[], str]
    options: Callable[[datetime.datetime], list[Option]]
    single: bool = False


@dataclass(frozen=True)
class Sort:
    """One order of a list; `order_by` fits `vekst.paging.keyset_page` and an index."""

    name: str
    label: Callable[[], str]
    order_by: tuple[str, ...]


@dataclass(frozen=True)
class ListSpec:
    """What a list can be narrowed and sorted by."""

    cube: facets.Cube
    filters: tuple[Filter, ...]
    sorts: tuple[Sort, ...]


@dataclass
class ListQuery(Generic[ListingT]):
    """What one visitor asked a list for."""

    spec: ListSpec
    at: datetime.datetime
    path: str
    words: str
    sort: Sort
    values: dict[str, list[str]] = field(default_factory=dict)
    options: dict[str, list[Option]] = field(default_factory=dict)

    @classmethod
    def read(
        cls, spec: ListSpec, params: QueryDict, path: str, *, at: datetime.datetime
    ) -> "ListQuery[ListingT]":
        """Take from the address what makes sense, and leave the rest without complaint."""
        wanted = params.get("sorter", "")
        sort = next((s for s in spec.sorts if s.name == wanted), spec.sorts[0])
        words = " ".join(params.get("q", "").replace("\x00", "").split())[:100]
        query = cls(spec, at, path, words, sort)
        for filter_ in spec.filters:
            options = query.options[filter_.name] = filter_.options(at)
            asked = set(params.getlist(filter_.name))
            found = [option.value for option in options if option.value in asked]
            if found:
                query.values[filter_.name] = found[:1] if filter_.single else found
        return query

    @property
    def is_narrowed(self) -> bool:
        """Tell whether anything is chosen."""
        return bool(self.values or self.words)

    def chosen(self) -> dict[str, Any]:
        """Return what is chosen in the terms of the cube."""
        chosen: dict[str, Any] = {}
        for filter_ in self.spec.filters:
            values = self.values.get(filter_.name)
            if values:
                keys = [o.key for o in self.options[filter_.name] if o.value in values]
                chosen[filter_.column] = keys[0] if filter_.single else keys
        return chosen

    def count(self) -> facets.Counts:
        """Count by filter value. One query."""
        words = facets.match_words(self.words)
        return facets.count(self.spec.cube, self.chosen(), words=words, at=self.at)

    def page(
        self,
        public: QuerySet[ListingT],
        full: QuerySet[ListingT],
        counts: facets.Counts,
        params: QueryDict,
    ) -> Page[ListingT]:
        """
        Return the page that `params` asks for. Two queries, or none when the counts say nothing is there.

        `public` finds the rows in an index that holds all the filters; `full` then loads those rows.
        """
        if counts.total == 0 and not counts.is_bounded:
            return Page([], None, None)
        rows = public
        for column, value in self.chosen().items():
            rows = rows.filter(facets.condition(column, value))
        words = facets.match_words(self.words)
        if words:
            rows = rows.extra(where=["search @@ to_tsquery('norwegian', %s)"], params=[words])
        names = [name.removeprefix("-") for name in self.sort.order_by]
        cursors = {name: params.get(name, "") for name in ("etter", "for")}
        keys = keyset_page(rows.only(*names), self.sort.order_by, cursors, size=PAGE_SIZE)
        by_pk = full.in_bulk([row.pk for row in keys.items])
        items = [by_pk[row.pk] for row in keys.items if row.pk in by_pk]
        return Page(items, keys.next_cursor, keys.previous_cursor)

    # --- Addresses ------------------------------------------------------------------------------
    def url(
        self,
        *,
        without: tuple[str, str] | None = None,
        sort: Sort | None = None,
        cursor: tuple[str, str] | None = None,
    ) -> str:
        """Return the list's address: less a filter value (all of it for ""), in an order, at a page."""
        pairs: list[tuple[str, str]] = []
        if self.words and without != ("q", ""):
            pairs.append(("q", self.words))
        for name, values in self.values.items():
            pairs += [(name, v) for v in values if without not in ((name, v), (name, ""))]
        order = sort or self.sort
        if order is not self.spec.sorts[0]:
            pairs.append(("sorter", order.name))
        if cursor:
            pairs.append(cursor)
        return f"{self.path}?{urlencode(pairs)}" if pairs else self.path

    # --- What the templates need ----------------------------------------------------------------
    def panel(self, counts: facets.Counts, *, target: str) -> dict[str, object]:
        """Return what `_filter_panel.html` needs."""
        search = {"name": "q", "label": _("Søk i teksten"), "type": "search", "value": self.words}
        keep = [("sorter", self.sort.name)] if self.sort is not self.spec.sorts[0] else []
        groups = [self._group(filter_, counts) for filter_ in self.spec.filters]
        return {
            "action": self.path,
            "target": target,
            "groups": [group for group in groups if group["options"]],
            "inputs": [search],
            "keep": keep,
            "active": list(self._active()),
            "reset_url": self.path,
        }

    def _group(self, filter_: Filter, counts: facets.Counts) -> dict[str, object]:
        dimension = self.spec.cube.dimension(filter_.column)
        checked = self.values.get(filter_.name, [])
        options: list[dict[str, object]] = []
        if filter_.single:
            any_label = _("Alle")
            options.append({"value": "", "label": any_label, "count": None, "checked": not checked})
        for option in self.options[filter_.name]:
            number: int | None = None
            if dimension.counted:
                if dimension.operator == "at least" and option.key >= 0:
                    number = counts.at_least(filter_.column, option.key)
                else:
                    number = counts.of(filter_.column, option.key)
            is_checked = option.value in checked
            if number == 0 and not is_checked:
                continue
            options.append(
                {
                    "value": option.value,
                    "label": option.label,
                    "count": number,
                    "checked": is_checked,
                }
            )
        return {
            "name": filter_.name,
            "label": filter_.label(),
            "single": filter_.single,
            "options": options,
        }

    def _active(self) -> Iterable[dict[str, str]]:
        if self.words:
            yield {"label": f"«{self.words}»", "url": self.url(without=("q", ""))}
        for filter_ in self.spec.filters:
            for option in self.options[filter_.name]:
                if option.value in self.values.get(filter_.name, []):
                    url = self.url(without=(filter_.name, option.value))
                    yield {"label": self._words_of(filter_, option), "url": url}

    @staticmethod
    def _words_of(filter_: Filter, option: Option) -> str:
        if filter_.single or option.value == UNSTATED:
            return f"{filter_.label()}: {option.label}"
        return option.label

    def suggestions(self, counts: facets.Counts) -> list[dict[str, object]]:
        """Say which filter to drop when nothing fits, and what that gives; the most fruitful first."""
        found: list[dict[str, object]] = []
        for filter_ in self.spec.filters:
            number = counts.without.get(filter_.column, 0)
            if filter_.name in self.values and number:
                values = self.values[filter_.name]
                labels = [
                    self._words_of(filter_, o)
                    for o in self.options[filter_.name]
                    if o.value in values
                ]
                found.append(
                    {
                        "label": ", ".join(labels),
                        "url": self.url(without=(filter_.name, "")),
                        "count": number,
                    }
                )
        return sorted(found, key=lambda s: -int(str(s["count"])))

    def sort_options(self) -> list[dict[str, object]]:
        """Return what `_sort.html` needs."""
        return [
            {"label": s.label(), "url": self.url(sort=s), "is_current": s is self.sort}
            for s in self.spec.sorts
        ]

    def pager(self, page: Page[ListingT]) -> dict[str, str]:
        """Return what `_pager.html` needs."""
        back, on = page.previous_cursor, page.next_cursor
        return {
            "prev_url": self.url(cursor=("for", back)) if back else "",
            "next_url": self.url(cursor=("etter", on)) if on else "",
        }
