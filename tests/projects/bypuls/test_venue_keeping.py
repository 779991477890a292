"""A place's page kept by its contact: proposals, conflicts, exceptions at once, photos, hand-over, tips."""

import datetime as dt
import io
import re
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import engines
from django.test import Client
from django.urls import reverse
from PIL import Image

from members.accounts.models import User
from members.mailings.models.delivery import Delivery
from projects.bypuls.demo import load
from projects.bypuls.models import (
    OpeningException,
    OpeningHours,
    Venue,
    VenueContact,
    VenuePhoto,
    VenueProposal,
)
from projects.bypuls.own_data import own_data
from projects.bypuls.places import contacts, keeping
from projects.bypuls.retention import RULES
from tests.members.accounts.factories import UserFactory
from tests.projects.bypuls.factories import NOW, VenueFactory

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def venue() -> Venue:
    found = VenueFactory.create(name="Kafeen", slug="kafeen", summary_nb="Kaffe og kaker")
    OpeningHours.objects.create(
        venue=found, weekday=0, opens=dt.time(10), closes=dt.time(16), note="kjøkkenet"
    )
    return found


def a_contact(venue: Venue, email: str = "kari@example.no", **fields: Any) -> VenueContact:
    return VenueContact.objects.create(
        venue=venue, email=email, name="Kari", added_at=NOW, **fields
    )


@pytest.fixture
def kari(client: Client) -> User:
    user = UserFactory.create(email="Kari@example.no")
    client.force_login(user, backend=BACKEND)
    return user


def form_of(venue: Venue, **changes: object) -> dict[str, object]:
    """The form as the page shows it, with some changes."""
    row = Venue.objects.get(pk=venue.pk)
    data: dict[str, object] = {"summary_nb": row.summary_nb or "", "hours_0": "10.00–16.00"}
    return data | changes


CHANGE = "/min-side/steder/kafeen/endre/"
PAGE = "/min-side/steder/kafeen/"


def titles() -> list[tuple[str, str]]:
    rows = Delivery.objects.order_by("pk").values_list("recipient", "body__title")
    return [(str(recipient), str(title)) for recipient, title in rows]


def test_a_change_waits_until_staff_have_looked(client: Client, kari: User, venue: Venue):
    a_contact(venue)

    response = client.post(CHANGE, form_of(venue, summary_nb="Kaffe til alle"), follow=True)

    venue.refresh_from_db()
    proposal = VenueProposal.objects.get()
    assert venue.summary_nb == "Kaffe og kaker"
    assert proposal.changes == {"summary_nb": {"from": "Kaffe og kaker", "to": "Kaffe til alle"}}
    # Saturday noon: three working days on is Wednesday noon.
    assert proposal.answer_by == NOW + dt.timedelta(days=4)
    assert "Du får svar senest 25. november 2026 kl. 12.00" in response.content.decode()
    assert titles() == [("kari@example.no", "Vi har fått forslaget ditt om Kafeen")]


def test_sending_again_changes_what_waits(client: Client, kari: User, venue: Venue):
    a_contact(venue)
    client.post(CHANGE, form_of(venue, summary_nb="Første"))
    shown = client.get(CHANGE).content.decode()
    client.post(CHANGE, form_of(venue, summary_nb="Andre", hours_0="11-15"))

    assert "Første" in shown
    proposal = VenueProposal.objects.get()
    assert proposal.changes["summary_nb"]["to"] == "Andre"
    assert proposal.changes["hours"]["to"][0] == "11:00-15:00"


def test_hours_that_cannot_be_are_refused_beside_the_field(
    client: Client, kari: User, venue: Venue
):
    a_contact(venue)

    text = client.post(CHANGE, form_of(venue, hours_0="10-25", summary_nb="Ny")).content.decode()

    assert "er ikke klokkeslett som finnes" in text
    assert 'value="10-25"' in text
    assert "Ny" in text
    assert not VenueProposal.objects.exists()


def test_nothing_changed_is_said_and_not_sent(client: Client, kari: User, venue: Venue):
    a_contact(venue)

    text = client.post(CHANGE, form_of(venue)).content.decode()

    assert "Det er ingenting å endre" in text
    assert not VenueProposal.objects.exists()


