import datetime as dt
import itertools
import json
import random
from decimal import Decimal

import pytest

from projects.innsikt import jsonstat
from tests.projects.innsikt.payloads import dataset, payload


def values_of(raw: str) -> list[Decimal | None]:
    return [cell.value for cell in jsonstat.read(raw).cells()]


def test_cells_carry_codes_with_the_last_dimension_fastest():
    cells = list(jsonstat.read(payload([1, 2, 3, 4], regions=("3303", "3301"))).cells())

    assert [(c.codes["Region"], c.codes["Tid"], str(c.value)) for c in cells] == [
        ("3303", "2022", "1"),
        ("3303", "2023", "2"),
        ("3301", "2022", "3"),
        ("3301", "2023", "4"),
    ]


def test_labels_units_source_and_moment_are_kept():
    found = jsonstat.read(payload([1, 2], note=["Brudd i serien."]))

    measure = found.dimension("ContentsCode").categories[0]
    assert (measure.unit, measure.decimals) == ("personer", 0)
    assert found.dimension("Region").categories[0].label == "Sted 3303"
    assert found.updated == dt.datetime(2026, 2, 25, 7, tzinfo=dt.UTC)
    assert found.notes == ("Brudd i serien.",)
    assert found.time_dimension == "Tid"


@pytest.mark.parametrize(
    "status",
    [{"1": ":"}, ["", ":"], [None, ":"]],
    ids=["object", "list", "list with null"],
)
def test_status_in_each_form(status):
    cells = list(jsonstat.read(payload([5, None], status=status)).cells())

    assert [(c.value, c.status) for c in cells] == [(5, ""), (None, ":")]


def test_one_status_for_all():
    assert [c.status for c in jsonstat.read(payload([None, None], status="..")).cells()] == [
        "..",
        "..",
    ]


def test_sparse_values_are_missing_where_left_out():
    assert values_of(payload({"1": 7})) == [None, 7]


def test_missing_is_never_zero():
    assert values_of(payload([0, None])) == [Decimal(0), None]


def test_decimals_are_exact():
    assert values_of(payload([19.5, 0.1])) == [Decimal("19.5"), Decimal("0.1")]


def test_role_may_be_missing():
    body = dataset([1, 2])
    del body["role"]

    assert jsonstat.read(json.dumps(body)).time_dimension == "Tid"


def test_index_may_be_left_out_for_one_category():
    body = dataset([1, 2])
    del body["dimension"]["Region"]["category"]["index"]

    assert jsonstat.read(json.dumps(body)).dimension("Region").categories[0].code == "3303"


def test_object_index_is_sorted_by_position():
    body = dataset([1, 2])
    body["dimension"]["Tid"]["category"]["index"] = {"2023": 1, "2022": 0}

    found = [cell.codes["Tid"] for cell in jsonstat.read(json.dumps(body)).cells()]

    assert found == ["2022", "2023"]


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "null",
        "[]",
        "{",
        '{"class": "collection"}',
        '{"version": "2.0"}',
        payload([1]),
        payload([1, "2"]),
        payload([1, True]),
        payload({"2": 1}),
        payload({"x": 1}),
        payload([1, 2], size=[1, 2, 1]),
        payload([1, 2], size=[1, 1]),
        payload([1, 2], updated="i går"),
        payload([1, float("nan")]),
        payload(3),
    ],
)
def test_anything_else_is_refused(raw):
    with pytest.raises(jsonstat.BadDatasetError):
        jsonstat.read(raw)


def test_an_index_with_holes_is_refused():
    body = dataset([1, 2])
    body["dimension"]["Tid"]["category"]["index"] = {"2022": 0, "2023": 2}

    with pytest.raises(jsonstat.BadDatasetError, match="holes"):
        jsonstat.read(json.dumps(body))


@pytest.mark.parametrize("seed", range(40))
def test_any_cube_comes_back_as_it_was_written(seed):
    """Write a random cube in random forms, read it, and look every cell up by brute force."""
    rng = random.Random(seed)  # noqa: S311
    sizes = [rng.randint(1, 4) for _ in range(rng.randint(1, 5))]
    codes = [[f"d{d}c{c}" for c in range(size)] for d, size in enumerate(sizes)]
    truth: dict[tuple[str, ...], tuple[Decimal | None, str]] = {}
    for place in itertools.product(*codes):
        missing = rng.random() < 0.3
        value = None if missing else Decimal(rng.randint(-999, 999)) / 10
        truth[place] = (value, rng.choice([".", "..", ":"]) if missing else "")
    flat = list(truth.values())
    values = [None if v is None else float(v) for v, _ in flat]
    statuses = {str(i): s for i, (_, s) in enumerate(flat) if s}
    dimensions = {}
    for d, names in enumerate(codes):
        index: object = {name: i for i, name in enumerate(names)}
        if rng.random() < 0.5:
            index = names
        else:
            shuffled = list(enumerate(names))
            rng.shuffle(shuffled)
            index = {name: i for i, name in shuffled}
        dimensions[f"D{d}"] = {"category": {"index": index}}
    body = {
        "class": "dataset",
        "id": list(dimensions),
        "size": sizes,
        "dimension": dimensions,
        "value": values
        if rng.random() < 0.5
        else {str(i): v for i, v in enumerate(values) if v is not None},
        "status": statuses if rng.random() < 0.5 else [s for _, s in flat],
    }
    if len(flat) == 1:
        body["status"] = statuses

    cells = list(jsonstat.read(json.dumps(body)).cells())

    assert {tuple(c.codes.values()): (c.value, c.status) for c in cells} == truth
    assert len(cells) == len(truth)
