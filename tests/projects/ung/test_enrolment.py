import datetime as dt
import threading

import pytest
from django.db import connection

from members.mailings.models.delivery import Delivery, MailKind
from projects.ung import enrolment, matching
from projects.ung.models import Mentee, Mentor
from projects.ung.retention import RULES
from tests.projects.ung.factories import MenteeFactory, MentorFactory, MentorSchemeFactory
from vekst.links import BadLinkError

NOW = dt.datetime(2026, 8, 1, 12, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db


def someone(email="kari@example.no"):
    return enrolment.Enrolment(
        name="Kari", email=email, workplace="Krona", field="ict",
        languages=["nb"], topics=["career"], consent_text="Jeg samtykker.",
    )  # fmt: skip


def sign_up(scheme, email="kari@example.no", at=NOW, language="nb"):
    enrolment.sign_up_mentee(
        scheme=scheme, enrolment=someone(email), wishes="Råd", language=language, at=at
    )


def own_token(person):
    return enrolment.own_url(person).rstrip("/").rpartition("/")[2]


def test_signing_up_mails_a_link_and_waits_for_confirmation():
    sign_up(MentorSchemeFactory.create(), email="Kari@Example.NO ")

    mentee = Mentee.objects.get()
    mail = Delivery.objects.get(kind=MailKind.MENTOR_RECEIPT)
    assert (mentee.email, mentee.state) == ("kari@example.no", "unconfirmed")
    assert mail.recipient == "kari@example.no"
    assert enrolment.own_url(mentee) in mail.body.text
    assert "Bekreft" in mail.body.title


def test_english_visitor_gets_english_mail_and_page():
    sign_up(MentorSchemeFactory.create(title_en="Mentor round"), language="en")

    mail = Delivery.objects.get()
    assert mail.body.title == "Confirm your sign-up for Mentor round"
    assert "/en/ung/mentor/min/" in mail.body.text


def test_second_sign_up_changes_nothing_and_mails_once_a_day():
    scheme = MentorSchemeFactory.create()
    sign_up(scheme)
    sign_up(scheme)
    sign_up(scheme, at=NOW + dt.timedelta(days=1))

    assert Mentee.objects.count() == 1
    assert Delivery.objects.count() == 2


def test_mentor_capacity_is_cut_to_the_scheme():
    enrolment.sign_up_mentor(
        scheme=MentorSchemeFactory.create(max_mentees_per_mentor=2),
        enrolment=someone(), capacity=9, about="", language="nb", at=NOW,
    )  # fmt: skip

    assert Mentor.objects.get().capacity == 2


@pytest.mark.parametrize("state", ["draft", "closed", "running", "done"])
def test_only_an_open_scheme_takes_sign_ups(state):
    with pytest.raises(enrolment.SchemeClosedError, match="stengt"):
        sign_up(MentorSchemeFactory.create(state=state))

    assert not Mentee.objects.exists()


def test_confirming_twice_and_after_leaving_is_harmless():
    person = MenteeFactory.create(state="unconfirmed", confirmed_at=None)
    enrolment.confirm(person, at=NOW)
    enrolment.confirm(person, at=NOW + dt.timedelta(days=1))
    person.refresh_from_db()
    assert (person.state, person.confirmed_at) == ("active", NOW)

    enrolment.withdraw(person, at=NOW)
    enrolment.confirm(person, at=NOW)
    person.refresh_from_db()
    assert person.state == "withdrawn"


def test_leaving_ends_the_pair_and_frees_the_mentor():
    mentor = MentorFactory.create()
    mentee = MenteeFactory.create(scheme=mentor.scheme)
    matching.propose_pair(mentor=mentor, mentee=mentee, at=NOW)

    enrolment.withdraw(mentee, at=NOW)
    enrolment.withdraw(mentee, at=NOW)

    mentor.refresh_from_db()
    assert (mentor.pair_count, mentor.matches.get().state) == (0, "ended")


def test_after_leaving_one_can_sign_up_again():
    scheme = MentorSchemeFactory.create()
    sign_up(scheme)
    enrolment.withdraw(Mentee.objects.get(), at=NOW)

    sign_up(scheme)

    assert sorted(Mentee.objects.values_list("state", flat=True)) == ["unconfirmed", "withdrawn"]


def test_link_finds_its_own_person_only():
    mentor, mentee = MentorFactory.create(), MenteeFactory.create(scheme__state="running")

    assert enrolment.find_by_token(own_token(mentor)) == mentor
    assert enrolment.find_by_token(own_token(mentee)) == mentee
    mentee_token = own_token(mentee)
    mentee.delete()
    with pytest.raises(BadLinkError):
        enrolment.find_by_token(mentee_token)
    with pytest.raises(BadLinkError):
        enrolment.find_by_token("galt")


@pytest.mark.django_db(transaction=True)
@pytest.mark.filterwarnings("ignore::celery.exceptions.AlwaysEagerIgnored")
def test_the_same_person_many_times_at_once_is_one():
    scheme = MentorSchemeFactory.create()
    ready = threading.Barrier(8)

    def work():
        ready.wait()
        try:
            sign_up(scheme)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (Mentee.objects.count(), Delivery.objects.count()) == (1, 1)


# --- Retention --------------------------------------------------------------------------------------
def apply_all(at):
    counted = [rule.apply(at, True) for rule in RULES]
    done = [rule.apply(at, False) for rule in RULES]
    assert counted == done
    assert [rule.apply(at, False) for rule in RULES] == [0] * len(RULES)
    return done


def test_unconfirmed_and_withdrawn_go_in_time():
    old = NOW - dt.timedelta(days=40)
    scheme = MentorSchemeFactory.create()
    MenteeFactory.create(scheme=scheme, state="unconfirmed", confirmed_at=None, created_at=old)
    MenteeFactory.create(scheme=scheme, state="unconfirmed", confirmed_at=None, created_at=NOW)
    MentorFactory.create(scheme=scheme, state="withdrawn", withdrawn_at=old)
    kept = MentorFactory.create(scheme=scheme, created_at=old)

    assert apply_all(NOW) == [1, 1, 0, 0]
    assert Mentor.objects.get() == kept


def test_free_text_goes_before_the_people():
    scheme = MentorSchemeFactory.create(
        state="done", starts_on=dt.date(2025, 6, 1), ends_on=dt.date(2026, 1, 1)
    )
    MentorFactory.create(scheme=scheme, about="Om meg")
    MenteeFactory.create(scheme=scheme, wishes="Råd")

    assert apply_all(NOW) == [0, 0, 2, 0]
    assert Mentor.objects.get().about == ""
    # The two are counted one by one, each with what hangs on it.
    later = NOW + dt.timedelta(days=365)
    assert apply_all(later)[3] == 2
    assert not Mentor.objects.exists()