def test_others_places_do_not_exist(client: Client, kari: User, venue: Venue):
    a_contact(venue, "ola@example.no")
    a_contact(VenueFactory.create(slug="kinoen"))

    assert client.get("/min-side/steder/kinoen/").status_code == 200
    for path in ("", "endre/", "unntak/", "bilde/", "kollega/"):
        assert client.get(PAGE + path).status_code == 404
        assert client.post(PAGE + path, {"add": "1"}).status_code == 404
    assert "Kafeen" not in client.get("/min-side/steder/").content.decode()


class TestAnswers:
    def test_accepted_changes_stand_on_the_page(self, venue: Venue, programme_officer: User):
        week = ["10:00-16:00", *[""] * 4, "12:00-02:00", ""]
        wanted = {"summary_nb": "Ny tekst", "hours": week, "has_lift": False, "offers": ["bar"]}
        proposal = keeping.propose(a_contact(venue), wanted, at=NOW)

        keeping.accept(proposal.pk, reply="Takk!", by=programme_officer, at=NOW)

        venue = Venue.objects.get()
        assert (venue.summary, venue.has_lift, venue.offers) == ("Ny tekst", False, ["bar"])
        hours = venue.opening_hours.order_by("weekday").values_list("weekday", "closes", "note")
        # The note of a span that stays, stays.
        assert list(hours) == [(0, dt.time(16), "kjøkkenet"), (5, dt.time(2), "")]
        assert titles()[-1] == ("kari@example.no", "Siden om Kafeen er oppdatert")
        assert "Takk!" in Delivery.objects.order_by("-pk")[0].body.text

    def test_a_change_by_staff_meanwhile_is_a_conflict(self, venue: Venue):
        wanted = {"summary_nb": "Kontaktens", "website": "https://kafeen.example.no"}
        proposal = keeping.propose(a_contact(venue), wanted, at=NOW)
        Venue.objects.update(summary="Vårt", summary_nb="Vårt")

        with pytest.raises(keeping.ConflictError, match="kort fortalt"):
            keeping.accept(proposal.pk, by=None, at=NOW)
        keeping.accept(proposal.pk, overwrite=False, by=None, at=NOW)

        venue.refresh_from_db()
        assert (venue.summary_nb, venue.website) == ("Vårt", "https://kafeen.example.no")

    def test_staff_may_take_the_proposal_all_the_same(self, venue: Venue):
        proposal = keeping.propose(a_contact(venue), {"summary_nb": "Kontaktens"}, at=NOW)
        Venue.objects.update(summary="Vårt", summary_nb="Vårt")

        keeping.accept(proposal.pk, overwrite=True, by=None, at=NOW)

        venue.refresh_from_db()
        assert venue.summary_nb == "Kontaktens"

    def test_asked_for_changes_the_contact_sends_again(
        self, client: Client, kari: User, venue: Venue
    ):
        proposal = keeping.propose(a_contact(venue), {"summary_nb": "Best i verden!"}, at=NOW)
        keeping.ask_changes(proposal.pk, reply="Uten superlativer, takk.", by=None, at=NOW)

        assert "Uten superlativer" in client.get(PAGE).content.decode()
        client.post(CHANGE, form_of(venue, summary_nb="God kaffe"))

        proposal.refresh_from_db()
        assert (proposal.state, proposal.changes["summary_nb"]["to"]) == ("submitted", "God kaffe")

    def test_refusing_needs_a_reason_and_leaves_the_page(self, venue: Venue):
        proposal = keeping.propose(a_contact(venue), {"summary_nb": "Ny"}, at=NOW)

        with pytest.raises(keeping.ProposalError, match="Skriv hvorfor"):
            keeping.refuse(proposal.pk, reply=" ", by=None, at=NOW)
        keeping.refuse(proposal.pk, reply="Det er reklame.", by=None, at=NOW)

        venue.refresh_from_db()
        assert venue.summary_nb == "Kaffe og kaker"
        assert "Det er reklame." in Delivery.objects.order_by("-pk")[0].body.text

    def test_an_answer_is_given_once(self, venue: Venue):
        proposal = keeping.propose(a_contact(venue), {"summary_nb": "Ny"}, at=NOW)
        keeping.accept(proposal.pk, by=None, at=NOW)

        for step in (keeping.accept, keeping.refuse):
            with pytest.raises(keeping.ProposalError, match="alt besvart"):
                step(proposal.pk, reply="igjen", by=None, at=NOW)

    def test_the_contact_takes_it_back(self, client: Client, kari: User, venue: Venue):
        proposal = keeping.propose(a_contact(venue), {"summary_nb": "Ny"}, at=NOW)

        client.post(PAGE, {"withdraw": "1"})

        proposal.refresh_from_db()
        assert proposal.state == "withdrawn"


