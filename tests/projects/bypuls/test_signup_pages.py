import datetime as dt
import html
import re

import pytest
import time_machine
from django.test import Client

from members.mailings.models.delivery import Delivery
from projects.bypuls.events.moderation import SUBMISSION_LINK
from projects.bypuls.models import Event, SignUp
from projects.bypuls.signups.holds import hold_seats
from projects.bypuls.signups.mails import SIGNUP_LINK, my_signup_url
from projects.bypuls.signups.signup import Party, sign_up
from tests.projects.bypuls.factories import NOW, EventFactory
from vekst.links import make_token

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def form_of(event: Event) -> str:
    return f"{event.get_absolute_url()}pamelding/"


def filled_in(email: str = "kari@example.no", **changes: object) -> dict[str, object]:
    return {"name": "Kari", "email": email, "size": "1", "reminder": "", **changes}


def joined(event: Event, email: str = "kari@example.no", size: int = 1) -> SignUp:
    return sign_up(event.pk, Party(name="Kari", email=email, size=size), at=NOW).signup


def my_path(signup: SignUp) -> str:
    return my_signup_url(signup).removeprefix("http://testserver")


def test_signing_up_leads_to_a_receipt(client: Client):
    event = EventFactory.create()

    response = client.post(form_of(event), filled_in(size="2"), follow=True)

    assert "Du har plass!" in response.content.decode()
    assert response.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    event.refresh_from_db()
    assert event.seats_taken == 2


def test_the_queue_is_told_its_number(client: Client):
    event = EventFactory.create(capacity=0)
    joined(event, "forst@example.no")

    page = client.post(form_of(event), filled_in(), follow=True).content.decode()

    assert "Du er nummer 2 på ventelisten" in page


def test_an_address_that_is_signed_up_gets_the_same_page_and_a_mail(client: Client):
    event = EventFactory.create()
    joined(event)
    with time_machine.travel(NOW + dt.timedelta(days=1), tick=False):
        again = client.post(form_of(event), filled_in(name="Fremmed"), follow=True)
        new = client.post(form_of(event), filled_in("ny@example.no"), follow=True)

    def heart(page: bytes) -> str:
        return page.decode().partition("<main")[2]

    assert heart(again.content) == heart(new.content)
    titles = [row.body.title for row in Delivery.objects.filter(recipient="kari@example.no")]
    assert any(title.startswith("Du er alt påmeldt") for title in titles)


def test_a_full_event_says_so_and_keeps_what_was_typed(client: Client):
    event = EventFactory.create(capacity=0, waiting_list_capacity=0)

    page = client.post(form_of(event), filled_in(note="Rullestol")).content.decode()

    assert "Det er fullt." in page
    assert "Rullestol" in page
    assert not SignUp.objects.exists()


def test_what_was_typed_for_a_full_event_can_be_seen_again_and_tried_again(client: Client):
    event = EventFactory.create(capacity=0, waiting_list_capacity=0)
    page = client.post(form_of(event), filled_in(note='Rullestol "bred"')).content.decode()
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    typed = {name: html.unescape(value) for name, value in fields.items()}

    seen = client.post(form_of(event), {**typed, "action": "edit"}).content.decode()
    Event.objects.update(capacity=1)
    answer = client.post(form_of(event), {**typed, "action": "sign-up"})

    assert "Rullestol &quot;bred&quot;</textarea>" in seen
    assert answer.status_code == 302
    assert SignUp.objects.get().note == 'Rullestol "bred"'


@pytest.mark.parametrize(("queue", "size"), [(0, 1), (1, 2)])
def test_nobody_waits_for_the_lock_to_hear_that_it_is_full(
    client: Client, queue: int, size: int, django_assert_max_num_queries
):
    event = EventFactory.create(capacity=1, waiting_list_capacity=queue)
    joined(event)

    # The event, its questions, whether the address is signed up, and those asked to split.
    with django_assert_max_num_queries(6) as queries:
        page = client.post(form_of(event), filled_in("ny@example.no", size=size)).content.decode()

    assert "Det er fullt" in page
    assert not [query for query in queries if "FOR UPDATE" in query["sql"]]


def test_a_seat_kept_for_a_group_that_waits_is_refused_without_the_lock_too(
    client: Client, django_assert_max_num_queries
):
    event = EventFactory.create(capacity=2, waiting_list_capacity=2, max_group_size=2)
    joined(event)
    joined(event, "gruppe@example.no", size=2)

    with django_assert_max_num_queries(6) as queries:
        page = client.post(form_of(event), filled_in("ny@example.no")).content.decode()

    assert "Det er fullt" in page
    assert not [query for query in queries if "FOR UPDATE" in query["sql"]]


