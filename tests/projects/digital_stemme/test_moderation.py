import datetime
import re
import threading

import pytest
from django.db import connection
from django.utils import timezone

from members.mailings.ledger import MailKind
from members.mailings.models import Delivery
from projects.digital_stemme import moderation, sender_mail
from projects.digital_stemme.models import Home, Vacancy
from projects.digital_stemme.models.choices import VacancySource
from tests.projects.digital_stemme.factories import HomeFactory, VacancyFactory
from vekst.moderation import IllegalMoveError, ModerationState

NOW = datetime.datetime(2026, 3, 2, 9, 0, tzinfo=datetime.UTC)


def draft(**values):
    fields = {
        "kind": "leie",
        "title_nb": "Hybel på Raumyr",
        "description_nb": "Liten og lys.",
        "rent_nok": 7000,
        "contact_name": "Kari",
        "contact_email": "kari@example.no",
    }
    return Home(**(fields | values))


def mails():
    return list(Delivery.objects.order_by("pk").select_related("body"))


@pytest.mark.django_db
def test_a_submission_waits_and_its_sender_gets_the_link():
    home = moderation.submit(draft(), at=NOW)

    assert home.state == ModerationState.SUBMITTED
    assert home.expires_on == datetime.date(2026, 5, 1)
    assert home.slug.startswith("hybel-pa-raumyr-")
    assert not Home.objects.public(NOW).exists()
    [mail] = mails()
    assert (mail.kind, mail.recipient) == (MailKind.SUBMISSION_RECEIPT, "kari@example.no")
    [token] = re.findall(r"http://testserver/bolig/endre/(\S+)/", mail.body.text)
    assert sender_mail.listing_of(Home, token) == home.pk


@pytest.mark.django_db
def test_the_mail_is_english_when_the_form_was():
    moderation.submit(draft(submitted_language="en", title_en="Room"), at=NOW)

    assert "/en/bolig/endre/" in mails()[0].body.text


@pytest.mark.django_db
def test_the_same_form_twice_is_one_listing_and_one_mail():
    first = draft()
    again = draft(submission_key=first.submission_key)

    one, two = moderation.submit(first, at=NOW), moderation.submit(again, at=NOW)

    assert one.pk == two.pk
    assert Home.objects.count() == 1
    assert len(mails()) == 1


@pytest.mark.django_db
def test_the_whole_life_of_a_home(programme_officer):
    home = moderation.submit(draft(), at=NOW)
    moderation.ask_changes(home, note="Skriv hvor mange soverom.", by=programme_officer, at=NOW)
    home.refresh_from_db()
    assert home.state == ModerationState.CHANGES_ASKED
    assert "Skriv hvor mange soverom." in mails()[-1].body.text

    home.bedrooms = 1
    moderation.change(home, at=NOW)
    home.refresh_from_db()
    assert (home.state, home.version, home.moderation_note) == (ModerationState.SUBMITTED, 2, "")

    home = moderation.publish(home, by=programme_officer, at=NOW)
    assert Home.objects.public(NOW).get().published_at == NOW
    assert home.get_absolute_url() in mails()[-1].body.text

    home.title_nb = "Hybel med bad"
    moderation.change(home, at=NOW + datetime.timedelta(days=1))
    assert not Home.objects.public(NOW).exists()

    moderation.publish(home, by=programme_officer, at=NOW + datetime.timedelta(days=2))
    assert Home.objects.get().published_at == NOW, "a corrected home keeps its place in the list"

    moderation.withdraw(home, by=None, at=NOW)
    assert Home.objects.get().state == ModerationState.WITHDRAWN
    kinds = [mail.kind for mail in mails()]
    assert kinds.count(MailKind.SUBMISSION_RECEIPT) == 3
    assert kinds.count(MailKind.SUBMISSION_DECIDED) == 3, "who withdraws needs no mail about it"


