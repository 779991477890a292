"""The daily count of readers: what is counted, what is caught up, and what stays a gap."""

import datetime
import threading

import pytest
from django.db import connection
from django.utils import timezone

from members.mailings import reader_counting, subscribing
from members.mailings.models import Audience, ReaderCount, Topic
from tests.members.mailings.factories import ConsentFactory, SubscriberFactory
from vekst.settings.base import CELERY_BEAT_SCHEDULE

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)
# Ten past midnight in Kongsberg, on Tuesday the 12th of May.
AT = datetime.datetime(2026, 5, 11, 22, 10, tzinfo=datetime.UTC)
MONDAY = datetime.date(2026, 5, 11)
NOON = AT - DAY / 2


def numbers(day: datetime.date, topic: str = "", audience: str = "") -> tuple[int, int, int]:
    row = ReaderCount.objects.get(day=day, topic=topic, audience=audience)
    return row.readers, row.joined, row.left


def test_yesterday_is_counted_by_topic_and_audience_with_those_who_came_and_left():
    woman = SubscriberFactory.create(audiences=[Audience.WOMEN])
    for topic in (Topic.WEEKLY, Topic.HOMES):
        ConsentFactory.create(subscriber=woman, topic=topic, given_at=NOON)
    ConsentFactory.create_batch(3, given_at=NOON - 20 * DAY)
    ConsentFactory.create(given_at=NOON - 20 * DAY, withdrawn_at=NOON)
    # Came and went again within the day, and one who comes just after midnight.
    ConsentFactory.create(given_at=NOON - DAY / 10, withdrawn_at=NOON)
    ConsentFactory.create(given_at=AT)

    assert reader_counting.count_days(at=AT) > 0

    assert numbers(MONDAY) == numbers(MONDAY, Topic.WEEKLY) == (4, 1, 1)
    assert numbers(MONDAY, Topic.HOMES) == (1, 1, 0)
    assert numbers(MONDAY, Topic.HOMES, Audience.WOMEN) == (1, 1, 0)
    assert numbers(MONDAY, "", Audience.WOMEN) == (1, 1, 0)
    # Nobody is a number too: only a day that was not counted has none.
    assert numbers(MONDAY, Topic.JOBS, Audience.STUDENTS) == (0, 0, 0)
    assert ReaderCount.objects.filter(day=MONDAY).count() == 9 * 5


def test_a_day_that_is_counted_stays_as_it_was_however_often_it_runs():
    consent = ConsentFactory.create(given_at=NOON - DAY)
    reader_counting.count_days(at=AT)
    rows = list(ReaderCount.objects.order_by("pk").values())

    # Somebody is forgotten, and the job comes once more.
    consent.subscriber.delete()
    ConsentFactory.create(given_at=NOON - 5 * DAY)
    reader_counting.count_day(MONDAY, with_audiences=True)
    reader_counting.count_days(at=AT + DAY / 2)

    same = ReaderCount.objects.filter(pk__in=[row["id"] for row in rows])
    assert list(same.order_by("pk").values()) == rows
    assert numbers(MONDAY) == (1, 0, 0)


def test_missed_days_are_caught_up_and_their_audiences_stay_a_gap():
    woman = SubscriberFactory.create(audiences=[Audience.WOMEN])
    ConsentFactory.create(subscriber=woman, given_at=NOON - 4 * DAY)
    reader_counting.count_days(at=AT - 3 * DAY)
    ConsentFactory.create(given_at=NOON - 2 * DAY, withdrawn_at=NOON - DAY)

    # The portal was down for two nights.
    assert reader_counting.count_days(at=AT) == 3

    assert [numbers(MONDAY - days * DAY)[0] for days in (3, 2, 1, 0)] == [1, 2, 1, 1]
    assert numbers(MONDAY - DAY) == (1, 0, 1)
    with_audience = ReaderCount.objects.filter(topic="", audience=Audience.WOMEN).order_by("day")
    assert list(with_audience.values_list("day", flat=True)) == [MONDAY - 3 * DAY, MONDAY]


def test_it_goes_no_further_back_than_the_consents_tell_and_some_days_at_a_time():
    ConsentFactory.create(given_at=NOON - 400 * DAY)

    runs = []
    while (counted := reader_counting.count_days(at=AT)) > 0:
        runs.append(counted)

    assert runs == [31, 31, 29]
    days = ReaderCount.objects.filter(topic="", audience="").order_by("day")
    assert days.first().day == MONDAY - 90 * DAY  # type: ignore[union-attr]
    assert reader_counting.count_days(at=AT) == 0


def test_before_the_first_reader_there_is_nothing_to_count():
    assert reader_counting.count_days(at=AT) == 0
    assert not ReaderCount.objects.exists()


def test_days_are_those_of_kongsberg_also_when_the_clock_changes():
    # The 29th of March 2026 has 23 hours: it ends at 22 in Greenwich.
    ends = datetime.datetime(2026, 3, 29, 22, tzinfo=datetime.UTC)
    ConsentFactory.create(given_at=ends - datetime.timedelta(minutes=1))
    ConsentFactory.create(given_at=ends)

    for back in (0, 1):
        reader_counting.count_day(timezone.localdate(ends) - back * DAY, with_audiences=True)

    assert numbers(datetime.date(2026, 3, 29)) == (1, 1, 0)
    assert numbers(datetime.date(2026, 3, 30)) == (2, 1, 0)


def test_leaving_everything_by_mail_is_seen_in_every_topic():
    reader = SubscriberFactory.create()
    for topic in (Topic.WEEKLY, Topic.JOBS):
        ConsentFactory.create(subscriber=reader, topic=topic, given_at=NOON - 3 * DAY)
    subscribing.withdraw(subscriber=reader, source="meld-av", at=NOON)

    reader_counting.count_day(MONDAY, with_audiences=True)

    assert numbers(MONDAY) == numbers(MONDAY, Topic.JOBS) == (0, 0, 1)


def test_the_counting_goes_by_itself_every_hour():
    entry = CELERY_BEAT_SCHEDULE["count-readers"]

    assert entry["task"] == "members.mailings.tasks.count_readers"
    assert str(entry["schedule"]).startswith("<crontab: 10 *")


@pytest.mark.integration
@pytest.mark.django_db(transaction=True)
def test_two_who_count_at_once_write_each_day_once():
    ConsentFactory.create(given_at=NOON - 9 * DAY)
    start, errors = threading.Barrier(3), []

    def count() -> None:
        try:
            start.wait(20)
            reader_counting.count_days(at=AT)
        except Exception as error:  # noqa: BLE001
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=count) for _worker in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not errors
    assert ReaderCount.objects.filter(topic="", audience="").count() == 10
    assert numbers(MONDAY) == (1, 0, 0)