def test_a_full_event_tells_how_full_it_is_and_where_to_go_instead(client: Client):
    event = EventFactory.create(
        capacity=1, waiting_list_capacity=1, contact_email="arrangor@example.no", topic="kultur"
    )
    joined(event)
    joined(event, "to@example.no")
    EventFactory.create(title="Noe lignende", topic="kultur")

    page = client.post(form_of(event), filled_in("ny@example.no")).content.decode()

    assert "Plasser: 1, alle tatt. På venteliste: 1, så den er også full." in page
    assert "Ventelisten åpner igjen" in page
    assert 'href="mailto:arrangor@example.no"' in page
    # A browser without scripts follows the link; the others fetch that part of the page.
    assert f'href="{event.get_absolute_url()}#event-others"' in page
    there = client.get(event.get_absolute_url()).content.decode()
    assert "Noe lignende" in there.partition('id="event-others"')[2]


def test_a_seat_that_is_kept_for_a_group_is_not_called_taken(client: Client):
    event = EventFactory.create(capacity=2, waiting_list_capacity=2, max_group_size=2)
    joined(event)
    joined(event, "gruppe@example.no", size=2)

    page = client.post(form_of(event), filled_in("ny@example.no")).content.decode()

    assert "Det er fullt" in page
    assert "alle tatt" not in page


def test_a_form_that_is_shut_leads_on_to_something_else(client: Client):
    event = EventFactory.create(signup_closes_at=NOW)
    unlisted = EventFactory.create(signup_closes_at=NOW, is_unlisted=True)

    assert "Se alt med ledig plass" in client.get(form_of(event)).content.decode()
    assert client.get(form_of(unlisted)).status_code == 404


def test_a_full_event_that_has_closed_says_that_it_has_closed(client: Client):
    event = EventFactory.create(capacity=1, waiting_list_capacity=0, signup_closes_at=NOW)
    event.seats_taken = 1
    event.save()

    page = client.post(form_of(event), filled_in()).content.decode()

    assert "Påmeldingen er stengt." in page


def test_seats_that_are_held_for_the_form_are_given_when_the_event_is_full_otherwise(
    client: Client,
):
    event = EventFactory.create(capacity=1, waiting_list_capacity=0)
    hold = hold_seats(event.pk, 1, at=NOW)

    stranger = client.post(form_of(event), filled_in("ny@example.no")).content.decode()
    answer = client.post(form_of(event), filled_in(hold=str(hold.key)))

    assert "De siste plassene holdes av" in stranger
    assert answer.status_code == 302
    assert SignUp.objects.get().email == "kari@example.no"


def test_a_form_with_mistakes_does_not_tell_who_is_signed_up_for_a_full_event(client: Client):
    event = EventFactory.create(capacity=1, waiting_list_capacity=0)
    joined(event)

    known, stranger = (
        client.post(form_of(event), filled_in(email, name="")).content.decode().partition("<main")
        for email in ("kari@example.no", "nils@example.no")
    )

    assert "Det er fullt." in stranger[2]
    without_token = (
        re.sub(r'csrfmiddlewaretoken" value="\w+', "", page[2]) for page in (known, stranger)
    )
    assert next(without_token).replace("kari@", "nils@") == next(without_token)


def test_an_address_that_no_database_takes_is_no_error_for_a_full_event(client: Client):
    event = EventFactory.create(capacity=1, waiting_list_capacity=0)
    joined(event)

    answer = client.post(form_of(event), filled_in("\x00kari@example.no"))

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("capacity", "queue", "size"), [(1, 0, 1), (1, 1, 3), (2, 0, 3), (1, 2, 4)]
)
def test_a_full_event_says_the_same_to_those_who_are_signed_up(
    client: Client, capacity: int, queue: int, size: int
):
    event = EventFactory.create(capacity=capacity, waiting_list_capacity=queue)
    joined(event)
    later = NOW + dt.timedelta(days=1)
    with time_machine.travel(later, tick=False):
        pages = [
            client.post(form_of(event), filled_in(email, size=str(size))).content.decode()
            for email in ("kari@example.no", "nils@example.no")
        ]

    known, stranger = (
        re.sub(r'csrfmiddlewaretoken" value="\w+', "", page.partition("<main")[2]) for page in pages
    )
    assert "data-error-summary" in stranger
    assert known.replace("kari@", "nils@") == stranger
    assert Delivery.objects.filter(recipient="kari@example.no").count() == 2