@pytest.mark.django_db
def test_staff_who_take_something_down_tell_the_sender(programme_officer):
    vacancy = VacancyFactory.create()

    moderation.withdraw(vacancy, by=programme_officer, at=NOW)

    assert mails()[0].recipient == "leder@example.no"


@pytest.mark.django_db
@pytest.mark.parametrize("state", [ModerationState.EXPIRED, ModerationState.WITHDRAWN])
def test_what_ended_cannot_be_withdrawn_again(state):
    home = HomeFactory.create(state=state)

    with pytest.raises(IllegalMoveError):
        moderation.withdraw(home, by=None, at=NOW)


@pytest.mark.django_db
def test_what_comes_back_is_new_again(programme_officer):
    long_ago = NOW - datetime.timedelta(days=90)
    home = HomeFactory.create(
        state=ModerationState.EXPIRED,
        published_at=long_ago,
        closed_at=NOW,
        expires_on=long_ago.date(),
    )

    moderation.publish(home, by=programme_officer, at=NOW)

    home.refresh_from_db()
    assert (home.published_at, home.closed_at) == (NOW, None)
    assert home.expires_on > NOW.date()


# The hint to the mail worker goes to the broker by name, past the eager tasks of the tests.
@pytest.mark.filterwarnings("ignore::celery.exceptions.AlwaysEagerIgnored")
@pytest.mark.django_db(transaction=True)
def test_two_officers_who_press_at_once_publish_once(programme_officer):
    home = moderation.submit(draft(), at=NOW)
    barrier, errors = threading.Barrier(2), []

    def press():
        barrier.wait()
        try:
            moderation.publish(home, by=programme_officer, at=NOW)
        except IllegalMoveError as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(errors) == 1
    assert Delivery.objects.filter(kind=MailKind.SUBMISSION_DECIDED).count() == 1


@pytest.mark.django_db
def test_expiry_closes_what_is_over_and_nothing_else():
    today = timezone.localdate(NOW)
    over = HomeFactory.create(expires_on=today - datetime.timedelta(days=1))
    last_day = HomeFactory.create(expires_on=today)
    job_over = VacancyFactory.create(expires_at=NOW)
    job = VacancyFactory.create(expires_at=NOW + datetime.timedelta(seconds=1))

    assert moderation.expire_due(at=NOW) == 2
    assert moderation.expire_due(at=NOW) == 0

    states = {row.pk: row.state for row in Home.objects.all()}
    assert states == {
        over.pk: ModerationState.EXPIRED,
        last_day.pk: ModerationState.PUBLISHED,
    }
    assert Vacancy.objects.get(pk=job_over.pk).state == ModerationState.EXPIRED
    assert Vacancy.objects.get(pk=job.pk).state == ModerationState.PUBLISHED


@pytest.mark.django_db
def test_an_expired_nav_vacancy_keeps_no_contact():
    VacancyFactory.create(
        source=VacancySource.NAV,
        uuid="7d0f4a3e-3c55-4f5d-9a5e-0c1f7b2f9101",
        raw={"contactList": [{"name": "Kari"}]},
        expires_at=NOW,
    )

    moderation.expire_due(at=NOW)

    vacancy = Vacancy.objects.get()
    assert (vacancy.contact_name, vacancy.contact_email, vacancy.raw) == ("", "", None)


@pytest.mark.django_db
def test_the_sender_is_warned_once_before_the_end():
    HomeFactory.create(expires_on=timezone.localdate(NOW) + datetime.timedelta(days=5))
    HomeFactory.create(expires_on=timezone.localdate(NOW) + datetime.timedelta(days=6))
    VacancyFactory.create(expires_at=NOW + datetime.timedelta(days=4))

    assert moderation.warn_before_expiry(at=NOW) == 2
    assert moderation.warn_before_expiry(at=NOW + datetime.timedelta(hours=1)) == 0
    assert {mail.kind for mail in mails()} == {MailKind.SUBMISSION_EXPIRING}
