import csv
import datetime
import io
import re

import pytest
from django.test import Client

from members.mailings.models import Audience, ReaderCount, Topic

pytestmark = pytest.mark.django_db

PAGE = "/innsikt/nyhetsbrev/"
DAY = datetime.timedelta(days=1)


def write(last: datetime.date, days: int, readers: int = 50) -> None:
    groups = [
        ("", "", readers),
        (Topic.WEEKLY, "", readers - 1),
        (Topic.HOMES, "", 3),
        ("", Audience.WOMEN, readers - 2),
        ("", Audience.STUDENTS, 20),
        (Topic.WEEKLY, Audience.STUDENTS, 20),
    ]
    ReaderCount.objects.bulk_create(
        ReaderCount(
            day=last - back * DAY,
            topic=topic,
            audience=audience,
            readers=number,
            joined=1 if audience == "" else 0,
            left=1 if audience == "" else 0,
        )
        for back in range(days)
        for topic, audience, number in groups
    )


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split()).replace("\xa0", " ")


def test_readers_are_told_with_chart_and_table_and_no_small_number(client: Client):
    write(datetime.date(2026, 4, 30), 60)

    page = client.get(PAGE).content.decode()

    assert "<svg" in page
    assert page.count("<table") == 1 + 3 * 3
    text = words(page)
    assert "Rundt 50 får nyhetsbrevene." in text
    assert "Bolig færre enn 5" in text
    assert "Vises ikke, for da kunne en regne ut hvor få de andre er." in text
    for secret in ("48", "49", "> 3 <"):
        assert secret not in re.sub(r"<svg.*?</svg>", "", page, flags=re.DOTALL)
    assert "april 2026" in text
    assert "Talt til og med 30. april 2026." in text


def test_a_month_that_was_not_counted_is_a_gap_in_the_chart_and_the_table(client: Client):
    write(datetime.date(2026, 1, 31), 10)
    write(datetime.date(2026, 3, 31), 31)

    page = client.get(PAGE).content.decode()

    row = re.search(r'<th scope="row">februar 2026</th>.*?</tr>', page, re.DOTALL)
    assert row is not None
    assert "Ikke talt" in row[0]
    assert 'class="chart__gap"' in page


def test_the_page_in_english_and_with_the_first_day_alone(client: Client):
    write(datetime.date(2026, 4, 3), 1)

    text = words(client.get(f"/en{PAGE}").content.decode())

    assert "About 50 get the newsletters." in text
    assert "April 2026, until 3 April 2026" in text


def test_before_anything_is_counted_the_page_says_so(client: Client):
    assert "Ingen tall ennå" in client.get(PAGE).content.decode()
    assert client.get("/innsikt/nyhetsbrev.csv").content == b""


def test_few_readers_in_all_are_not_told_either(client: Client):
    write(datetime.date(2026, 4, 30), 30, readers=4)

    assert "færre enn 5 lesere" in words(client.get(PAGE).content.decode())


def test_the_file_holds_what_the_page_shows_and_nothing_more(client: Client):
    write(datetime.date(2026, 4, 30), 60)

    answer = client.get("/innsikt/nyhetsbrev.csv")

    assert answer["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    april = {
        (row["topic"], row["audience"], row["measure"]): (row["value"], row["status"])
        for row in rows
        if row["month"] == "2026-04"
    }
    assert april["", "", "readers"] == ("50", "")
    assert april["", "kvinner", "readers"] == ("", ":")
    assert april["bolig", "", "readers"] == ("", ":")
    assert april["jobb", "", "readers"] == ("", "..")
    assert april["", "", "joined"] == ("30", "")
    assert april["", "studenter", "joined"] == ("", ":")
    assert {row["value"] for row in rows} <= {"", "20", "30", "50"}


def test_the_page_costs_the_same_whatever_the_number_of_days(
    client: Client, django_assert_num_queries
):
    write(datetime.date(2026, 4, 30), 400)

    with django_assert_num_queries(4):
        client.get(PAGE)


def test_insight_leads_there(client: Client):
    assert f'href="{PAGE}"' in client.get("/innsikt/").content.decode()
