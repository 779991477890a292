"""Calendar files of other programs are read for what they say; broken ones for what can be read."""

import datetime as dt
import random
from pathlib import Path

import pytest

from projects.bypuls.events.importing.found import Found, Reading
from projects.bypuls.events.importing.lines import NoCalendarError
from projects.bypuls.events.importing.reading import read_calendar
from tests.projects.bypuls.factories import NOW, OSLO

CALENDARS = Path(__file__).with_name("calendars")
UNTIL = NOW + dt.timedelta(days=396)


def read(content: bytes) -> Reading:
    return read_calendar(content, since=NOW, until=UNTIL)


def read_file(name: str) -> Reading:
    return read((CALENDARS / f"{name}.ics").read_bytes())


def calendar(*events: str, eol: str = "\r\n", before: str = "") -> bytes:
    """A calendar around the lines of each event, which get a start and a title unless they have them."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Eksempel//NO", *before.split("\n")]
    for event in events:
        given = [line for line in event.split("\n") if line]
        names = {line.split(":")[0].split(";")[0] for line in given}
        defaults = {
            "UID": "UID:en",
            "DTSTART": "DTSTART:20261201T180000",
            "DTEND": "DTEND:20261201T200000",
            "SUMMARY": "SUMMARY:Quiz",
            "LOCATION": "LOCATION:Torget",
        }
        if "DURATION" in names or "UTEN-SLUTT" in names:
            del defaults["DTEND"]
        lines += ["BEGIN:VEVENT", *(text for name, text in defaults.items() if name not in names)]
        lines += [*(line for line in given if line != "UTEN-SLUTT:"), "END:VEVENT"]
    return eol.join([line for line in [*lines, "END:VCALENDAR"] if line] + [""]).encode()


def one(content: bytes) -> Found:
    reading = read(content)
    assert [trouble.reason for trouble in reading.troubles] == []
    (found,) = reading.found
    return found


def local(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=OSLO)


def rows(reading: Reading) -> list[tuple[str, str, str, str, str, bool]]:
    """What each happening says, in words: day in the series, title, from, to, where, called off."""
    return [
        (
            found.recurrence_id,
            found.title,
            f"{found.starts_at.astimezone(OSLO):%Y-%m-%d %H:%M%z}",
            f"{found.ends_at.astimezone(OSLO):%Y-%m-%d %H:%M%z}",
            found.location,
            found.is_cancelled,
        )
        for found in reading.found
    ]


LIBRARY = "Kongsberg bibliotek, Hasbergs vei 36, 3616 Kongsberg, Norge"
PARK = "Kongsberg Teknologipark – Auditoriet"
EXPECTED = {
    "google": [
        *[
            ("20261124", "Strikkekveld på biblioteket 🧶", "2026-11-24 18:00+0100")
            + ("2026-11-24 20:00+0100", LIBRARY, False),
            ("20261201", "Strikkekveld på kafé", "2026-12-02 19:00+0100")
            + ("2026-12-02 21:00+0100", "Kafé Nålepute", False),
            ("", "Strikkehelg", "2026-12-05 00:00+0100")
            + ("2026-12-07 00:00+0100", "Strikkehuset", False),
            ("20261215", "Strikkekveld på biblioteket 🧶", "2026-12-15 18:00+0100")
            + ("2026-12-15 20:00+0100", "", True),
            ("20261222", "Strikkekveld på biblioteket 🧶", "2026-12-22 18:00+0100")
            + ("2026-12-22 20:00+0100", LIBRARY, False),
        ]
    ],
    "outlook": [
        ("20261210", "Fagdag for prosjektledere", "2026-12-10 09:00+0100")
        + ("2026-12-10 11:30+0100", PARK, False),
        ("", "Planleggingsdag", "2027-01-04 00:00+0100")
        + ("2027-01-05 00:00+0100", "Rådhuset", False),
        ("20270211", "Fagdag om risiko", "2027-02-11 12:00+0100")
        + ("2027-02-11 14:30+0100", PARK, False),
        ("20270311", "Fagdag for prosjektledere", "2027-03-11 09:00+0100")
        + ("2027-03-11 11:30+0100", PARK, False),
        ("20270408", "Fagdag for prosjektledere", "2027-04-08 09:00+0200")
        + ("2027-04-08 11:30+0200", PARK, False),
    ],
    "apple": [
        ("", "Hyttetur til Knutefjell", "2026-12-11 17:00+0100")
        + (
            "2026-12-13 15:00+0100",
            "Kongsberg skisenter, Tjuvmyrveien, 3610 Kongsberg, Norge",
            False,
        ),
        *(
            (day.replace("-", ""), "Skitur for nybegynnere", f"{day} 10:00+0100")
            + (f"{day} 12:00+0100", "Funkelia, parkeringen", False)
            for day in ("2027-01-17", "2027-01-24", "2027-01-31", "2027-02-07")
        ),
        ("20270228", "Siste dag i måneden ute", "2027-02-28 00:00+0100")
        + ("2027-03-01 00:00+0100", "Funkelia", False),
        ("20270322", "Kartkurs", "2027-03-22 18:30+0100")
        + ("2027-03-22 20:00+0100", "Turlagets hus", False),
        ("20270329", "Kartkurs med øvelse ute", "2027-03-29 19:00+0200")
        + ("2027-03-29 21:00+0200", "Turlagets hus", False),
        ("20270331", "Siste dag i måneden ute", "2027-03-31 00:00+0200")
        + ("2027-04-01 00:00+0200", "Funkelia", False),
        ("20270405", "Kartkurs med øvelse ute", "2027-04-05 19:00+0200")
        + ("2027-04-05 21:00+0200", "Turlagets hus", False),
        ("20270430", "Siste dag i måneden ute", "2027-04-30 00:00+0200")
        + ("2027-05-01 00:00+0200", "Funkelia", False),
    ],
    "events_plugin": [
        ("", "Julekonsert & allsang: – «Glade toner»", "2026-11-27 20:00+0100")
        + (
            "2026-11-27 22:30+0100",
            "Kongsberg kirke, Kirketorget, Kongsberg, 3611, Norge",
            False,
        ),
        ("", "Julemarked på Storgata", "2026-12-03 00:00+0100")
        + ("2026-12-06 00:00+0100", "Storgata", False),
        ("", "Åpen prøve", "2027-05-20 19:00+0200")
        + ("2027-05-20 20:00+0200", "Prøvesalen", False),
    ],
    "sports_club": [
        *(
            (day.replace("-", ""), "Trening for voksne", f"{day} 17:00+0100")
            + (f"{day} 18:30+0100", "Skrimhallen", False)
            for day in ("2026-11-23", "2026-11-25")
        ),
        ("", "J14: Skrim - Sandsvær", "2026-11-29 16:00+0100")
        + ("2026-11-29 17:15+0100", "Kongsberghallen", False),
        ("20261130", "Trening for voksne", "2026-11-30 17:00+0100")
        + ("2026-11-30 18:30+0100", "Skrimhallen", False),
        ("", "G12: Skrim - Numedal", "2026-12-05 11:00+0100")
        + ("2026-12-05 12:00+0100", "Kongsberghallen", True),
        ("20261207", "Trening for voksne", "2026-12-07 17:00+0100")
        + ("2026-12-07 18:30+0100", "Skrimhallen", False),
        ("20261209", "Trening for voksne", "2026-12-09 17:00+0100")
        + ("2026-12-09 18:30+0100", "Skrimhallen", False),
        ("", "Juleturnering for minste", "2026-12-12 10:00+0100")
        + ("2026-12-12 15:00+0100", "Skrimhallen", False),
        ("", "Nattdugnad ved tidsskillet", "2027-03-28 03:30+0200")
        + ("2027-03-28 04:00+0200", "Kongsberghallen", False),
    ],
}
TROUBLES = {
    "events_plugin": [(68, "Varer i mer enn 31 dager.")],
    "sports_club": [(42, "Slutten er før starten.")],
}


@pytest.mark.parametrize("name", EXPECTED)
def test_five_programs_are_read_field_by_field(name: str):
    reading = read_file(name)

    assert rows(reading) == EXPECTED[name]
    told = [(trouble.line, trouble.reason) for trouble in reading.troubles]
    assert told == TROUBLES.get(name, [])
    assert reading.is_whole


def by_title(name: str, title: str) -> Found:
    return next(found for found in read_file(name).found if found.title.startswith(title))


def test_markup_becomes_text_and_meeting_links_stay_out():
    knitting = by_title("google", "Strikkekveld på biblioteket")
    weekend = by_title("google", "Strikkehelg")
    concert = by_title("events_plugin", "Julekonsert")

    assert knitting.description == (
        "Vi strikker sammen & drikker kaffe.\n\nGarn finnes\n\nAlle nivåer"
    )
    assert knitting.summary == "Vi strikker sammen & drikker kaffe."
    assert weekend.description == "Lær fra https://example.org/strikk. Meld deg på til oss."
    assert concert.description.startswith("Kor og blås i julestemning.\n\nDørene åpner kl. 19.")
    assert "alert" not in concert.description


def test_who_comes_is_never_read_and_an_address_is_no_organiser():
    texts = str(read_file("google").found) + str(read_file("events_plugin").found)

    assert "emmelig" not in texts
    assert "nordmann" not in texts
    assert by_title("events_plugin", "Julekonsert").organiser == "Scene Numedal"
    assert by_title("events_plugin", "Julemarked").organiser == ""


def test_links_are_of_pages_and_categories_are_kept():
    concert = by_title("events_plugin", "Julekonsert")

    assert concert.website == "https://scene.example.org/event/julekonsert/"
    assert concert.categories == ("Kultur og musikk", "Jul")
    assert by_title("events_plugin", "Åpen").website == ""


def test_lines_broken_by_hand_belong_to_the_text():
    tournament = by_title("sports_club", "Juleturnering")

    assert tournament.description == "Ta med\nblåbærsaft\nog godt humør"


def test_private_ones_and_those_that_are_over_are_counted_and_left_out():
    assert read_file("google").left_out == 2
    assert read_file("outlook").left_out == 1


@pytest.mark.parametrize("eol", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
def test_charsets_marks_and_line_endings(eol: str, charset: str):
    content = calendar("SUMMARY:Blåbær\\, fløte\\nog øl", eol=eol).decode().encode(charset)

    assert one(content).title == "Blåbær, fløte og øl"


def test_a_fold_may_cut_a_letter_in_two():
    content = calendar("SUMMARY:Blåbær")
    cut = content.replace("å".encode(), b"\xc3\r\n \xa5")

    assert one(cut).title == "Blåbær"


@pytest.mark.parametrize(
    ("lines", "start", "end"),
    [
        ("DTSTART:20261201T170000Z\nDTEND:20261201T180000Z", "18:00", "19:00"),
        ("DTSTART;TZID=Europe/London:20261201T170000\nDURATION:PT90M", "18:00", "19:30"),
        ("DTSTART;TZID=Romance Standard Time:20261201T180000\nDURATION:P0DT1H", "18:00", "19:00"),
        (
            'DTSTART;TZID="/mozilla.org/2005/Europe/Oslo":20261201T180000\nDURATION:PT1H',
            "18:00",
            "19:00",
        ),
        ("DTSTART:20261201T180000\nUTEN-SLUTT:", "18:00", "19:00"),
        ("DTSTART:20261201T180000\nDTEND:20261201T180000", "18:00", "19:00"),
    ],
    ids=["UTC", "another zone", "name of Windows", "prefix", "no end", "no length"],
)
def test_times_are_ours(lines: str, start: str, end: str):
    found = one(calendar(lines))

    assert (found.starts_at, found.ends_at) == (
        local(f"2026-12-01T{start}"),
        local(f"2026-12-01T{end}"),
    )


OWN_ZONE = """BEGIN:VTIMEZONE
TZID:Sentralen
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0300
TZOFFSETTO:+0300
END:STANDARD
END:VTIMEZONE"""


def test_a_zone_of_the_files_own_follows_its_own_rules():
    lines = "DTSTART;TZID=Sentralen:20261201T200000\nDTEND;TZID=Sentralen:20261201T210000"

    assert one(calendar(lines, before=OWN_ZONE)).starts_at == local("2026-12-01T18:00")


def test_the_zone_of_one_file_is_forgotten_before_the_next():
    lines = "DTSTART;TZID=Sentralen:20261201T200000\nDTEND;TZID=Sentralen:20261201T210000"
    read(calendar(lines, before=OWN_ZONE))

    reading = read(calendar(lines))

    assert reading.found[0].starts_at == local("2026-12-01T20:00")
    assert "Ukjent tidssone «Sentralen»" in reading.notes[0].reason


@pytest.mark.parametrize(
    ("start", "expected", "note"),
    [
        ("20270328T023000", "2027-03-28T03:30:00+02:00", "finnes ikke"),
        ("20271031T023000", "2027-10-31T02:30:00+02:00", "finnes to ganger"),
    ],
)
def test_the_nights_when_the_clock_is_set(start: str, expected: str, note: str):
    reading = read(calendar(f"DTSTART;TZID=Europe/Oslo:{start}\nDURATION:PT1H"))

    (found,) = reading.found
    assert found.starts_at.astimezone(OSLO).isoformat() == expected
    assert found.ends_at - found.starts_at == dt.timedelta(hours=1)
    assert note in reading.notes[0].reason


def test_a_series_over_the_night_that_skips_an_hour_has_no_date_without_length():
    rule = "DTSTART;TZID=Europe/Oslo:20270321T023000\nDTEND;TZID=Europe/Oslo:20270321T031500"

    reading = read(calendar(f"{rule}\nRRULE:FREQ=WEEKLY;COUNT=3"))

    lengths = {each.ends_at.timestamp() - each.starts_at.timestamp() for each in reading.found}
    assert lengths == {45 * 60}


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ("DTEND:20261201T170000", "Slutten er før starten."),
        ("DTSTART;VALUE=DATE:20261201\nDTEND;VALUE=DATE:20270115", "Varer i mer enn 31 dager."),
        ("DTSTART:20261399T180000", "DTSTART kan ikke leses: «20261399T180000»."),
        ("SUMMARY:", "Tittelen mangler (SUMMARY)."),
        ("RRULE:FREQ=WEEKLXY", "RRULE kan ikke leses: «FREQ=WEEKLXY»."),
        ("RRULE:FREQ=SECONDLY", "Gjentas oftere enn daglig."),
        ("RRULE:FREQ=DAILY;INTERVAL=0", "Gjentakelsen har et umulig mellomrom (INTERVAL)."),
        ("RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "Gjentakelsen kan aldri inntreffe."),
        ("RRULE:FREQ=DAILY;BYHOUR=1,2,3,4,5,6", "Gjentas for ofte på én dag."),
        ("DTSTART:99991201T180000\nDURATION:PT1H", "Året 9999 kan ikke stemme."),
        ("DTSTART;VALUE=DATE:20261201", "Starten og slutten er ikke skrevet på samme måte."),
        ("DTSTART:20261201T180000\nDTSTART:20261202T180000", "DTSTART står der to ganger."),
    ],
)
def test_what_cannot_be_is_told_with_its_line_and_the_rest_is_kept(lines: str, reason: str):
    reading = read(calendar("UID:to\nSUMMARY:God", lines))

    assert [(trouble.line, trouble.reason) for trouble in reading.troubles] == [(11, reason)]
    assert [found.title for found in reading.found] == ["God"]


def test_the_newest_of_two_with_the_same_name_counts():
    reading = read(
        calendar("SEQUENCE:3\nSUMMARY:Ny", "SEQUENCE:1\nSUMMARY:Gammel", "SEQUENCE:2\nSUMMARY:Nest")
    )

    assert [found.title for found in reading.found] == ["Ny"]


def test_a_method_of_cancel_calls_off():
    assert one(calendar("", before="METHOD:CANCEL")).is_cancelled
    assert one(calendar("STATUS:CANCELLED")).is_cancelled
    assert one(calendar("SUMMARY:Avlyst – Quiz")).title == "Quiz"


def test_one_broken_exception_leaves_all_of_its_series_alone():
    reading = read(
        calendar(
            "UID:kor\nRRULE:FREQ=WEEKLY;COUNT=3",
            "UID:kor\nRECURRENCE-ID:20261208T180000\nDTSTART:tull",
            "UID:annet",
        )
    )

    assert {found.uid for found in reading.found} == {"annet"}
    assert reading.unread == {"kor"}


def test_a_changed_date_without_its_series_stands_alone():
    found = one(calendar("RECURRENCE-ID:20261201T180000\nDTSTART:20261203T180000\nDURATION:PT1H"))

    assert (found.recurrence_id, found.starts_at) == ("20261201", local("2026-12-03T18:00"))


def test_a_series_that_changes_its_hour_keeps_the_names_of_its_dates():
    rule = "RRULE:FREQ=WEEKLY;COUNT=3\nDURATION:PT1H"
    before = read(calendar(f"DTSTART:20261201T180000\n{rule}"))
    after = read(calendar(f"DTSTART:20261201T193000\n{rule}"))

    assert [found.key for found in before.found] == [found.key for found in after.found]


@pytest.mark.parametrize("content", [b"", b"<html>Logg inn</html>", b"\x00\xff" * 50, b"a;b\nc;d"])
def test_what_is_no_calendar_is_refused(content: bytes):
    with pytest.raises(NoCalendarError):
        read(content)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_file_that_is_cut_anywhere_is_read_as_far_as_it_goes_and_never_as_whole(name: str):
    content = (CALENDARS / f"{name}.ics").read_bytes()
    known = {found.key for found in read(content).found}

    for length in range(50, len(content.rstrip()) - 1, 50):
        reading = read(content[:length])
        assert not reading.is_whole, length
        assert {found.uid for found in reading.found} <= {uid for uid, _day in known} | {
            uid for uid in (found.uid for found in reading.found) if uid.startswith("uten-uid-")
        }


@pytest.mark.parametrize("name", EXPECTED)
def test_a_file_with_bytes_gone_wrong_never_stops_the_reader(name: str):
    content = (CALENDARS / f"{name}.ics").read_bytes()
    chance = random.Random(name)  # noqa: S311

    for _round in range(40):
        broken = bytearray(content)
        for _hit in range(12):
            broken[chance.randrange(60, len(broken))] = chance.randrange(256)
        read(bytes(broken))
