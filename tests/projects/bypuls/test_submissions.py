import datetime as dt
import io
import re

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from members.accounts.models import User
from members.mailings.models.delivery import Delivery
from projects.bypuls import urls
from projects.bypuls.events.moderation import (
    SENDER_WRITES,
    SubmissionError,
    ask_changes,
    change_url,
    make_slug,
    publish,
    resubmit,
    withdraw,
)
from projects.bypuls.events.organisers import hand_over
from projects.bypuls.forms.submission import EventSubmissionForm
from projects.bypuls.models import Event
from projects.bypuls.signups.signup import Party, sign_up
from tests.projects.bypuls.factories import NOW, EventFactory, VenueFactory

pytestmark = pytest.mark.django_db
NEW = "/arrangementer/ny/"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def filled_in(**changes: object) -> dict[str, object]:
    return {
        "title_nb": "Kransekakekurs",
        "summary_nb": "Lær å bake ringer.",
        "starts_at_0": "2026-12-12",
        "starts_at_1": "18:00",
        "ends_at_0": "2026-12-12",
        "ends_at_1": "20:00",
        "place": "Skolekjøkkenet",
        "organiser": "Bakerne",
        "topic": "mat",
        "audience": "alle",
        "language": "norsk",
        "is_free": "on",
        "submitter_name": "Kari",
        "submitter_email": "Kari@Example.no",
        **changes,
    }


def a_submission() -> Event:
    return EventFactory.create(
        publication="submitted", submitter_name="Kari", submitter_email="kari@example.no"
    )


def path_of(event: Event) -> str:
    return change_url(event).removeprefix("http://testserver")


def test_sending_in_keeps_it_hidden_and_mails_the_link(client: Client):
    response = client.post(NEW, filled_in())

    assert response.headers["Location"] == "/arrangementer/ny/takk/"
    event = Event.objects.get()
    assert (event.publication, event.slug, event.title) == (
        "submitted",
        "kransekakekurs",
        "Kransekakekurs",
    )
    assert event.submitter_email == "kari@example.no"
    assert b"Kransekakekurs" not in client.get("/arrangementer/").content
    mail = Delivery.objects.get()
    assert mail.kind == "submission-receipt"
    assert change_url(event) in mail.body.text


def test_sent_in_on_the_english_page_it_is_still_bokmal(client: Client):
    client.post("/en" + NEW, filled_in())

    event = Event.objects.get()
    assert (event.title_nb, event.title_en) == ("Kransekakekurs", None)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"ends_at_1": "17:00"}, "Slutten må være etter starten."),
        ({"ends_at_0": "2027-03-01"}, "høyst 31 dager"),
        ({"starts_at_0": "2026-11-01"}, "må være fram i tid"),
        ({"place": ""}, "Velg et sted, eller skriv hvor det er."),
        ({"starts_at_0": "2027-03-28", "starts_at_1": "02:30"}, "Klokka stilles denne natta"),
        ({"starts_at_0": "2026-10-25", "starts_at_1": "02:30"}, "Klokka stilles denne natta"),
        ({"submitter_email": "ikke-en-adresse"}, "gyldig e-postadresse"),
        ({"topic": "finnes-ikke"}, "finnes-ikke"),
    ],
)
def test_bad_input_is_told_beside_the_field_and_nothing_is_lost(
    client: Client, changes: dict[str, object], message: str
):
    page = client.post(NEW, filled_in(**changes)).content.decode()

    assert message in page
    assert 'value="Bakerne"' in page
    assert not Event.objects.exists()
    assert not Delivery.objects.exists()


def test_a_picture_is_written_anew_and_needs_words(client: Client):
    raw = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(raw, "PNG")
    picture = SimpleUploadedFile("../../farlig.png", raw.getvalue(), "image/png")

    page = client.post(NEW, filled_in(picture=picture)).content.decode()
    assert "Beskriv bildet" in page
    picture.seek(0)
    client.post(NEW, filled_in(picture=picture, picture_alt="En rød flate"))

    event = Event.objects.get()
    assert event.picture.name.endswith(".jpg")
    assert (event.picture_width, event.picture_height) == (60, 40)


def test_what_is_no_picture_is_refused(client: Client):
    text = SimpleUploadedFile("bilde.png", b"<script>", "image/png")

    client.post(NEW, filled_in(picture=text, picture_alt="Noe"))

    assert not Event.objects.exists()


def replaced() -> Event:
    """Return an event whose sender was replaced by a colleague before anybody signed up."""
    event = a_submission()
    publish(event.pk, at=NOW)
    by = User.objects.get(email="kari@example.no")
    hand_over(event.pk, email="nils@example.no", by=by, at=NOW)
    return event


def test_whoever_was_replaced_as_organiser_changes_nothing_by_the_old_link(client: Client):
    event = replaced()
    title = event.title
    path = change_url(event).removeprefix("http://testserver")

    page = client.get(path).content.decode()
    client.post(path, filled_in(save="1", title_nb="Kapret"))
    client.post(path, {"withdraw": "1"})

    event.refresh_from_db()
    assert "Andre har tatt over arrangementet" in page
    assert (event.title, event.publication) == (title, "published")


def test_whoever_was_replaced_is_not_let_in_again_by_a_new_publication():
    event = replaced()
    Event.objects.filter(pk=event.pk).update(publication="submitted")

    publish(event.pk, at=NOW)

    emails = event.organisers.order_by("email").values_list("email", flat=True)
    assert list(emails) == ["nils@example.no"]


def fixed_parts() -> set[str]:
    """Return the first part of every fixed address below the list of events, as the portal has them now."""
    literal = re.compile(r"^arrangementer/([\w-]+)[/.]")
    found = (literal.match(str(pattern.pattern)) for pattern in urls.urlpatterns)
    return {match.group(1) for match in found if match}


