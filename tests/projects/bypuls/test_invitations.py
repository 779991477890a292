import datetime as dt

import pytest
import time_machine
from django.test import Client

from members.mailings.models.delivery import Delivery
from projects.bypuls.models import Event, Invitation, SignUp
from projects.bypuls.signups.invitations import Guest, invitation_url, invite, withdraw
from projects.bypuls.signups.signup import SignUpError
from tests.members.accounts.factories import UserFactory
from tests.projects.bypuls.factories import NOW, EventFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    # A signed link holds the moment at which it was made.
    with time_machine.travel(NOW, tick=False):
        yield


KARI = Guest("Kari@Example.no ", name="Kari")


@pytest.fixture
def event() -> Event:
    return EventFactory.create(admission="invited", title="Middag")


def path(invitation: Invitation) -> str:
    return invitation_url(invitation).removeprefix("http://testserver")


def test_everybody_invited_gets_one_mail_with_a_link_of_their_own(event):
    host = UserFactory.create()

    first = invite(event.pk, [KARI, Guest("ola@example.no"), KARI], by=host, at=NOW)
    again = invite(event.pk, [KARI, Guest("ida@example.no")], by=host, at=NOW)

    assert [row.email for row in (*first, *again)] == [
        "kari@example.no",
        "ola@example.no",
        "ida@example.no",
    ]
    mails = {mail.recipient: mail for mail in Delivery.objects.all()}
    assert len(mails) == Delivery.objects.count() == 3
    assert mails["kari@example.no"].body.title == "Du er invitert: Middag"
    assert invitation_url(first[0]) in mails["kari@example.no"].body.text
    assert invitation_url(first[1]) in mails["ola@example.no"].body.text


def test_the_link_lets_its_owner_sign_up(client: Client, event):
    (invitation,) = invite(event.pk, [KARI], by=None, at=NOW)
    filled_in = {"name": "Kari", "email": "kari@example.no", "size": "1"}

    with time_machine.travel(NOW, tick=False):
        assert client.get(path(invitation)).status_code == 200
        client.post(path(invitation), filled_in)

    assert SignUp.objects.get().event == event


def test_a_withdrawn_invitation_opens_nothing_until_it_is_made_again(client: Client, event):
    (invitation,) = invite(event.pk, [KARI], by=None, at=NOW)
    filled_in = {"name": "Kari", "email": "kari@example.no", "size": "1"}
    for _ in range(2):
        withdraw(invitation.pk, at=NOW)

    with time_machine.travel(NOW, tick=False):
        client.post(path(invitation), filled_in)
        assert not SignUp.objects.exists()

        later = NOW + dt.timedelta(minutes=1)
        assert invite(event.pk, [KARI], by=None, at=later) == [invitation]
        client.post(path(invitation), filled_in)

    assert SignUp.objects.count() == 1
    assert Delivery.objects.filter(kind="event-invitation").count() == 2


def test_a_wrong_address_is_named_and_nobody_is_invited(event):
    with pytest.raises(SignUpError, match="kari-at-example"):
        invite(event.pk, [Guest("ola@example.no"), Guest("kari-at-example")], by=None, at=NOW)

    assert not Invitation.objects.exists()
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    "fields", [{"publication": "draft"}, {"status": "cancelled"}, {"starts_at": NOW}]
)
def test_nobody_is_invited_to_what_they_cannot_sign_up_for(fields):
    event = EventFactory.create(**fields)

    with pytest.raises(SignUpError):
        invite(event.pk, [KARI], by=None, at=NOW)


def test_an_event_in_english_invites_in_english():
    event = EventFactory.create(language="engelsk", title="Dinner")

    invite(event.pk, [KARI], by=None, at=NOW)

    assert "Sign up with your link" in Delivery.objects.get().body.text
