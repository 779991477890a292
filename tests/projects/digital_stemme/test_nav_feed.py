import copy
import datetime
import json
from pathlib import Path
from uuid import UUID

import pytest

from members.companies.models import Company, Membership
from projects.digital_stemme import membership, nav_feed
from projects.digital_stemme.models import ImportRun, SourceState, Vacancy
from projects.digital_stemme.models.choices import VacancySource
from projects.digital_stemme.nav_entries import BadEntryError, parse_entry, parse_page
from tests.projects.digital_stemme.factories import VacancyFactory
from vekst.moderation import ModerationState

SAMPLES = Path(__file__).parent / "samples"
ENGINEER = "7d0f4a3e-3c55-4f5d-9a5e-0c1f7b2f9101"
NURSE = "2b7d1e52-8f5a-46b1-9f6f-6a1d0f5c2202"
FIRST = "/api/v1/feed"
SECOND = "/api/v1/feed/0a6c5b1e-2222-4aaa-8bbb-330300000002"
NOW = datetime.datetime(2026, 1, 12, 12, 0, tzinfo=datetime.UTC)


def sample(name: str) -> dict:
    return json.loads((SAMPLES / f"{name}.json").read_text())


def raw(data: object) -> bytes:
    return json.dumps(data).encode()


# --- Parsing ----------------------------------------------------------------------------------------
def test_a_page_tells_what_is_active_and_where_the_next_one_is():
    page = parse_page(raw(sample("nav_feed_page")))

    assert page.next_url == SECOND
    assert [item.is_active for item in page.items] == [True, True, False, True, False]
    assert page.items[0].municipality == "KONGSBERG"


def test_an_active_entry_becomes_a_vacancy():
    nav = parse_entry(raw(sample("nav_feed_entry_active_ingenior")), municipality="Kongsberg")

    assert nav is not None
    assert (nav.uuid, nav.orgnr) == (ENGINEER, "310000019")
    expected = {
        "title_nb": "Systemingeniør – eksempelstilling",
        "employer_name": "Eksempel Teknologi AS",
        "occupation": "industri-og-produksjon",
        "extent": "heltid",
        "engagement": "fast",
        "sector": "privat",
        "place": "kongsberg",
        "location": "Kirkegårdsveien 45, Kongsberg",
        "position_count": 2,
        "due_on": datetime.date(2026, 2, 1),
        "due_text": "",
        "contact_email": "kari@example.no",
        "show_email": True,
        "apply_url": "https://stillinger.example.no/1/soknad",
    }
    assert {name: nav.fields[name] for name in expected} == expected
    assert nav.fields["summary_nb"].startswith("Om stillingen Fiktiv annonse for test.")


def test_a_due_date_in_words_stays_in_words():
    nav = parse_entry(raw(sample("nav_feed_entry_active_sykepleier")), municipality="Kongsberg")

    assert nav is not None
    assert (nav.fields["due_on"], nav.fields["due_text"]) == (None, "Snarest")
    assert nav.fields["contact_name"] == ""


def test_an_inactive_entry_has_nothing_to_show():
    assert parse_entry(raw(sample("nav_feed_entry_inactive")), municipality="Kongsberg") is None


def test_any_of_the_work_locations_counts():
    entry = sample("nav_feed_entry_active_ingenior")
    entry["ad_content"]["workLocations"].insert(0, {"municipal": "DRAMMEN", "city": "DRAMMEN"})

    nav = parse_entry(raw(entry), municipality="Kongsberg")

    assert nav is not None
    assert (nav.fields["place"], nav.fields["municipality"]) == ("andre-kommuner", "Kongsberg")
    assert parse_entry(raw(entry), municipality="Horten") is None


def test_foreign_html_is_made_harmless():
    entry = sample("nav_feed_entry_active_ingenior")
    entry["ad_content"]["description"] = "<p onclick=x()>A<script>alert(1)</script></p><img src=x>"
    entry["ad_content"]["applicationUrl"] = "javascript:alert(1)"

    nav = parse_entry(raw(entry), municipality="Kongsberg")

    assert nav is not None
    assert nav.fields["description_nb"] == "<p>A</p>"
    assert nav.fields["apply_url"] == "https://stillinger.example.no/1"