def removals(client: Client) -> list[str]:
    """What the buttons that take an exception away send, from the top of the page."""
    page = client.get(PAGE + "unntak/").content.decode()
    return re.findall(r'name="remove" value="([^"]+)"', page)


class TestExceptions:
    NEW = {"add": "1", "first_date": "2026-12-24", "kind": "closed", "note": "Jul"}

    def test_a_trusted_contacts_are_shown_at_once(self, client: Client, kari: User, venue: Venue):
        a_contact(venue)

        client.post(PAGE + "unntak/", self.NEW)
        client.post(
            PAGE + "unntak/",
            {**self.NEW, "first_date": "2026-12-31", "kind": "hours", "hours": "10-14"},
        )

        rows = OpeningException.objects.order_by("first_date")
        assert [(row.last_date.day, row.kind, row.hours) for row in rows] == [
            (24, "closed", ""),
            (31, "hours", "10:00-14:00"),
        ]
        assert not VenueProposal.objects.exists()
        assert "24. desember 2026" in client.get(venue.get_absolute_url()).content.decode()

    def test_those_of_another_wait(self, client: Client, kari: User, venue: Venue):
        a_contact(venue, is_trusted=False)

        text = client.post(PAGE + "unntak/", self.NEW, follow=True).content.decode()
        client.post(PAGE + "unntak/", {**self.NEW, "first_date": "2026-12-25"})

        assert "Vi ser på det før det vises" in text
        assert not OpeningException.objects.exists()
        keeping.accept(VenueProposal.objects.get().pk, by=None, at=NOW)
        assert OpeningException.objects.count() == 2

    def test_one_is_taken_away(self, client: Client, kari: User, venue: Venue):
        a_contact(venue)
        client.post(PAGE + "unntak/", self.NEW)

        client.post(PAGE + "unntak/", {"remove": removals(client)[0]})

        assert not OpeningException.objects.exists()

    def test_a_second_press_on_an_old_page_takes_no_other_away(
        self, client: Client, kari: User, venue: Venue
    ):
        a_contact(venue)
        client.post(PAGE + "unntak/", self.NEW)
        client.post(PAGE + "unntak/", {**self.NEW, "first_date": "2026-12-31"})
        first = removals(client)[0]

        for _time in range(2):
            client.post(PAGE + "unntak/", {"remove": first})

        assert [row.first_date.day for row in OpeningException.objects.all()] == [31]

    @pytest.mark.parametrize(
        ("wrong", "message"),
        [
            ({"last_date": "2026-12-20"}, "Siste dag kan ikke være før den første."),
            ({"first_date": "2026-11-01"}, "Dagene er alt forbi."),
            ({"first_date": "2062-12-24"}, "løpet av de neste to årene"),
            ({"first_date": "i dag"}, "Oppgi en gyldig dato."),
            ({"kind": "hours"}, "Skriv når stedet er åpent"),
            ({"kind": "closed", "hours": "10-14"}, "Velg «Egne åpningstider»"),
            ({"kind": "hours", "hours": "ti til to"}, "er ikke et tidsrom"),
        ],
        ids=str,
    )
    def test_what_makes_no_sense_is_said_beside_the_field(
        self, client: Client, kari: User, venue: Venue, wrong: dict[str, str], message: str
    ):
        a_contact(venue)

        text = client.post(PAGE + "unntak/", {**self.NEW, **wrong}).content.decode()

        assert message in text
        assert not OpeningException.objects.exists()


