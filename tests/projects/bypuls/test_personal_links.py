import datetime as dt
from html import unescape

import pytest
import time_machine
from django.test import Client

from projects.bypuls.events.moderation import SUBMISSION_LINK
from projects.bypuls.models import Event, Invitation, SeriesSignUp, SignUp
from projects.bypuls.signups.invitations import INVITATION_LINK, invitation_url, withdraw
from projects.bypuls.signups.mails import my_signup_url
from projects.bypuls.signups.reminder_mails import CONFIRM_LINK, REMINDER_LINK
from projects.bypuls.signups.series_mails import SERIES_SIGNUP_LINK
from projects.bypuls.signups.series_signup import sign_up_for_series
from projects.bypuls.signups.signup import Party
from tests.projects.bypuls.factories import (
    NOW,
    EventFactory,
    EventSeriesFactory,
    InvitationFactory,
    SeriesSignUpFactory,
    SignUpFactory,
)
from vekst.links import make_token

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def path(invitation: Invitation) -> str:
    return invitation_url(invitation).removeprefix("http://testserver")


def main_of(content: bytes) -> str:
    return unescape(content.decode()).partition("<main")[2].partition("</main")[0]


def secret(**fields: object) -> Invitation:
    event = EventFactory.create(
        admission="invited", is_unlisted=True, description="Treretters i kjelleren.", **fields
    )
    return InvitationFactory.create(event=event, name="Ida", email="ida@example.no")


def form(**changes: object) -> dict[str, object]:
    return {"name": "Ida", "email": "ida@example.no", "size": "1", **changes}


def test_an_invitation_shows_an_event_that_strangers_do_not_see(client: Client):
    invitation = secret()

    page = main_of(client.get(path(invitation)).content)

    assert "Vekst i Kongsberg inviterer Ida" in page
    assert "Treretters i kjelleren." in page
    assert 'value="ida@example.no"' in page
    # It has no page of its own to lead to.
    assert f'href="{invitation.event.get_absolute_url()}"' not in page


def test_the_invited_sign_up_to_the_receipt(client: Client):
    invitation = secret()

    sent = client.post(path(invitation), form(), follow=True)

    assert "Du har plass!" in main_of(sent.content)
    assert SignUp.objects.get().email == "ida@example.no"
    assert invitation.event.get_absolute_url() + ".ics" not in sent.content.decode()


def test_the_invited_may_hold_seats(client: Client):
    page = main_of(client.post(path(secret()), form(size="2", action="hold")).content)

    assert "Vi holder 2 plasser til kl. 12.11" in page


def test_an_invitation_is_personal(client: Client):
    page = main_of(client.post(path(secret()), form(email="nils@example.no")).content)

    assert "Invitasjonen gjelder ida@example.no" in page
    assert 'value="nils@example.no"' in page


def test_who_has_signed_up_comes_to_the_sign_up(client: Client):
    invitation = secret()
    client.post(path(invitation), form())

    response = client.get(path(invitation))

    assert response.headers["Location"] == my_signup_url(SignUp.objects.get())


@pytest.mark.parametrize("wrong", ["tull", "purpose", "gone", "cut"])
def test_a_broken_invitation_says_what_to_do(client: Client, wrong: str):
    invitation = secret()
    token = {
        "tull": "tull",
        "purpose": make_token(SUBMISSION_LINK, invitation.pk),
        "gone": make_token(INVITATION_LINK, invitation.pk + 1),
        "cut": make_token(INVITATION_LINK, invitation.pk)[:-1],
    }[wrong]

    response = client.get(f"/arrangementer/invitasjon/{token}/")

    assert response.status_code == 404
    assert "Lenken virker ikke" in main_of(response.content)
    assert invitation.event.title not in response.content.decode()


def test_a_withdrawn_invitation_opens_nothing(client: Client):
    invitation = secret()
    withdraw(invitation.pk, at=NOW)

    for response in (client.get(path(invitation)), client.post(path(invitation), form())):
        assert response.status_code == 410
        assert "Invitasjonen er trukket tilbake" in main_of(response.content)
        assert "Treretters" not in response.content.decode()
    assert not SignUp.objects.exists()


