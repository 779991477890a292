import pytest

from projects.bypuls.one_by_one import all_of, one_by_one


def test_a_key_that_fails_is_named_and_stops_no_other(caplog: pytest.LogCaptureFixture):
    assert one_by_one(lambda key: 6 // key, [3, 0, 1], "division by") == 8

    assert "division by 0 failed" in caplog.text


def test_a_step_that_fails_stops_none_after_it_and_is_heard_of_in_the_end():
    done: list[int] = []

    with pytest.raises(ExceptionGroup) as raised:
        all_of(lambda: done.append(1), lambda: 1 // 0, lambda: done.append(3))

    assert done == [1, 3]
    assert raised.group_contains(ZeroDivisionError)