class TestContacts:
    def test_an_invited_contact_is_told_how_and_once_a_day(self, venue: Venue, superuser: User):
        for _ in range(2):
            contacts.invite(venue, email="Ny@Example.no", name="Ny", by=superuser, at=NOW)

        assert VenueContact.objects.get().email == "ny@example.no"
        mail = Delivery.objects.get()
        assert settings.SITE_URL + PAGE in mail.body.text
        assert "Siri Super har satt deg opp" in mail.body.text

    @pytest.mark.parametrize("stays", [True, False])
    def test_a_contact_hands_over(self, client: Client, kari: User, venue: Venue, stays: bool):
        a_contact(venue, is_trusted=False)

        data = {"name": "Per", "email": "per@example.no", **({"stays": "on"} if stays else {})}
        client.post(PAGE + "kollega/", data)

        left = VenueContact.objects.order_by("email").values_list("email", "is_trusted")
        mine = [("kari@example.no", False)] if stays else []
        assert list(left) == [*mine, ("per@example.no", False)]
        assert client.get(PAGE).status_code == (200 if stays else 404)

    def test_nobody_hands_over_to_themselves(self, client: Client, kari: User, venue: Venue):
        a_contact(venue)

        text = client.post(PAGE + "kollega/", {"name": "K", "email": "KARI@example.no"})

        assert "Det er din egen adresse." in text.content.decode()
        assert VenueContact.objects.count() == 1


class TestTips:
    PATH = "/steder/kafeen/tips/"

    def test_anyone_says_what_is_wrong(self, client: Client, venue: Venue):
        response = client.post(
            self.PATH, {"message": "Stengt om mandager nå.", "sender_email": "Tips@example.no"}
        )

        assert response.headers["Location"] == self.PATH + "takk/"
        tip = VenueProposal.objects.get()
        assert (tip.kind, tip.sender_email) == ("tip", "tips@example.no")
        keeping.accept(tip.pk, reply="Rettet.", by=None, at=NOW)
        assert [recipient for recipient, _title in titles()] == ["tips@example.no"] * 2

    def test_without_an_address_nobody_is_written_to(self, client: Client, venue: Venue):
        client.post(self.PATH, {"message": "Stengt om mandager nå."})

        keeping.refuse(VenueProposal.objects.get().pk, reply="", by=None, at=NOW)
        assert not Delivery.objects.exists()

    def test_robots_and_empty_words_leave_nothing(self, client: Client, venue: Venue):
        client.post(self.PATH, {"message": "Kjøp klokker", "homepage": "https://x.example"})
        text = client.post(self.PATH, {"message": "?"}).content.decode()

        assert "Skriv litt mer" in text
        assert not VenueProposal.objects.exists()

    def test_one_network_cannot_fill_the_queue(self, client: Client, venue: Venue, settings: Any):
        settings.RATELIMIT_ENABLE = True
        settings.SIGNUP_RATE = "2/h"

        codes = [client.post(self.PATH, {"message": "Feil adresse"}).status_code for _ in range(3)]

        assert codes == [302, 302, 429]
        assert VenueProposal.objects.count() == 2


