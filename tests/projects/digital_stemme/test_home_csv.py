import datetime
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from projects.digital_stemme import home_csv, moderation
from projects.digital_stemme.home_rows import BadFileError, parse
from projects.digital_stemme.models import Home, ImportRun
from projects.digital_stemme.models.choices import HomeSource
from tests.projects.digital_stemme.factories import HomeFactory
from vekst.moderation import ModerationState

SAMPLE = (Path(__file__).parent / "samples" / "bolig_import_eksempel.csv").read_bytes()
NOW = datetime.datetime(2026, 1, 15, 9, 0, tzinfo=datetime.UTC)
TODAY = NOW.date()
HEADER = "ekstern_id;type;tittel;beskrivelse;leie_mnd;depositum;ledig_fra;lat;lon;utloper"


def file(*rows: str) -> bytes:
    return "\n".join([HEADER, *rows]).encode()


def row(ref: str, **values: str) -> str:
    cells = {"type": "leie", "tittel": f"Hybel {ref}", "beskrivelse": "Fin.", "leie_mnd": "7000"}
    cells |= {"ekstern_id": ref} | values
    return ";".join(cells.get(name, "") for name in HEADER.split(";"))


def load(content, officer, *, keep=True, at=NOW):
    return home_csv.import_homes(content, keep_good_rows=keep, by=officer, at=at)


# --- Parsing ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "content", [SAMPLE, b"\xef\xbb\xbf" + SAMPLE.removeprefix(b"\xef\xbb\xbf")]
)
def test_the_sample_is_read_with_and_without_a_byte_order_mark(content):
    rows, refused = parse(content, today=TODAY)

    assert refused == []
    assert [r.ref for r in rows] == ["EKS-0001", "EKS-0002", "EKS-0003"]
    first = rows[0].fields
    assert (first["rent_nok"], first["deposit_nok"], first["price_nok"]) == (13000, 39000, None)
    assert (first["neighbourhood"], first["pets"], first["lat"]) == ("nymoen", "nei", 59.66905)
    assert rows[1].fields["price_nok"] == 4190000
    assert rows[2].published_on == datetime.date(2026, 1, 11)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ({"type": "bytte"}, "type kan ikke være «bytte»"),
        ({"type": ""}, "type mangler"),
        ({"tittel": ""}, "tittel mangler"),
        ({"leie_mnd": "syv tusen"}, "leie_mnd kan ikke være «syv tusen»"),
        ({"leie_mnd": "-1"}, "leie_mnd"),
        ({"depositum": "42001"}, "seks måneders"),
        ({"ledig_fra": "1.2.2026"}, "ledig_fra"),
        ({"lat": "59.6"}, "både lat og lon"),
        ({"lat": "99", "lon": "9"}, "lat går fra"),
        ({"utloper": "2026-01-14"}, "utløpt"),
        ({"type": "kjop"}, "ikke leie_mnd"),
        ({"beskrivelse": "x\x00y"}, "ugyldig tegn"),
    ],
)
def test_a_bad_row_is_named_by_its_line_and_reason(bad, reason):
    rows, [refused] = parse(file(row("A"), row("B", **bad), row("C")), today=TODAY)

    assert [r.ref for r in rows] == ["A", "C"]
    assert (refused.line, refused.ref) == (3, "B")
    assert reason in refused.reason


def test_lines_are_counted_as_an_editor_counts_them():
    many = row("A", beskrivelse='"To\nlinjer"')

    _, [refused] = parse(file(many, "", row("B", type="x")), today=TODAY)

    assert refused.line == 5


def test_too_few_cells_and_the_same_number_twice_are_refused():
    _, refused = parse(file(row("A"), "B;leie", row("A")), today=TODAY)

    assert [r.line for r in refused] == [3, 4]
    assert "linje 2" in refused[1].reason


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"tittel,type\n",
        "ekstern_id;type;tittel;beskrivelse\nå".encode("latin-1"),
        b"ekstern_id;type;tittel;beskrivelse;hemmelig\n",
        b'ekstern_id;type;tittel;beskrivelse\n"A;leie;x;y\n',
        b"x" * (2 * 1024 * 1024 + 1),
    ],
)
def test_a_file_that_is_none_is_refused_whole(content):
    with pytest.raises(BadFileError):
        parse(content, today=TODAY)


# --- Importing --------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_preview_tells_and_does_nothing():
    plan = home_csv.preview(SAMPLE, at=NOW)

    assert (len(plan.new), plan.braked) == (3, False)
    assert not Home.objects.exists()
    assert not ImportRun.objects.exists()


