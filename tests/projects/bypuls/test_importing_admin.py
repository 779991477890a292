"""Staff look after the calendars we fetch: fetch now, look at a file first, decide what is left to them."""

from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import engines
from django.test import Client
from django.urls import reverse

from members.accounts.models import User
from projects.bypuls.models import Event, ImportedEvent, ImportRun, ImportSource
from tests.projects.bypuls.factories import NOW
from tests.projects.bypuls.test_importing import a_source, calendar, entry, fetched

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def _loose_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    # Unfold's own templates name variables that are not always given.
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", "")


@pytest.fixture
def office(client: Client, programme_officer: User) -> Client:
    client.force_login(programme_officer, backend=BACKEND)
    return client


def page(name: str, *args: object) -> str:
    return reverse(f"admin:bypuls_{name}", args=args)


def sent(office: Client, source: ImportSource, content: bytes | None, **data: Any) -> str:
    if content is not None:
        data["file"] = SimpleUploadedFile("k.ics", content)
    chosen = {"refused": "keep", "extent": "some"} | data
    response = office.post(page("importsource_upload", source.pk), chosen)
    assert response.status_code == 200
    return response.content.decode()


def test_a_source_is_made_and_webcal_means_https(office: Client):
    fields = {
        "name": "Turlaget",
        "url": "webcal://turlaget.example.org/k.ics",
        "is_active": "on",
        "topic": "friluft",
        "audience": "alle",
        "language": "norsk",
        "is_free": "on",
        "runs-TOTAL_FORMS": "0",
        "runs-INITIAL_FORMS": "0",
    }
    refused = office.post(page("importsource_add"), fields | {"url": "ftp://x.example.org/k.ics"})
    assert refused.status_code == 200

    office.post(page("importsource_add"), fields)

    assert ImportSource.objects.get().url == "https://turlaget.example.org/k.ics"


def test_fetching_now_tells_what_came_of_it(office: Client, fake_source):
    source = a_source(url=f"{fake_source.url}/k.ics")
    fake_source.serve("/k.ics", calendar(entry(1)))

    office.post(
        page("importsource_fetch_now", source.pk),
        {"_form_submitted": "True"},
        headers={"HX-Request": "true"},
    )

    run = ImportRun.objects.get()
    assert (run.added, run.by is not None) == (1, True)
    assert "Nye: 1" in office.get(page("importsource_change", source.pk)).content.decode()


def test_a_get_fetches_nothing(office: Client, fake_source):
    source = a_source(url=f"{fake_source.url}/k.ics")

    office.get(page("importsource_fetch_now", source.pk))

    assert fake_source.requests == []


def test_a_file_is_looked_at_before_it_is_imported(office: Client):
    source = a_source()
    content = calendar(entry(1, SUMMARY="Blåbærdag"), entry(2, DTEND="20261202T100000"))

    shown = sent(office, source, content, preview="1")
    assert "Blåbærdag" in shown
    assert "Slutten er før starten." in shown
    assert not Event.objects.exists()

    kept = content.decode().replace("\r\n", "\n")
    sent(office, source, None, text=kept, name="k.ics", **{"import": "1"})
    assert Event.objects.get().title == "Blåbærdag"
    assert ImportRun.objects.get().file_name == "k.ics"


def test_nothing_is_imported_when_so_chosen(office: Client):
    source = a_source()
    content = calendar(entry(1), entry(2, DTEND="20261202T100000"))

    shown = sent(office, source, content, refused="nothing", **{"import": "1"})

    assert "Ingenting er importert" in shown
    assert not Event.objects.exists()


def test_a_file_of_anything_else_gets_a_message_beside_the_field(office: Client):
    shown = sent(office, a_source(), b"%PDF-1.7", preview="1")

    assert "Filen er verken en kalender" in shown


def test_the_pages_open_and_show_what_the_source_says_otherwise(office: Client, fake_source):
    source = a_source(url=f"{fake_source.url}/k.ics")
    fetched(source, fake_source, entry(1))
    Event.objects.update(place="Rådhuset")
    fetched(source, fake_source, entry(1, LOCATION="Kirka"))
    known = ImportedEvent.objects.get()

    for address in (
        page("importsource_changelist"),
        page("importrun_changelist"),
        page("importrun_change", ImportRun.objects.latest("pk").pk),
        page("importedevent_changelist") + "?avgjor=ulik",
    ):
        assert office.get(address).status_code == 200
    assert "Kirka" in office.get(page("importedevent_change", known.pk)).content.decode()


def test_an_event_follows_its_source_again_when_staff_say_so(office: Client, fake_source):
    source = a_source(url=f"{fake_source.url}/k.ics")
    fetched(source, fake_source, entry(1))
    Event.objects.update(title="Vår tittel", title_nb="Vår tittel")
    fetched(source, fake_source, entry(1, SUMMARY="Deres tittel"))
    known = ImportedEvent.objects.get()

    office.post(
        page("importedevent_changelist"),
        {"action": "follow_again", "_selected_action": [known.pk]},
    )
    fetched(source, fake_source, entry(1, SUMMARY="Deres tittel"))

    assert Event.objects.get().title == "Deres tittel"


def test_the_list_of_sources_costs_the_same_with_many(
    office: Client, django_assert_max_num_queries
):
    for number in range(8):
        a_source(name=f"Kilde {number}")

    with django_assert_max_num_queries(12):
        office.get(page("importsource_changelist"))


def test_what_is_called_off_here_and_on_again_at_the_source_is_found_in_both_lists(
    office: Client, fake_source
):
    source = a_source(url=f"{fake_source.url}/k.ics")
    fetched(source, fake_source, entry(1), entry(2, SUMMARY="Et annet"))
    Event.objects.update(publication="published", published_at=NOW)
    fetched(source, fake_source, entry(1, STATUS="CANCELLED"), entry(2, SUMMARY="Et annet"))

    fetched(source, fake_source, entry(1), entry(2, SUMMARY="Et annet"))

    event = Event.objects.get(status="cancelled")
    for address in ("event_changelist", "?fra=ulik"), ("importedevent_changelist", "?avgjor=ja"):
        shown = office.get(page(address[0]) + address[1]).context["cl"].result_list
        assert [getattr(row, "event", row) for row in shown] == [event]
    detail = office.get(page("event_change", event.pk)).content.decode()
    assert "Kilden sier at det likevel blir noe av." in detail
