from vekst.background import PAUSE, _Asked


def test_many_who_ask_at_once_start_the_work_now_and_once_more_for_the_rest():
    asked = _Asked()

    waits = [asked.seconds_to_wait("send", now=100 + n / 1000) for n in range(300)]

    assert waits == [0, PAUSE, *[None] * 298]


def test_whoever_asks_is_always_served_by_a_start_that_comes_later():
    asked = _Asked()
    starts: list[float] = []
    moments = [100 + n * 0.07 for n in range(100)]
    for now in moments:
        wait = asked.seconds_to_wait("send", now=now)
        if wait is not None:
            starts.append(now + wait)

    assert all(any(now <= start <= now + PAUSE for start in starts) for now in moments)
    assert len(starts) <= 2 + (moments[-1] - moments[0]) / PAUSE


def test_each_task_is_asked_for_by_itself():
    asked = _Asked()

    assert asked.seconds_to_wait("send", now=100) == 0
    assert asked.seconds_to_wait("index", now=100) == 0
