import datetime as dt
import re
from html import unescape

import icalendar
import pytest
import time_machine
from django.test import Client

from members.mailings.models.delivery import Delivery
from projects.bypuls.events.moderation import SUBMISSION_LINK
from projects.bypuls.models import Event, QueuePolicy, SignUp
from projects.bypuls.signups.interest import set_date
from projects.bypuls.signups.mails import SIGNUP_LINK
from projects.bypuls.signups.queue import change_capacity
from projects.bypuls.signups.seats import counter_drift
from projects.bypuls.signups.signup import Party, cancel, sign_up
from projects.bypuls.signups.ticket import ticket_code
from tests.members.companies.factories import CompanyFactory
from tests.projects.bypuls.factories import NOW, EventFactory, QuestionFactory
from vekst.links import make_token

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def joined(event: Event, email: str = "kari@example.no", size: int = 1, **about: object) -> SignUp:
    party = Party(name=email.partition("@")[0].title(), email=email, size=size, **about)  # type: ignore[arg-type]
    return sign_up(event.pk, party, at=NOW).signup


def address(signup: SignUp, page: str = "") -> str:
    return f"/arrangementer/min-pamelding/{make_token(SIGNUP_LINK, signup.pk)}/{page}"


def heart(client: Client, signup: SignUp, page: str = "") -> str:
    return only_main(client.get(address(signup, page)).content)


def only_main(content: bytes) -> str:
    return unescape(content.decode()).partition("<main")[2].partition("</main")[0]


def press(client: Client, signup: SignUp, action: str, **more: object) -> str:
    """Press a button on the page behind the link; return the page that follows."""
    sent = client.post(address(signup), {"action": action, **more}, follow=True)
    signup.refresh_from_db()
    assert counter_drift() == []
    return only_main(sent.content)


def offered(size: int = 1, *, free: int | None = None, **fields: object) -> SignUp:
    """Let a party wait at a full event, and give up so many seats that it is offered some."""
    free = size if free is None else free
    event = EventFactory.create(capacity=free, waiting_list_capacity=9, **fields)
    first = joined(event, "forst@example.no", size=free)
    waiting = joined(event, "kari@example.no", size=size)
    cancel(first.pk, at=NOW)
    waiting.refresh_from_db()
    return waiting


def test_the_ticket_is_on_the_page_as_a_picture_and_as_letters(client: Client):
    signup = joined(EventFactory.create())

    page = heart(client, signup)

    assert "Du har plass" in page
    assert "<svg" in page.partition("ticket__code")[2]
    assert ticket_code(signup) in page


def test_there_is_no_ticket_without_a_seat(client: Client):
    event = EventFactory.create(capacity=1)
    joined(event, "forst@example.no")
    signup = joined(event)

    page = heart(client, signup)

    assert "Du er nummer 1 på ventelisten" in page
    assert ticket_code(signup) not in page
    assert "Gå ut av køen" in page
    assert "Du er avmeldt" in press(client, signup, "cancel")


def test_an_offer_is_taken_with_one_press(client: Client):
    signup = offered()

    page = heart(client, signup)

    assert "Det er ledig plass til deg" in page
    assert "Svar innen <strong>22. november 2026 kl. 12.00" in page
    assert "Du har plass" in press(client, signup, "accept")
    assert "Du har plass" in press(client, signup, "accept")
    assert signup.state == "attending"


def test_an_offer_may_be_taken_for_fewer(client: Client):
    signup = offered(size=3)

    assert "Det er ledig plass til alle 3" in heart(client, signup)
    assert "Dere har 2 plasser" in press(client, signup, "accept", size="2")


def test_an_offer_is_declined(client: Client):
    signup = offered()

    assert "Du er avmeldt" in press(client, signup, "decline")
    assert signup.state == "cancelled"


def test_a_party_that_is_asked_to_split_may_wait_for_all(client: Client):
    signup = offered(size=3, free=2, queue_policy=QueuePolicy.SPLIT)

    page = heart(client, signup)

    assert "2 av dere 3 kan få plass" in page
    assert "Den siste av dere blir stående først i køen." in page
    assert "Du er nummer 1 på ventelisten" in press(client, signup, "decline")


def test_a_party_that_is_asked_to_split_may_do_so(client: Client):
    signup = offered(size=3, free=2, queue_policy=QueuePolicy.SPLIT)

    assert "Dere har 2 plasser" in press(client, signup, "accept", size="2")
    rest = SignUp.objects.get(split_from=signup)
    assert "Du er nummer 1 på ventelisten" in heart(client, rest)


def test_an_offer_that_ran_out_says_so_and_changes_nothing(client: Client):
    signup = offered()

    with time_machine.travel(NOW + 2 * DAY, tick=False):
        page = press(client, signup, "accept")

    assert "Fristen for å svare gikk ut" in page
    assert signup.state != "attending"