class TestAdmin:
    @pytest.fixture
    def office(
        self, client: Client, programme_officer: User, monkeypatch: pytest.MonkeyPatch
    ) -> Client:
        # Unfold's own templates name variables that are not always given.
        monkeypatch.setattr(engines["django"].engine, "string_if_invalid", "")
        client.force_login(programme_officer, backend=BACKEND)
        return client

    def act(self, office: Client, name: str, pk: int, **data: str) -> None:
        response = office.post(
            reverse(f"admin:{name}", args=[pk]),
            {"_form_submitted": "True", **data},
            headers={"HX-Request": "true"},
        )
        assert response.headers.get("HX-Redirect"), response.content.decode()[-900:]

    def test_the_queue_shows_a_readable_difference(self, office: Client, venue: Venue):
        proposal = keeping.propose(a_contact(venue), {"hours": ["11:00-15:00", *[""] * 6]}, at=NOW)
        OpeningHours.objects.update(closes=dt.time(20))

        text = office.get(
            reverse("admin:bypuls_venueproposal_change", args=[proposal.pk])
        ).content.decode()

        for shown in ("mandag: 10.00–16.00", "mandag: 11.00–15.00", "Endret siden:", "10.00–20.00"):
            assert shown in text

    def test_staff_answer_in_dialogs(self, office: Client, venue: Venue, programme_officer: User):
        proposal = keeping.propose(a_contact(venue), {"summary_nb": "Ny"}, at=NOW)
        Venue.objects.update(summary="Vårt", summary_nb="Vårt")

        self.act(office, "bypuls_venueproposal_accept_one", proposal.pk, conflicts="")
        proposal.refresh_from_db()
        assert proposal.state == "submitted"
        self.act(office, "bypuls_venueproposal_accept_one", proposal.pk, conflicts="overwrite")

        proposal.refresh_from_db()
        assert (proposal.state, proposal.decided_by) == ("accepted", programme_officer)
        assert Venue.objects.get().summary_nb == "Ny"

    def test_staff_invite_a_contact(self, office: Client, venue: Venue):
        self.act(office, "bypuls_venue_invite_contact", venue.pk, email="ny@example.no")

        assert VenueContact.objects.get().email == "ny@example.no"

    @pytest.mark.parametrize("model", ["venueproposal", "venuephoto", "venue"])
    def test_lists_and_pages_open(self, office: Client, venue: Venue, model: str):
        contact = a_contact(venue)
        keeping.propose(contact, {"summary_nb": "Ny"}, at=NOW)
        out = io.BytesIO()
        Image.new("RGB", (60, 40)).save(out, "JPEG")
        file = SimpleUploadedFile("x.jpg", out.getvalue())
        VenuePhoto.objects.create(venue=venue, picture=file, alt="Disken")

        assert office.get(reverse(f"admin:bypuls_{model}_changelist")).status_code == 200
        found = {"venueproposal": VenueProposal, "venuephoto": VenuePhoto, "venue": Venue}[model]
        pk = found._default_manager.values_list("pk", flat=True).get()
        assert office.get(reverse(f"admin:bypuls_{model}_change", args=[pk])).status_code == 200

    def test_the_front_page_tells_what_waits(self, office: Client, venue: Venue):
        keeping.propose(a_contact(venue), {"summary_nb": "Ny"}, at=NOW)

        assert "forslag om steder venter på svar" in office.get("/admin/").content.decode()


def test_names_go_90_days_after_the_answer_and_open_ones_stay(venue: Venue):
    answered = keeping.propose(a_contact(venue), {"summary_nb": "Ny"}, at=NOW)
    keeping.accept(answered.pk, by=None, at=NOW)
    waiting = keeping.propose(a_contact(venue, "ola@example.no"), {"summary_nb": "X"}, at=NOW)
    rule = next(rule for rule in RULES if "foreslo endringer" in str(rule.data))

    assert rule.apply(NOW + dt.timedelta(days=89), False) == 0
    assert rule.apply(NOW + dt.timedelta(days=91), True) == 1
    assert rule.apply(NOW + dt.timedelta(days=91), False) == 1
    assert rule.apply(NOW + dt.timedelta(days=91), False) == 0

    answered.refresh_from_db()
    waiting.refresh_from_db()
    assert (answered.sender_email, waiting.sender_email) == ("", "ola@example.no")
    assert answered.changes


def test_the_own_data_file_holds_places_and_proposals(kari: User, venue: Venue):
    keeping.propose(a_contact(venue), {"summary_nb": "Ny"}, at=NOW)

    found = own_data(kari)

    assert found["places_kept"][0]["venue__name"] == "Kafeen"
    assert found["proposals_about_places"][0]["changes"]["summary_nb"]["to"] == "Ny"


def test_the_demo_has_a_contact_a_queue_and_a_photo_that_waits_and_only_once(client: Client):
    for _ in range(2):
        load(at=NOW)

    contact = VenueContact.objects.get()
    assert contact.venue.is_example
    assert sorted(VenueProposal.objects.values_list("kind", flat=True)) == ["change", "tip"]
    assert VenuePhoto.objects.filter(approved_at=None).count() == 1
    text = client.get(contact.venue.get_absolute_url()).content.decode()
    assert "24.–26. desember 2026" in text
    assert not Delivery.objects.filter(recipient=contact.email).exists()