@pytest.mark.parametrize(
    "change",
    [
        {"positioncount": ""},
        {"positioncount": None},
        {"positioncount": "mange"},
        {"extent": None, "engagementtype": "Noe nytt", "sector": ""},
        {"contactList": None, "occupationCategories": None, "employer": None},
        {"applicationDue": "2026-99-99"},
        {"published": "i går", "updated": None},
    ],
)
def test_missing_and_odd_values_are_not_stated(change):
    entry = sample("nav_feed_entry_active_ingenior")
    entry["ad_content"] |= change

    assert parse_entry(raw(entry), municipality="Kongsberg") is not None


@pytest.mark.parametrize("change", [{"title": "?"}, {"title": ""}, {"expires": None}])
def test_an_entry_without_what_it_must_have_is_refused(change):
    entry = sample("nav_feed_entry_active_ingenior")
    entry["ad_content"] |= change

    with pytest.raises(BadEntryError):
        parse_entry(raw(entry), municipality="Kongsberg")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"<html>",
        raw({"items": [{}]}),
        raw({"items": [], "next_url": "https://evil.example/x"}),
        raw({"items": [{"url": "//evil.example", "_feed_entry": {"uuid": NURSE, "status": "A"}}]}),
    ],
)
def test_a_page_that_is_none_is_refused_whole(content):
    with pytest.raises(BadEntryError):
        parse_page(content)


# --- Reading ----------------------------------------------------------------------------------------
@pytest.fixture
def nav(fake_source, settings):
    settings.NAV_FEED_URL = fake_source.url
    settings.NAV_FEED_TOKEN = "token"
    entries = {
        ENGINEER: sample("nav_feed_entry_active_ingenior"),
        NURSE: sample("nav_feed_entry_active_sykepleier"),
    }
    for uuid, entry in entries.items():
        fake_source.serve(f"/api/v1/feedentry/{uuid}", raw(entry))
    fake_source.serve(FIRST, raw(sample("nav_feed_page")))
    last = sample("nav_feed_page_last")
    last["items"] = last["items"][:1]
    fake_source.serve(SECOND, raw(last), headers={"ETag": '"v1"', "Last-Modified": "Mon"})
    return fake_source


def read(at=NOW):
    return nav_feed.import_jobs(at=at, clock=lambda: at)


def later(**delta):
    return NOW + datetime.timedelta(**delta)


def page(*items, next_url=None):
    data = sample("nav_feed_page_last")
    data |= {"items": list(items), "next_url": next_url}
    return raw(data)


def item(uuid, status="ACTIVE", municipal="KONGSBERG", changed="2026-01-13T08:00:00+01:00"):
    entry = {"uuid": uuid, "status": status, "title": "X", "municipal": municipal}
    entry |= {"businessName": "", "sistEndret": changed}
    return {"id": uuid, "url": f"/api/v1/feedentry/{uuid}", "_feed_entry": entry}


@pytest.mark.django_db
def test_without_a_token_nothing_is_asked(fake_source, settings):
    settings.NAV_FEED_URL = fake_source.url

    assert read() is None
    assert fake_source.requests == []


@pytest.mark.django_db
def test_the_first_run_reads_from_half_a_year_ago_to_the_newest_page(nav):
    run = read()

    assert set(Vacancy.objects.values_list("uuid", flat=True).distinct()) == {
        UUID(ENGINEER),
        UUID(NURSE),
    }
    assert (run.pages, run.read, run.new, run.closed, run.braked) == (2, 6, 2, 0, False)
    first = nav.requests[0][2]
    assert first["If-Modified-Since"] == "Sun, 13 Jul 2025 12:00:00 GMT"
    assert first["Authorization"] == "Bearer token"
    asked = [path for _, path, _, _ in nav.requests if "feedentry" in path]
    assert len(asked) == 2, "only what is here is asked for"
    state = SourceState.objects.get()
    assert (state.feed_url, state.etag, state.last_ok_at) == (SECOND, '"v1"', NOW)
    assert state.full_run_ended_at == NOW


@pytest.mark.django_db
def test_a_second_run_asks_only_for_news(nav):
    read()
    nav.requests.clear()
    nav.serve(SECOND, status=304)

    run = read(later(minutes=10))

    [(_, path, headers, _)] = nav.requests
    assert path == SECOND
    assert (headers["If-None-Match"], headers["If-Modified-Since"]) == ('"v1"', "Mon")
    assert run.pk is None, "no news is no row in the log"
    assert Vacancy.objects.public(NOW).count() == 2
    assert SourceState.objects.get().last_ok_at == later(minutes=10)


