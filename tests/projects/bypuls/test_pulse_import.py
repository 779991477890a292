"""Counts from CSV files, in the admin and by the command: every line right, left out, or nothing at all."""

import datetime as dt
import io
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.template import engines
from django.test import Client
from django.urls import reverse

from members.accounts.models import User
from projects.bypuls.models import Counter, CountReading
from projects.bypuls.pulse.csv_file import BadFileError, NothingImportedError, import_csv, read
from projects.bypuls.pulse.readings import Written
from tests.projects.bypuls.factories import NOW, OSLO, CounterFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def counter() -> Counter:
    return CounterFactory.create(slug="torget")


def numbers(text: str) -> list[tuple[str, int]]:
    """What a file says, by local time."""
    found = read(text.encode(), at=NOW)
    assert found.bad == []
    return [
        (hour.astimezone(OSLO).strftime("%d.%m %H%z"), number)
        for hour, number in sorted(found.numbers.items())
    ]


def problems(text: str) -> list[tuple[int, str]]:
    return [(bad.line, bad.reason) for bad in read(text.encode(), at=NOW).bad]


SHAPES = [
    "tid;antall\n20.11.2026 13:00;12\n",
    "tid;antall\r\n20.11.2026 kl. 13.00;12\r\n",
    "Tidspunkt,Antall\n2026-11-20T13:00,12\n",
    "timestamp\tcount\n2026-11-20 13:00:00\t12\n",
    "dato;klokkeslett;antall\n20.11.2026;13.00;12\n",
    "dato;time;antall\n20.11.2026;13;12\n",
    "antall;merknad;tid\n12;fint vær;2026-11-20T12:00:00Z\n",
    "\ufefftid;antall\n2026-11-20T13:00+01:00;12,0\n\n",
    'tid;antall\n"20.11.2026 13:00";"12,00"\n',
]


@pytest.mark.parametrize("text", SHAPES)
def test_files_are_read_as_people_and_programs_write_them(text):
    assert numbers(text) == [("20.11 13+0100", 12)]


def test_thousands_and_old_encodings_are_read():
    content = "tid;antall;sted\n20.11.2026 13:00;1 240;Kirketorget på høyden\n".encode("cp1252")

    assert list(read(content, at=NOW).numbers.values()) == [1240]


def test_an_hour_without_a_number_is_a_gap(counter: Counter):
    text = b"tid;antall\n20.11.2026 13:00;\n20.11.2026 14:00;-\n20.11.2026 15:00;0\n"

    report = import_csv(counter.pk, text, keep_good_lines=False, at=NOW)

    assert report.gaps == 2
    assert [row.number for row in CountReading.objects.all()] == [0]


WRONG = [
    ("20.11.2026 13:00;mange", "«mange» er ikke et tall."),
    ("20.11.2026 13:00;12,5", "«12,5» er ikke et helt tall."),
    ("20.11.2026 13:00;-3", "Et antall kan ikke være negativt."),
    ("20.11.2026 13:00;99999999999999", "Så mange kan ikke telles på en time."),
    ("31.02.2026 13:00;1", "er ikke et tidspunkt."),
    ("i går;1", "«i går» er ikke et tidspunkt."),
    ("20.11.2026 13:30;1", "En telling begynner på en hel time."),
    ("24.12.2026 13:00;1", "Timen har ikke begynt ennå."),
    ("20.11.1999 13:00;1", "Timen er mer enn fem år gammel."),
    ("29.03.2026 02:00;1", "Klokka stilles fram denne natta"),
]


@pytest.mark.parametrize(("line", "reason"), WRONG, ids=[row[1] for row in WRONG])
def test_a_wrong_line_is_named_with_its_number(line, reason):
    found = problems(f"tid;antall\n20.11.2026 12:00;5\n{line}\n")

    assert [number for number, _reason in found] == [3]
    assert reason in found[0][1]


class TestTheHourThatComesTwice:
    """In the night to 25 October 2026 the clock shows 02.00 twice."""

    def test_the_first_row_is_the_first_hour_and_the_second_must_say(self):
        text = "tid;antall\n25.10.2026 02:00;10\n25.10.2026 02:00;11\n25.10.2026 03:00;12\n"

        found = problems(text)

        assert [line for line, _reason in found] == [3]
        assert "kommer to ganger" in found[0][1]
        assert "2026-10-25T02:00+01:00" in found[0][1]

    def test_with_an_offset_both_are_kept(self):
        text = "tid;antall\n2026-10-25T02:00+02:00;10\n2026-10-25T02:00+01:00;11\n"

        assert numbers(text) == [("25.10 02+0200", 10), ("25.10 02+0100", 11)]

    def test_the_second_alone_may_say(self):
        text = "tid;antall\n25.10.2026 02:00;10\n2026-10-25T02:00+01:00;11\n"

        assert numbers(text) == [("25.10 02+0200", 10), ("25.10 02+0100", 11)]

    def test_a_gap_in_the_first_is_still_the_first(self):
        found = problems("tid;antall\n25.10.2026 02:00;\n25.10.2026 02:00;11\n")

        assert [line for line, _reason in found] == [3]


