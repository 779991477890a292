"""What of the counts is shown: no small group, and none that the others tell of."""

import datetime
import itertools
from collections import defaultdict

import pytest

from members.mailings.anonymity import Cell, Held, moved_cells, part_cell, rounded, whole_cell
from members.mailings.models import Audience, ReaderCount, Topic
from members.mailings.reach import EVERYBODY, reach

K = 5
WEEKLY, HOMES = (Topic.WEEKLY.value, ""), (Topic.HOMES.value, "")
WOMEN, STUDENTS = ("", Audience.WOMEN.value), ("", Audience.STUDENTS.value)
DAY = datetime.timedelta(days=1)


def write(day: datetime.date, numbers: dict[tuple[str, str], tuple[int, int, int]]) -> None:
    ReaderCount.objects.bulk_create(
        ReaderCount(
            day=day, topic=topic, audience=audience, readers=readers, joined=joined, left=left
        )
        for (topic, audience), (readers, joined, left) in numbers.items()
    )


def found(fewest: int = K):
    shown = reach(fewest=fewest)
    assert shown is not None
    return shown


@pytest.mark.parametrize("number", range(K))
def test_a_number_below_the_threshold_is_never_shown(number: int):
    assert whole_cell(number, fewest=K) == Cell(None, Held.FEW)
    assert part_cell(number, 100, fewest=K) == Cell(None, Held.FEW)


@pytest.mark.parametrize("rest", range(K))
def test_nor_is_one_that_leaves_too_few_of_the_whole_beside_it(rest: int):
    # 48 women among 50 readers would tell of the two others.
    assert part_cell(50 - rest, 50, fewest=K) == Cell(None, Held.BACK)


def test_every_number_that_is_hidden_could_be_any_that_is_too_small():
    # What a stranger sees of a whole and a part, and all that may lie behind it.
    behind = defaultdict(set)
    for whole, part in itertools.product(range(80), repeat=2):
        if part <= whole:
            seen = (whole_cell(whole, fewest=K), part_cell(part, whole, fewest=K))
            behind[seen].add((part, whole - part))

    for (whole_seen, part_seen), possible in behind.items():
        parts, rests = {part for part, _rest in possible}, {rest for _part, rest in possible}
        if part_seen.held is Held.FEW and whole_seen.number:
            assert parts == set(range(K))
        if part_seen.held is Held.BACK:
            # A whole of less than twice the threshold leaves less room.
            assert {0, 1, 2} <= rests <= set(range(K))
        if part_seen.number is not None:
            assert min(rests) >= K


def test_readers_before_and_after_with_who_came_and_left_tell_of_no_few():
    # after = before + came - left, and a stranger who knows the rules tries all that may lie behind.
    behind = defaultdict(set)
    for before, came, left in itertools.product(range(30), range(20), range(20)):
        after = before + came - left
        if 0 <= after < 30:
            ends = [whole_cell(number, fewest=K) for number in (before, after)]
            moves = [whole_cell(number, fewest=K) for number in (came, left)]
            seen = (*ends, *moved_cells(*moves, before=ends[0], after=ends[1]))
            behind[seen].add((before, after, came, left))

    assert any(came.number and left.number for _before, _after, came, left in behind)
    for possible in behind.values():
        # At the edge of what is tried some that are possible are missing.
        if max(max(numbers) for numbers in possible) < 18:
            for place in range(4):
                values = {numbers[place] for numbers in possible}
                assert max(values) >= K or values == set(range(K))


def test_numbers_are_rounded_to_the_threshold_and_never_to_nothing():
    assert [rounded(n, fewest=5) for n in (5, 7, 8, 12, 13, 100)] == [5, 5, 10, 10, 15, 100]
    assert all(rounded(n, fewest=k) >= k for k in range(1, 12) for n in range(k, 50))


@pytest.mark.django_db
def test_months_are_told_with_small_groups_and_what_would_tell_of_them_left_out():
    for back in range(3):
        write(
            datetime.date(2026, 4, 30) - back * DAY,
            {
                EVERYBODY: (50, 4, 2),
                WEEKLY: (48, 4, 1),
                HOMES: (3, 0, 0),
                WOMEN: (47, 4, 0),
                STUDENTS: (20, 2, 2),
            },
        )

    april = found().newest

    assert april.readers[EVERYBODY] == Cell(50)
    assert april.readers[HOMES] == Cell(None, Held.FEW)
    assert april.readers[WOMEN] == Cell(None, Held.BACK)
    assert april.readers[STUDENTS] == Cell(20)
    assert (april.joined[EVERYBODY], april.left[EVERYBODY]) == (Cell(10), Cell(5))
    # Three left in all: how many came would tell, with the readers before and after, that they were few.
    assert april.joined[WEEKLY] == april.left[WEEKLY] == Cell(None, Held.MOVES)
    assert april.joined[WOMEN] == april.left[STUDENTS] == Cell(None, Held.MOVES)


@pytest.mark.django_db
def test_what_was_not_counted_is_a_gap_and_never_a_zero():
    everything = {EVERYBODY: (20, 2, 2), WEEKLY: (20, 2, 2), STUDENTS: (10, 1, 1)}
    late = {EVERYBODY: (20, 2, 2), WEEKLY: (20, 2, 2)}
    write(datetime.date(2026, 1, 30), everything)
    write(datetime.date(2026, 1, 31), everything)
    # Nothing in February. In March its last day alone; in April a night was made up for later.
    write(datetime.date(2026, 3, 31), everything)
    for day in range(1, 31):
        write(datetime.date(2026, 4, day), late if day == 7 else everything)
    write(datetime.date(2026, 5, 1), late)

    january, february, march, april, may = found().months

    assert (january.readers[WEEKLY].number, january.joined[WEEKLY].held) == (20, Held.MOVES)
    for measure in (february.readers, february.joined, march.joined):
        assert measure[EVERYBODY] == Cell(None, Held.NOT_COUNTED)
    assert march.readers[EVERYBODY] == april.readers[EVERYBODY] == Cell(20)
    assert april.joined[WEEKLY] == Cell(60)
    assert april.readers[STUDENTS] == Cell(10)
    assert april.joined[STUDENTS] == Cell(None, Held.NOT_COUNTED)
    assert may.readers[STUDENTS] == Cell(None, Held.NOT_COUNTED)
    assert may.until == datetime.date(2026, 5, 1)
    assert april.until is None


@pytest.mark.django_db
def test_two_years_cost_three_queries(django_assert_num_queries):
    assert reach(fewest=K) is None
    for back in range(900):
        write(datetime.date(2026, 4, 30) - back * DAY, {EVERYBODY: (50, 1, 1)})

    with django_assert_num_queries(3):
        months = found().months

    assert len(months) == 24
    assert months[0].first_day == datetime.date(2024, 5, 1)


@pytest.mark.django_db
def test_the_threshold_is_the_one_that_is_set():
    write(datetime.date(2026, 4, 30), {EVERYBODY: (12, 0, 0)})

    assert found(fewest=10).newest.readers[EVERYBODY] == Cell(10)
    assert found(fewest=20).newest.readers[EVERYBODY] == Cell(None, Held.FEW)