def test_a_closed_event_shows_no_form(client: Client):
    event = EventFactory.create(signup_opens_at=NOW + dt.timedelta(days=2))

    page = client.get(form_of(event)).content.decode()

    assert "Påmeldingen har ikke åpnet ennå." in page
    assert "23. november 2026 kl. 12.00" in page
    assert "<textarea" not in page


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"email": "ikke-en-adresse"}, "gyldig e-postadresse"),
        ({"email": f"kari@{'a.' * 140}no"}, "254"),
        ({"name": ""}, "må fylles ut"),
        ({"size": "6"}, "6"),
        ({"size": "mange"}, "mange"),
    ],
)
def test_bad_input_is_told_beside_the_field(client: Client, changes, message):
    event = EventFactory.create()

    page = client.post(form_of(event), filled_in(**changes)).content.decode()

    assert "data-error-summary" in page
    assert message in page.lower()
    assert not SignUp.objects.exists()


def test_diet_is_asked_for_only_where_food_is_served(client: Client):
    with_food = EventFactory.create(asks_diet=True)
    without = EventFactory.create(max_group_size=1)

    client.post(form_of(with_food), filled_in(diet="nøtter"))
    client.post(form_of(without), filled_in(diet="nøtter"))

    assert set(SignUp.objects.values_list("event", "diet")) == {
        (with_food.pk, "nøtter"),
        (without.pk, ""),
    }


def test_the_limit_counts_posts_from_one_network(client: Client, settings):
    settings.RATELIMIT_ENABLE = True
    settings.SIGNUP_RATE = "2/h"
    event = EventFactory.create()

    codes = [
        client.post(form_of(event), filled_in(f"p{number}@example.no")).status_code
        for number in range(3)
    ]

    assert codes == [302, 302, 429]
    assert client.get(form_of(event)).status_code == 200


def test_opening_the_mailed_link_changes_nothing(client: Client):
    event = EventFactory.create()
    signup = joined(event)

    page = client.get(my_path(signup) + "?action=cancel").content.decode()

    signup.refresh_from_db()
    assert signup.state == "attending"
    assert "Du har plass" in page


def test_the_holder_changes_the_number_and_signs_off(client: Client):
    event = EventFactory.create()
    signup = joined(event)

    client.post(my_path(signup), {"action": "size", "size": "3"})
    event.refresh_from_db()
    assert event.seats_taken == 3
    client.post(my_path(signup), {"action": "reminder", "reminder": "never"})
    page = client.post(my_path(signup), {"action": "cancel"}, follow=True).content.decode()

    assert "Du er avmeldt" in page
    signup.refresh_from_db()
    assert (signup.state, signup.wants_reminder) == ("cancelled", False)


@pytest.mark.parametrize("size", ["", "0", "-1", "99", "9" * 5000, "²", "1.5"])
def test_an_impossible_number_is_told(client: Client, size: str):
    signup = joined(EventFactory.create())

    page = client.post(my_path(signup), {"action": "size", "size": size})

    assert page.status_code == 200
    assert b'role="alert"' in page.content
    signup.refresh_from_db()
    assert signup.size == 1


def test_forged_and_foreign_links_find_nothing(client: Client):
    event = EventFactory.create()
    signup = joined(event)
    other_purpose = make_token(SUBMISSION_LINK, signup.pk)
    token = make_token(SIGNUP_LINK, signup.pk)

    for wrong in ("tull", token[:-1] + ("a" if token[-1] != "a" else "b"), other_purpose):
        assert client.get(f"/arrangementer/min-pamelding/{wrong}/").status_code == 404
    assert client.get(f"/arrangementer/endre/{token}/").status_code == 404


def test_a_receipt_of_another_event_finds_nothing(client: Client):
    event, other = EventFactory.create(), EventFactory.create()
    location = client.post(form_of(event), filled_in()).headers["Location"]

    assert client.get(location.replace(event.slug, other.slug)).status_code == 404
    assert client.get(re.sub(r"[^/]+/$", "tull/", location)).status_code == 404


def test_the_link_still_works_when_the_event_is_hidden_or_over(client: Client):
    event = EventFactory.create()
    signup = joined(event)
    Event.objects.filter(pk=event.pk).update(status="cancelled", status_reason="Syk")

    page = client.get(my_path(signup)).content.decode()

    assert "Arrangementet er avlyst" in page
    assert "Meld meg av" not in page
