"""The measures of one plan, narrowed by what stands in the address."""

import datetime
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Prefetch
from django.http import QueryDict
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from projects.portfolio.models import Challenge, Measure, MeasureState, MeasureUpdate, Plan, Project


@dataclass(frozen=True)
class Option:
    """One value of a filter, with how many measures it would leave."""

    value: str
    label: str
    count: int
    checked: bool


@dataclass(frozen=True)
class Group:
    """One filter with its values."""

    name: str
    label: str
    options: list[Option]


@dataclass(frozen=True)
class Chosen:
    """A filter that is on, and the address without it."""

    label: str
    url: str


@dataclass(frozen=True)
class Theme:
    """The shown measures under one heading of the plan."""

    title: str
    measures: list[Measure]


@dataclass(frozen=True)
class MeasureList:
    """All measures of the plan, those that are shown, the filters, and which are late (primary keys)."""

    all: list[Measure]
    shown: list[Measure]
    groups: list[Group]
    active: list[Chosen]
    reset_url: str
    late: set[int]

    @property
    def themes(self) -> list[Theme]:
        """The shown measures by theme, in the order in which the plan first names each."""
        found: dict[str, list[Measure]] = {}
        for measure in self.shown:
            found.setdefault(measure.theme, []).append(measure)
        return [Theme(title, measures) for title, measures in found.items()]


Values = Callable[[Measure], list[tuple[str, str]]]


def _states(measure: Measure) -> list[tuple[str, str]]:
    return [(measure.state, str(MeasureState(measure.state).label))]


def _responsible(measure: Measure) -> list[tuple[str, str]]:
    return [(slugify(name), name) for name in measure.responsible_names]


FILTERS: dict[str, Values] = {"status": _states, "ansvarlig": _responsible}


def _passes(measure: Measure, chosen: dict[str, set[str]], *, but: str = "") -> bool:
    return all(
        not chosen[name] or chosen[name] & {value for value, _label in values(measure)}
        for name, values in FILTERS.items()
        if name != but
    )


def _without(params: QueryDict, name: str, value: str, path: str) -> str:
    left = params.copy()
    left.setlist(name, [kept for kept in params.getlist(name) if kept != value])
    query = left.urlencode()
    return f"{path}?{query}" if query else path


def _group(name: str, label: str, measures: list[Measure], chosen: dict[str, set[str]]) -> Group:
    values = FILTERS[name]
    labels = {value: text for measure in measures for value, text in values(measure)}
    counts = Counter(
        value
        for measure in measures
        if _passes(measure, chosen, but=name)
        for value, _label in values(measure)
    )
    ordered = (
        [state.value for state in MeasureState if state.value in labels]
        if name == "status"
        else sorted(labels, key=lambda value: labels[value])
    )
    return Group(
        name,
        label,
        [Option(v, labels[v], counts[v], v in chosen[name]) for v in ordered],
    )


def measure_list(plan: Plan, params: QueryDict, *, at: datetime.datetime) -> MeasureList:
    """
    Read the plan's measures and narrow them by `status` and `ansvarlig`; unknown values are ignored.

    A plan holds tens of measures, so all are read and the counts are counted here: four queries.
    A project that is still a draft is not named: `measure.project` is None then.
    """
    measures = list(
        Measure.objects.filter(plan=plan)
        .select_related("forum", "company", "decision")
        .prefetch_related(
            Prefetch("challenges", Challenge.objects.order_by("number")),
            Prefetch("updates", MeasureUpdate.objects.order_by("-happened_on", "-pk")),
            Prefetch("project", Project.objects.public(at)),
        )
        .order_by("number")
    )
    known = {
        name: {value for measure in measures for value, _label in values(measure)}
        for name, values in FILTERS.items()
    }
    chosen = {name: set(params.getlist(name)) & known[name] for name in FILTERS}
    groups = [
        _group("status", _("Status"), measures, chosen),
        _group("ansvarlig", _("Ansvarlig"), measures, chosen),
    ]
    path = plan.get_absolute_url()
    return MeasureList(
        all=measures,
        shown=[measure for measure in measures if _passes(measure, chosen)],
        groups=groups,
        active=[
            Chosen(option.label, _without(params, group.name, option.value, path))
            for group in groups
            for option in group.options
            if option.checked
        ],
        reset_url=path,
        late={measure.pk for measure in measures if measure.is_overdue(timezone.localdate(at))},
    )