def test_the_same_hour_twice_is_harmless_unless_the_numbers_differ():
    assert numbers("tid;antall\n20.11.2026 13:00;5\n20.11.2026 13:00;5\n") == [("20.11 13+0100", 5)]
    found = problems("tid;antall\n20.11.2026 13:00;5\n20.11.2026 13:00;6\n")
    assert found == [(3, "Timen står alt på linje 2, med et annet tall.")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "tom"),
        (b"tid;antall\n", "ingen linjer"),
        (b"hei;du\n1;2\n", "Første linje"),
        (b"dato;antall\n20.11.2026;1\n", "Første linje"),
        (b"\x00\x01\x02", "ikke tekst"),
        (b"tid;antall\n" + b"x" * (5 * 1024 * 1024), "5 MB"),
    ],
    ids=["empty", "header only", "other columns", "no hour", "binary", "huge"],
)
def test_a_file_that_is_none_is_refused_in_words(content, message):
    with pytest.raises(BadFileError, match=message):
        read(content, at=NOW)


MIXED = b"tid;antall\n20.11.2026 13:00;5\n20.11.2026 14:00;mange\n20.11.2026 15:00;7\n"


def test_nothing_is_kept_or_the_rest_is_as_the_person_chose(counter: Counter):
    with pytest.raises(NothingImportedError) as refused:
        import_csv(counter.pk, MIXED, keep_good_lines=False, at=NOW)
    assert [bad.line for bad in refused.value.report.bad] == [3]
    assert not CountReading.objects.exists()

    report = import_csv(counter.pk, MIXED, keep_good_lines=True, at=NOW)
    assert report.written == Written(new=2)


def test_corrections_are_counted_and_repetitions_write_nothing(counter: Counter):
    first = b"tid;antall\n20.11.2026 13:00;5\n20.11.2026 14:00;6\n"
    second = b"tid;antall\n20.11.2026 14:00;8\n20.11.2026 15:00;7\n20.11.2026 13:00;5\n"
    import_csv(counter.pk, first, keep_good_lines=False, at=NOW)

    written = import_csv(counter.pk, second, keep_good_lines=False, at=NOW).written

    assert written == Written(new=1, changed=1, unchanged=1)
    assert list(CountReading.objects.order_by("hour").values_list("number", flat=True)) == [5, 8, 7]
    counter.refresh_from_db()
    assert counter.last_hour == dt.datetime(2026, 11, 20, 15, tzinfo=OSLO)


def test_an_old_file_does_not_make_the_counter_older(counter: Counter):
    import_csv(counter.pk, b"tid;antall\n20.11.2026 13:00;5\n", keep_good_lines=False, at=NOW)
    import_csv(counter.pk, b"tid;antall\n01.11.2026 13:00;5\n", keep_good_lines=False, at=NOW)

    counter.refresh_from_db()
    assert counter.last_hour == dt.datetime(2026, 11, 20, 13, tzinfo=OSLO)


def test_the_command_imports_and_names_what_it_left_out(counter: Counter, tmp_path: Path):
    file = tmp_path / "tall.csv"
    file.write_bytes(MIXED)
    out, err = io.StringIO(), io.StringIO()

    with pytest.raises(CommandError, match="Ingenting er importert"):
        call_command("import_counts", "torget", str(file), stdout=out, stderr=err)
    call_command("import_counts", "torget", str(file), "--keep-good-lines", stdout=out)

    assert "line 3: «mange» er ikke et tall." in err.getvalue()
    assert "2 new, 0 corrected, 0 as before, 0 without a number, 1 left out" in out.getvalue()
    with pytest.raises(CommandError, match="no counter"):
        call_command("import_counts", "finnes-ikke", str(file))
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_counts", "torget", "finnes-ikke.csv")


def test_staff_import_in_the_admin(
    client: Client, programme_officer: User, counter: Counter, monkeypatch: pytest.MonkeyPatch
):
    # Unfold's own templates name variables that are not always given.
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", "")
    client.force_login(
        programme_officer, backend="allauth.account.auth_backends.AuthenticationBackend"
    )

    def send(content: bytes, **fields: str) -> str:
        address = reverse("admin:bypuls_counter_import", args=[counter.pk])
        data: dict[str, Any] = {"file": SimpleUploadedFile("tall.csv", content), **fields}
        return str(client.post(address, data).content.decode())

    refused = send(MIXED)
    kept = send(MIXED, keep_good_lines="on")
    wrong = send(b"hei")

    assert "Ingenting er importert" in refused
    assert "«mange» er ikke et tall." in refused
    assert "Nye timer: 2" in kept
    assert "Første linje må ha kolonnene" in wrong
