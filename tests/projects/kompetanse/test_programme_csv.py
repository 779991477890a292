import datetime
from decimal import Decimal

import pytest
from django.utils import translation

from projects.kompetanse.models import Level, StudyForm, StudyProgramme
from projects.kompetanse.programme_csv import COLUMNS, NotACsvError, import_programmes
from tests.projects.kompetanse.factories import StudyProgrammeFactory

pytestmark = pytest.mark.django_db

AT = datetime.datetime(2026, 11, 20, 12, 0, tzinfo=datetime.UTC)
HEADER = ";".join(COLUMNS)
MACHINE = (
    "FV-EITKMTK;Maskinteknikk;Mechanical engineering;Fagskolen i Viken;Kongsberg;NKR 5.2;fagskolegrad;"
    "120;;nettbasert med samlinger;nb;2026-08-15;2026-04-15;Samordna opptak fagskole;"
    "Relevant fag-/svennebrev eller 5 års praksis;teknologi;https://example.no/EITKMTK;ja"
)


def line(code: str, **cells: str) -> str:
    row = dict(zip(COLUMNS, MACHINE.split(";"), strict=True)) | {"kode": code} | cells
    return ";".join(row[name] for name in COLUMNS)


def csv_of(*lines: str) -> bytes:
    return "\r\n".join([HEADER, *lines]).encode("utf-8-sig")


def run(raw: bytes, **kwargs: bool):
    return import_programmes(raw, source="Fylket", at=AT, **kwargs)


def test_the_documented_line_becomes_a_programme():
    run(csv_of(MACHINE))

    programme = StudyProgramme.objects.get()
    assert programme.level == Level.VOCATIONAL
    assert programme.form == StudyForm.GATHERINGS
    assert programme.nkr_level == "5.2"
    assert programme.credits == Decimal(120)
    assert programme.semesters is None
    assert programme.deadline_on == datetime.date(2026, 4, 15)
    assert programme.provider.name == "Fagskolen i Viken"
    assert programme.slug == "maskinteknikk"
    assert programme.last_seen_at == AT
    with translation.override("en"):
        assert StudyProgramme.objects.get().title == "Mechanical engineering"


def test_a_second_run_changes_nothing():
    run(csv_of(MACHINE))
    result = run(csv_of(MACHINE))

    assert (result.created, result.updated, result.unchanged) == ([], [], 1)
    assert StudyProgramme.objects.count() == 1


def test_a_changed_line_updates_its_programme_under_the_same_address():
    run(csv_of(MACHINE))
    result = run(csv_of(line("FV-EITKMTK", navn="Maskinteknikk på nett", studieform="nettbasert")))

    programme = StudyProgramme.objects.get()
    assert result.updated == ["Maskinteknikk på nett"]
    assert (programme.title, programme.slug) == ("Maskinteknikk på nett", "maskinteknikk")
    assert programme.form == StudyForm.ONLINE


def test_a_dry_run_says_the_same_and_writes_nothing():
    result = run(csv_of(MACHINE), dry_run=True)

    assert result.created == ["Maskinteknikk"]
    assert not StudyProgramme.objects.exists()


BAD_LINES = [
    (line("A", grad="doktor"), "grad"),
    (line("A", studiepoeng="mange"), "studiepoeng"),
    (line("A", studiepoeng="-5"), "studiepoeng"),
    (line("A", studiepoeng="NaN"), "studiepoeng"),
    (line("A", varighet_semestre="seks"), "varighet_semestre"),
    (line("A", oppstart="15.08.2026"), "oppstart"),
    (line("A", url="javascript:alert(1)"), "url"),
    (line("A", url=""), "url"),
    (line("A", navn=""), "navn"),
    (line("A", navn="x" * 161), "navn"),
    (line("", navn="Uten kode"), "kode"),
    (line("A", aktiv="kanskje"), "aktiv"),
    (line("A", fagomraade="magi"), "fagomraade"),
    ("A;bare to", "institusjon"),
]


@pytest.mark.parametrize(("bad", "column"), BAD_LINES, ids=range(len(BAD_LINES)))
def test_a_bad_line_is_reported_with_its_number_and_the_rest_is_kept(bad: str, column: str):
    result = run(csv_of(MACHINE, bad))

    assert (3, column) in [(error.line, error.column) for error in result.errors]
    assert all(error.message for error in result.errors)
    assert [programme.code for programme in StudyProgramme.objects.all()] == ["FV-EITKMTK"]


def test_one_bad_line_stops_everything_when_that_was_asked_for():
    result = run(csv_of(MACHINE, line("A", grad="doktor")), only_if_flawless=True)

    assert result.errors
    assert not StudyProgramme.objects.exists()


def test_the_same_code_twice_is_an_error_of_the_second_line():
    result = run(csv_of(line("A"), line("A", navn="Noe annet")))

    assert [(error.line, error.column) for error in result.errors] == [(3, "kode")]


@pytest.mark.parametrize(
    "raw",
    [b"\xff\xfe", b"navn;kode\nA;B\n", b"", HEADER.encode() + b"\nA\x00;B\n"],
    ids=["not utf-8", "columns", "empty", "null"],
)
def test_what_is_no_such_file_is_refused_whole(raw: bytes):
    with pytest.raises(NotACsvError):
        run(raw)


def test_what_the_file_no_longer_names_is_taken_out_and_comes_back():
    four = [line(code, navn=f"Program {code}") for code in "ABCD"]
    run(csv_of(*four))
    result = run(csv_of(*four[:3]))

    assert result.taken_out == ["Program D"]
    assert not StudyProgramme.objects.get(code="D").is_active
    run(csv_of(*four))
    assert StudyProgramme.objects.get(code="D").is_active


@pytest.mark.parametrize("kept", [0, 1])
def test_an_empty_or_halved_file_takes_nothing_out(kept: int):
    four = [line(code) for code in "ABCD"]
    run(csv_of(*four))
    result = run(csv_of(*four[:kept]))

    assert result.is_braked
    assert StudyProgramme.objects.filter(is_active=True).count() == 4


def test_a_bad_line_does_not_take_its_programme_out():
    four = [line(code) for code in "ABCD"]
    run(csv_of(*four))
    run(csv_of(*four[:3], line("D", grad="doktor")))

    assert StudyProgramme.objects.get(code="D").is_active


def test_programmes_of_others_are_left_alone():
    StudyProgrammeFactory.create(code="X", source="Noen andre")
    run(csv_of(MACHINE))

    assert StudyProgramme.objects.get(code="X").is_active