@pytest.mark.django_db
def test_reading_the_same_page_twice_changes_nothing(nav):
    read()
    before = list(Vacancy.objects.order_by("pk").values("pk", "slug", "title", "published_at"))
    SourceState.objects.update(feed_url="", full_run_ended_at=None)
    nav.requests.clear()

    run = read(later(hours=1))

    assert (run.new, run.changed, run.closed) == (0, 0, 0)
    assert list(Vacancy.objects.order_by("pk").values(*before[0])) == before
    assert not [path for _, path, _, _ in nav.requests if "feedentry" in path]


@pytest.mark.django_db
def test_a_changed_entry_is_updated_and_keeps_its_address(nav):
    read()
    slug = Vacancy.objects.get(uuid=NURSE).slug
    entry = sample("nav_feed_entry_active_sykepleier")
    entry["ad_content"]["title"] = "Sykepleier, natt"
    entry["sistEndret"] = "2026-01-13T08:00:00+01:00"
    nav.serve(f"/api/v1/feedentry/{NURSE}", raw(entry))
    nav.serve(SECOND, page(item(NURSE)))

    run = read(later(minutes=10))

    vacancy = Vacancy.objects.get(uuid=NURSE)
    assert (vacancy.title, vacancy.slug, run.changed) == ("Sykepleier, natt", slug, 1)


@pytest.mark.django_db
def test_inactive_closes_at_once_and_forgets_whom_to_contact(nav, client):
    read()
    address = Vacancy.objects.get(uuid=ENGINEER).get_absolute_url()
    nav.serve(SECOND, raw(sample("nav_feed_page_last")))

    run = read(later(minutes=10))

    vacancy = Vacancy.objects.get(uuid=ENGINEER)
    assert (vacancy.state, run.closed) == (ModerationState.EXPIRED, 1)
    assert (vacancy.contact_name, vacancy.contact_email, vacancy.raw) == ("", "", None)
    assert not vacancy.show_email
    assert client.get(address).status_code == 410
    history = Vacancy.history.model
    assert not {"contact_email", "raw"} & {f.name for f in history._meta.get_fields()}


@pytest.mark.django_db
def test_a_masked_entry_closes_whatever_its_municipality(nav):
    read()
    masked = item(NURSE, status="INACTIVE", municipal="?")
    masked["_feed_entry"] |= {"title": "?", "businessName": "?"}
    nav.serve(SECOND, page(masked))

    read(later(minutes=10))

    assert Vacancy.objects.get(uuid=NURSE).state == ModerationState.EXPIRED


@pytest.mark.django_db
def test_a_uuid_may_come_back(nav):
    read()
    nav.serve(SECOND, page(item(NURSE, status="INACTIVE")))
    read(later(minutes=10))
    nav.serve(SECOND, page(item(NURSE, status="INACTIVE"), item(NURSE)))

    read(later(minutes=20))

    vacancy = Vacancy.objects.get(uuid=NURSE)
    assert (vacancy.state, vacancy.closed_at) == (ModerationState.PUBLISHED, None)


@pytest.mark.django_db
def test_the_last_word_on_a_page_counts(nav):
    read()
    nav.serve(SECOND, page(item(NURSE), item(NURSE, status="INACTIVE")))

    read(later(minutes=10))

    assert Vacancy.objects.get(uuid=NURSE).state == ModerationState.EXPIRED


@pytest.mark.django_db
def test_one_that_moved_away_leaves_the_list(nav):
    read()
    entry = sample("nav_feed_entry_active_sykepleier")
    entry["ad_content"]["workLocations"] = [{"municipal": "DRAMMEN", "city": "DRAMMEN"}]
    nav.serve(f"/api/v1/feedentry/{NURSE}", raw(entry))
    nav.serve(SECOND, page(item(NURSE, municipal="DRAMMEN")))

    read(later(minutes=10))

    assert Vacancy.objects.get(uuid=NURSE).state == ModerationState.EXPIRED