@pytest.mark.parametrize(
    ("action", "more"),
    [
        ("accept", {"size": "9"}),
        ("accept", {"size": "x"}),
        ("move", {"date": "1"}),
        ("move", {}),
        ("tull", {}),
        ("", {}),
    ],
)
def test_an_impossible_press_is_told(client: Client, action: str, more: dict[str, str]):
    signup = offered()

    page = press(client, signup, action, **more)

    assert 'role="alert"' in page
    assert signup.state == "offered"


def test_interest_becomes_a_seat_or_nothing(client: Client):
    event = EventFactory.create(is_date_set=False, date_note="våren 2027")
    yes, no = joined(event), joined(event, "nils@example.no")
    assert "våren 2027" in heart(client, yes)
    assert "Interessen din er notert" in heart(client, yes)

    set_date(event.pk, starts_at=NOW + 30 * DAY, ends_at=NOW + 31 * DAY, at=NOW)

    assert "Datoen er bestemt. Kommer du?" in heart(client, yes)
    assert "Du har plass" in press(client, yes, "comes")
    assert "Du er avmeldt" in press(client, no, "comes-not")


def test_details_are_changed_and_kept(client: Client):
    smith = CompanyFactory.create(name="Eksempel Sølvsmie AS")
    event = EventFactory.create(asks_company=True, asks_diet=True, attendee_list="participants")
    question = QuestionFactory.create(event=event)
    signup = joined(event, size=2, answers={question.pk: "Før"}, diet="nøtter")
    assert "Før" in heart(client, signup, "endre/")

    sent = client.post(
        address(signup, "endre/"),
        {
            "name": "Kari Nes",
            "companions": "Nils",
            "company": "Eksempel Sølvsmie",
            f"q{question.pk}": "Etter",
            "diet": "",
            "note": "Kommer sent",
            "shows_name": "on",
        },
        follow=True,
    )

    assert "Endringene er lagret." in only_main(sent.content)
    signup.refresh_from_db()
    assert (signup.name, signup.companions, signup.company) == ("Kari Nes", "Nils", smith)
    assert (signup.diet, signup.note, signup.shows_name) == ("", "Kommer sent", True)
    assert signup.answers.get().text == "Etter"
    assert signup.size == 2
    assert "Kari Nes" in heart(client, signup).partition("Hvem kommer")[2]


def test_wrong_details_are_told_and_nothing_typed_is_lost(client: Client):
    event = EventFactory.create(asks_company=True, max_per_company=1)
    taken = CompanyFactory.create(name="Eksempel Full AS")
    joined(event, "nils@example.no", company_id=taken.pk)
    signup = joined(event)

    for changes, message in (
        ({"name": ""}, "id_name_error"),
        ({"company": "Finnes ikke"}, "id_company_error"),
        ({"company": "Eksempel Full AS"}, "høyst 1 fra hver bedrift"),
    ):
        fields = {"name": "Kari Nes", "note": "Rullestol", **changes}
        page = only_main(client.post(address(signup, "endre/"), fields).content)
        assert message in page
        assert "Rullestol" in page
    signup.refresh_from_db()
    assert (signup.name, signup.note, signup.company) == ("Kari", "", None)


def test_a_company_that_is_no_member_any_more_may_stand(client: Client):
    company = CompanyFactory.create(name="Eksempel Utmeldt AS")
    event = EventFactory.create(admission="members")
    signup = joined(event, company_id=company.pk)
    company.memberships.all().delete()

    client.post(address(signup, "endre/"), {"name": "Kari Nes", "company": "Eksempel Utmeldt AS"})

    signup.refresh_from_db()
    assert (signup.name, signup.company) == ("Kari Nes", company)


def test_details_may_change_after_sign_up_closed_but_not_after_the_event(client: Client):
    event = EventFactory.create()
    signup = joined(event)
    Event.objects.filter(pk=event.pk).update(signup_closes_at=NOW - DAY)

    client.post(address(signup, "endre/"), {"name": "Kari Nes"})
    with time_machine.travel(event.ends_at, tick=False):
        late = only_main(client.post(address(signup, "endre/"), {"name": "Kari X"}).content)
        page = heart(client, signup, "endre/")

    signup.refresh_from_db()
    assert signup.name == "Kari Nes"
    assert "Arrangementet er over." in late
    assert "Kari X" in late
    assert "<form" not in page


def test_a_name_that_is_withdrawn_is_gone_from_the_public_page_at_once(client: Client):
    event = EventFactory.create(attendee_list="public")
    signup = joined(event, shows_name=True)
    joined(event, "nils@example.no")
    page = only_main(client.get(event.get_absolute_url()).content)
    assert "Kari" in page
    assert "Nils" not in page

    client.post(address(signup, "endre/"), {"name": "Kari"})

    assert "Kari" not in only_main(client.get(event.get_absolute_url()).content)