def test_no_event_gets_the_address_of_another_page():
    start = dt.datetime(2026, 12, 12, 18, tzinfo=dt.UTC)

    assert {"ny", "abonner", "oppslag", "bekreft"} <= fixed_parts()
    for part in sorted(fixed_parts()):
        assert make_slug(part, start) == f"{part}-2026-12-12"
        with pytest.raises(ValidationError, match="annen side"):
            EventFactory.build(slug=part).clean_fields()


def test_addresses_are_free_and_never_another_page():
    start = dt.datetime(2026, 12, 12, 18, tzinfo=dt.UTC)
    assert make_slug("Ny", start) == "ny-2026-12-12"
    assert make_slug("Æ Ø Å!", start) == "ae-o-a"
    assert make_slug("???", start) == "arrangement"
    EventFactory.create(slug="quiz")
    EventFactory.create(slug="quiz-2026-12-12")
    assert make_slug("Quiz", start) == "quiz-2026-12-12-2"


def test_publishing_tells_the_sender_and_shows_it(client: Client):
    event = a_submission()

    publish(event.pk, at=NOW)

    assert client.get(event.get_absolute_url()).status_code == 200
    assert Delivery.objects.get().body.title.startswith("Publisert:")


def test_asked_for_changes_the_sender_sends_it_in_again(client: Client):
    event = a_submission()
    ask_changes(event.pk, note="Hvor er det?", at=NOW)
    assert "Hvor er det?" in Delivery.objects.get().body.text
    assert "Hvor er det?" in client.get(path_of(event)).content.decode()

    client.post(path_of(event), filled_in(place="Torget 1", save="1"))

    event.refresh_from_db()
    assert (event.publication, event.place) == ("submitted", "Torget 1")


def test_changing_something_published_hides_it_until_it_is_approved(client: Client):
    event = a_submission()
    publish(event.pk, at=NOW)

    client.post(path_of(event), filled_in(save="1"))

    event.refresh_from_db()
    assert (event.publication, event.sequence) == ("submitted", 1)


def test_what_staff_changed_meanwhile_is_not_written_back():
    event = a_submission()
    read_before = Event.objects.get(pk=event.pk)
    moved = {"status": "moved", "status_reason": "Snø", "previous_starts_at": event.starts_at}
    Event.objects.filter(pk=event.pk).update(sequence=4, **moved)
    read_before.title_nb = "Ny tittel"

    resubmit(read_before, at=NOW)

    event.refresh_from_db()
    assert (event.title, event.sequence) == ("Ny tittel", 4)
    assert {name: getattr(event, name) for name in moved} == moved


def test_all_that_the_form_asks_for_is_kept():
    assert set(EventSubmissionForm.Meta.fields) <= set(SENDER_WRITES)


def test_with_people_signed_up_the_sender_can_neither_change_nor_withdraw(client: Client):
    event = a_submission()
    publish(event.pk, at=NOW)
    sign_up(event.pk, Party(name="A", email="a@example.no"), at=NOW)

    page = client.post(path_of(event), filled_in(save="1")).content.decode()
    assert "Noen er alt påmeldt" in page
    client.post(path_of(event), {"withdraw": "1"})

    event.refresh_from_db()
    assert (event.publication, event.place) == ("published", "Torget")


def test_the_sender_withdraws(client: Client):
    event = a_submission()

    client.post(path_of(event), {"withdraw": "1"})

    event.refresh_from_db()
    assert event.publication == "withdrawn"
    assert "Arrangementet er trukket" in client.get(path_of(event)).content.decode()


def test_a_get_changes_nothing_and_a_forged_link_finds_nothing(client: Client):
    event = a_submission()

    client.get(path_of(event) + "?withdraw=1")
    assert client.get(path_of(event)[:-2] + "x/").status_code == 404

    event.refresh_from_db()
    assert event.publication == "submitted"


@pytest.mark.parametrize(
    ("publication", "action", "message"),
    [
        ("withdrawn", lambda pk: publish(pk, at=NOW), "Kan ikke gå fra"),
        ("submitted", lambda pk: ask_changes(pk, note=" ", at=NOW), "Skriv hva"),
        ("draft", lambda pk: withdraw(pk, at=NOW), "utkast"),
    ],
)
def test_illegal_moves_are_refused(publication, action, message):
    event = EventFactory.create(publication=publication, submitter_email="kari@example.no")

    with pytest.raises(SubmissionError, match=message):
        action(event.pk)


def test_a_hidden_place_cannot_be_chosen(client: Client):
    hidden = VenueFactory.create(published_at=None)

    client.post(NEW, filled_in(venue=hidden.pk))

    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"takes_signups": "on", "capacity": "0"}, "capacity", "minst én"),
        ({"takes_signups": "on", "capacity": "9" * 12}, "capacity", "Så mange"),
        (
            {"starts_at_0": "9999-12-30", "ends_at_0": "9999-12-30"},
            "starts_at",
            "de neste tre årene",
        ),
        (
            {"starts_at_0": "2029-11-21", "ends_at_0": "2029-11-21"},
            "starts_at",
            "de neste tre årene",
        ),
    ],
)
def test_slips_of_the_finger_are_told_beside_the_field(client: Client, changes, field, message):
    response = client.post(NEW, filled_in(**changes))

    assert message in response.context["form"].errors[field][0]
    assert not Event.objects.exists()


def test_nobody_is_asked_to_choose_nine_dashes(client: Client):
    page = client.get(NEW).content.decode()

    assert "---------" not in page
    assert '<option value="" selected>Velg</option>' in page