@pytest.mark.django_db
@pytest.mark.parametrize("fault", ["hang-up", "500", "not json", "empty"])
def test_a_source_that_fails_changes_nothing_and_says_why(nav, fault):
    read()
    if fault == "hang-up":
        nav.hang_up(SECOND)
    elif fault == "500":
        nav.serve(SECOND, b"oops", status=500)
    elif fault == "not json":
        nav.serve(SECOND, b"<html>")
    else:
        nav.serve(SECOND, page())

    run = read(later(minutes=10))

    assert run.message
    assert run.braked == (fault == "empty")
    assert Vacancy.objects.public(NOW).count() == 2
    state = SourceState.objects.get()
    assert state.feed_url == SECOND
    assert bool(state.last_error) == (fault != "empty")


@pytest.mark.django_db
def test_an_entry_that_hangs_up_is_read_with_its_page_the_next_time(nav):
    nav.hang_up(f"/api/v1/feedentry/{NURSE}")
    read()
    assert not Vacancy.objects.exists(), "a page is stored whole or not at all"

    nav.serve(f"/api/v1/feedentry/{NURSE}", raw(sample("nav_feed_entry_active_sykepleier")))
    read(later(minutes=10))

    assert Vacancy.objects.count() == 2


@pytest.mark.django_db
def test_a_bad_entry_is_reported_and_the_rest_is_kept(nav):
    entry = copy.deepcopy(sample("nav_feed_entry_active_sykepleier"))
    del entry["ad_content"]["expires"]
    nav.serve(f"/api/v1/feedentry/{NURSE}", raw(entry))

    run = read()

    assert [row["line"] for row in ImportRun.objects.get().refused] == [NURSE]
    assert run.new == 1


def old_ads(count):
    for number in range(count):
        VacancyFactory.create(
            source=VacancySource.NAV,
            uuid=f"00000000-0000-4000-8000-{number:012}",
            last_seen_at=later(days=-1),
            published_at=later(days=-2),
            expires_at=later(days=60),
        )


@pytest.mark.django_db
def test_a_full_reading_closes_what_it_has_not_seen(nav):
    old_ads(1)

    run = read()

    assert (run.closed, run.braked) == (1, False)
    assert Vacancy.objects.public(NOW).count() == 2


@pytest.mark.django_db
def test_a_halved_source_closes_nothing_but_what_it_says_is_inactive(nav):
    old_ads(12)
    gone = "00000000-0000-4000-8000-000000000003"
    nav.serve(SECOND, page(item(gone, status="INACTIVE")))

    run = read()

    assert run.braked
    assert "11 av 13" in run.message
    assert Vacancy.objects.public(NOW).count() == 13
    assert Vacancy.objects.get(uuid=gone).state == ModerationState.EXPIRED
    assert ImportRun.objects.get().braked


@pytest.mark.django_db
def test_after_the_brake_the_next_full_reading_recovers_by_itself(nav):
    old_ads(8)
    read()
    everyone = [item(str(v.uuid)) for v in Vacancy.objects.all() if str(v.uuid)[0] == "0"]
    for line in everyone:
        entry = sample("nav_feed_entry_active_sykepleier") | {"uuid": line["id"]}
        entry["ad_content"]["expires"] = "2026-03-01T00:00:00+01:00"
        nav.serve(line["url"], raw(entry))
    nav.serve(SECOND, page(*everyone))

    run = read(later(hours=7))

    assert not run.braked
    assert Vacancy.objects.public(NOW).count() == 10


@pytest.mark.django_db
def test_nothing_at_all_in_half_a_year_is_a_fault(nav):
    old_ads(3)
    nav.serve(FIRST, status=304)

    run = read()

    assert run.braked
    assert Vacancy.objects.public(NOW).count() == 3


@pytest.mark.django_db
def test_a_vacancy_of_a_member_is_counted_as_one(nav):
    company = Company.objects.create(orgnr="310000019", name="Eksempel Teknologi AS", slug="eks")
    Membership.objects.create(company=company, since_date=datetime.date(2020, 1, 1))

    read()

    vacancy = Vacancy.objects.get(uuid=ENGINEER)
    assert (vacancy.company, vacancy.is_member_employer) == (company, True)
    Membership.objects.update(until_date=datetime.date(2026, 1, 31))
    assert membership.refresh_member_employers(at=NOW) == 0
    assert membership.refresh_member_employers(at=later(days=30)) == 1
    assert membership.refresh_member_employers(at=later(days=30)) == 0