@pytest.mark.parametrize(
    ("fields", "title"),
    [
        ({"publication": "withdrawn"}, "Arrangementet er tatt bort"),
        ({"publication": "draft"}, "Arrangementet er tatt bort"),
        ({"starts_at": NOW - 2 * DAY, "ends_at": NOW - DAY}, "Invitasjonen er for gammel"),
    ],
)
def test_an_invitation_that_is_no_use_says_why(
    client: Client, fields: dict[str, object], title: str
):
    invitation = secret()
    Event.objects.filter(pk=invitation.event_id).update(**fields)

    response = client.get(path(invitation))

    assert response.status_code == 410
    assert title in main_of(response.content)


def test_an_invitation_to_something_called_off_says_so(client: Client):
    page = main_of(client.get(path(secret(status="cancelled", status_reason="Syk"))).content)

    assert "Arrangementet er avlyst" in page
    assert "Syk" in page
    assert "<form" not in page


def test_an_invitation_page_takes_few_queries(client: Client, django_assert_max_num_queries):
    address = path(secret())

    with django_assert_max_num_queries(5):
        client.get(address)


def whole_series(number: int = 3) -> list[Event]:
    series = EventSeriesFactory.create(title="Norskkafé")
    return [
        EventFactory.create(
            series=series,
            starts_at=NOW + week * 7 * DAY,
            recurrence_start=NOW + week * 7 * DAY,
            capacity=1 if week == 1 else 10,
        )
        for week in range(1, number + 1)
    ]


def test_one_date_leads_to_all_and_each_is_cancelled_by_itself(client: Client):
    dates = whole_series()
    series_id = dates[0].series_id
    assert series_id is not None
    sign_up_for_series(series_id, Party(name="Ida", email="ida@example.no"), at=NOW)
    second = SignUp.objects.get(event=dates[1])
    mine = my_signup_url(second).removeprefix("http://testserver")

    page = main_of(client.get(mine).content)
    client.post(mine, {"action": "cancel"})

    series = make_token(SERIES_SIGNUP_LINK, SeriesSignUp.objects.get().pk)
    assert f"/arrangementer/min-serie/{series}/" in page
    assert "Meld meg av denne datoen" in page
    assert SignUp.objects.active().count() == 2
    assert "Du er avmeldt" in main_of(client.get(f"/arrangementer/min-serie/{series}/").content)


@pytest.mark.parametrize(
    ("page", "purpose"), [("paminnelser", REMINDER_LINK), ("bekreft", CONFIRM_LINK)]
)
def test_links_in_reminders_that_lead_nowhere_say_why(client: Client, page: str, purpose: str):
    signup = SignUpFactory.create(name="", email="", anonymised_at=NOW)

    broken = client.get(f"/arrangementer/{page}/tull/")
    foreign = client.get(f"/arrangementer/{page}/{make_token(SERIES_SIGNUP_LINK, signup.pk)}/")
    gone = client.get(f"/arrangementer/{page}/{make_token(purpose, signup.pk)}/")

    assert (broken.status_code, foreign.status_code, gone.status_code) == (404, 404, 410)
    assert "Lenken virker ikke" in main_of(broken.content)
    assert "Lenken virker ikke" in main_of(foreign.content)
    assert "Påmeldingen er slettet" in main_of(gone.content)


def test_links_to_a_series_that_lead_nowhere_say_why(client: Client):
    row = SeriesSignUpFactory.create(name="", email="", anonymised_at=NOW)

    broken = client.get("/arrangementer/min-serie/tull/")
    gone = client.get(f"/arrangementer/min-serie/{make_token(SERIES_SIGNUP_LINK, row.pk)}/")

    assert (broken.status_code, gone.status_code) == (404, 410)
    assert "Lenken virker ikke" in main_of(broken.content)
    assert "Påmeldingen er slettet" in main_of(gone.content)