@pytest.mark.parametrize("attendee_list", ["hidden", "participants"])
def test_strangers_see_no_names_of_a_closed_list(client: Client, attendee_list: str):
    event = EventFactory.create(attendee_list=attendee_list, capacity=1)
    seated = joined(event, shows_name=True)
    waiting = joined(event, "nils@example.no", shows_name=True)

    assert "Hvem kommer" not in only_main(client.get(event.get_absolute_url()).content)
    assert "Hvem kommer" not in heart(client, waiting)
    assert ("Hvem kommer" in heart(client, seated)) == (attendee_list == "participants")


def chosen_reminder(page: str) -> str:
    [text] = re.findall(
        r'<option value="[^"]*" selected>([^<]*)<', page.partition('id="reminder"')[2]
    )
    return str(text)


def test_the_reminder_is_turned_off_and_comes_when_the_holder_wants_it(client: Client):
    signup = joined(EventFactory.create())
    assert chosen_reminder(heart(client, signup)) == "Når arrangøren minner om det"

    page = press(client, signup, "reminder", reminder="never")
    assert "Påminnelsen er lagret." in page
    assert chosen_reminder(page) == "Ingen påminnelse"
    page = press(client, signup, "reminder", reminder="two-hours")
    assert chosen_reminder(page).startswith("To timer før: ")
    assert "kl. 10.00" in chosen_reminder(page)
    assert (signup.wants_reminder, signup.own_reminder) == (True, "two-hours")


@pytest.mark.parametrize("value", ["", "three-days", "day-before"])
def test_a_reminder_that_cannot_be_is_told_and_changes_nothing(client: Client, value: str):
    event = EventFactory.create(starts_at=NOW + dt.timedelta(hours=1))
    signup = joined(event)
    form = {} if not value else {"reminder": value}

    page = press(client, signup, "reminder", **form)

    assert ("Det tidspunktet er alt forbi" in page) == (value == "day-before")
    assert (signup.wants_reminder, signup.own_reminder) == (True, "")
    assert "To timer før" not in page


def test_the_calendar_file_is_for_those_of_unlisted_events_too(client: Client):
    signup = joined(EventFactory.create(is_unlisted=True))

    response = client.get(address(signup, "kalender.ics"))

    calendar = icalendar.Calendar.from_ical(response.content)
    assert [str(entry["UID"]) for entry in calendar.walk("VEVENT")] == [signup.event.uid]
    assert signup.event.get_absolute_url() not in heart(client, signup)


@pytest.mark.parametrize("page", ["", "endre/", "kalender.ics"])
def test_a_broken_link_says_what_to_do(client: Client, page: str):
    signup = joined(EventFactory.create())
    token = make_token(SIGNUP_LINK, signup.pk)
    gone = make_token(SIGNUP_LINK, signup.pk + 1)

    for wrong in ("tull", token[:-1], token + "a", make_token(SUBMISSION_LINK, signup.pk), gone):
        response = client.get(f"/arrangementer/min-pamelding/{wrong}/{page}")
        assert response.status_code == 404
        assert "Lenken virker ikke" in only_main(response.content)
        assert "Kari" not in response.content.decode()
        assert (
            client.post(f"/arrangementer/min-pamelding/{wrong}/", {"action": "cancel"}).status_code
            == 404
        )


@pytest.mark.parametrize("is_unlisted", [False, True])
def test_a_link_to_a_deleted_sign_up_says_so(client: Client, is_unlisted: bool):
    signup = joined(EventFactory.create(is_unlisted=is_unlisted))
    SignUp.objects.update(name="", email="", anonymised_at=NOW)

    for page in ("", "endre/"):
        response = client.get(address(signup, page))
        assert response.status_code == 410
        assert "Påmeldingen er slettet" in only_main(response.content)
        shown = signup.event.get_absolute_url() in response.content.decode()
        assert shown == (not is_unlisted)


def test_the_link_stays_good_in_two_tabs(client: Client):
    signup = joined(EventFactory.create())

    press(client, signup, "cancel")
    page = press(client, signup, "size", size="2")

    assert "Påmeldingen er avmeldt." in page
    assert signup.state == "cancelled"
    assert "Meld deg på igjen" in page


def test_opening_the_link_changes_nothing_and_takes_few_queries(
    client: Client, django_assert_max_num_queries
):
    event = EventFactory.create(attendee_list="participants")
    signup = joined(event, shows_name=True)
    for number in range(5):
        joined(event, f"p{number}@example.no", shows_name=True)

    with django_assert_max_num_queries(4):
        client.get(address(signup) + "?action=cancel&gjort=cancel")
    signup.refresh_from_db()
    assert signup.state == "attending"


def test_more_seats_are_offered_by_the_office_and_taken_here(client: Client):
    event = EventFactory.create(capacity=1)
    joined(event, "forst@example.no")
    signup = joined(event)

    change_capacity(event.pk, capacity=2, waiting_list_capacity=5, at=NOW)

    (mail,) = Delivery.objects.filter(recipient=signup.email).order_by("-pk")[:1]
    link = re.search(r"http://testserver(/\S+min-pamelding/\S+)", mail.body.text)
    assert link
    assert "Det er ledig plass til deg" in only_main(client.get(link.group(1)).content)