@pytest.mark.django_db
def test_an_import_shows_the_homes_and_a_second_one_changes_nothing(programme_officer):
    run, _ = load(SAMPLE, programme_officer)
    slugs = list(Home.objects.order_by("pk").values_list("slug", flat=True))
    again, plan = load(SAMPLE, programme_officer, at=NOW + datetime.timedelta(hours=1))

    assert (run.read, run.new, run.closed) == (3, 3, 0)
    assert (again.new, again.changed, plan.unchanged) == (0, 0, 3)
    assert Home.objects.public(NOW).count() == 3
    assert list(Home.objects.order_by("pk").values_list("slug", flat=True)) == slugs


@pytest.mark.django_db
def test_good_rows_are_kept_or_nothing_is_as_chosen(programme_officer):
    content = file(row("A"), row("B", type="x"))

    with pytest.raises(home_csv.NothingImportedError) as caught:
        load(content, programme_officer, keep=False)
    assert [r.line for r in caught.value.plan.refused] == [3]
    assert not Home.objects.exists()

    run, _ = load(content, programme_officer)
    assert (run.new, [r["line"] for r in run.refused]) == (1, ["3"])


@pytest.mark.django_db
def test_changes_reach_the_page_and_what_is_missing_is_taken_down(programme_officer):
    load(file(row("A"), row("B")), programme_officer)

    run, _ = load(file(row("A", leie_mnd="7500")), programme_officer)

    assert (run.changed, run.closed, run.braked) == (1, 1, False)
    assert Home.objects.public(NOW).get().rent_nok == 7500
    load(file(row("A", leie_mnd="7500"), row("B")), programme_officer)
    assert Home.objects.public(NOW).count() == 2, "one that comes back is shown again"


@pytest.mark.django_db
def test_a_refused_row_is_not_a_missing_one(programme_officer):
    load(file(row("A"), row("B")), programme_officer)

    run, _ = load(file(row("A"), row("B", leie_mnd="x")), programme_officer)

    assert run.closed == 0
    assert Home.objects.public(NOW).count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("left", [0, 4])
def test_an_empty_or_halved_file_takes_nothing_down(programme_officer, left):
    everything = [row(str(n)) for n in range(12)]
    load(file(*everything), programme_officer)

    run, _ = load(file(*everything[:left]), programme_officer)

    assert run.braked
    assert Home.objects.public(NOW).count() == 12
    run, _ = load(file(*everything), programme_officer)
    assert not run.braked


@pytest.mark.django_db
def test_what_an_officer_took_down_stays_down(programme_officer):
    load(file(row("A")), programme_officer)
    moderation.withdraw(Home.objects.get(), by=programme_officer, at=NOW)

    load(file(row("A", leie_mnd="7100")), programme_officer)

    assert Home.objects.get().state == ModerationState.WITHDRAWN


@pytest.mark.django_db
def test_homes_that_people_sent_in_are_never_touched(programme_officer):
    own = HomeFactory.create(expires_on=TODAY + datetime.timedelta(days=9))

    load(file(row("A")), programme_officer)

    own.refresh_from_db()
    assert (own.state, own.source) == (ModerationState.PUBLISHED, HomeSource.OWN)


# --- In the admin -----------------------------------------------------------------------------------
@pytest.mark.django_db
def test_the_office_looks_first_and_imports_what_it_saw(client, programme_officer, time_machine):
    time_machine.move_to(NOW)
    client.force_login(
        programme_officer, backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    address = reverse("admin:digital_stemme_home_import_csv")
    content = file(row("A", tittel="Hybel <b>&</b> «bad»"), row("B", type="x"))
    upload = SimpleUploadedFile("boliger.csv", content, "text/csv")

    page = client.post(address, {"file": upload, "refused": "keep", "preview": "1"})
    assert "kan ikke være «x»" in page.content.decode()
    assert not Home.objects.exists()

    kept = page.context["form"].text_to_keep
    client.post(address, {"text": kept, "refused": "keep", "import": "1"})
    assert Home.objects.get().title == "Hybel <b>&</b> «bad»"


@pytest.mark.django_db
def test_editors_may_look_at_homes_but_not_import_them(client, editor):
    client.force_login(editor, backend="allauth.account.auth_backends.AuthenticationBackend")

    assert client.get(reverse("admin:digital_stemme_home_import_csv")).status_code == 403
