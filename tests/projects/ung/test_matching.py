import datetime as dt
import threading

import pytest
from django.db import IntegrityError, connection, transaction

from members.mailings.models.delivery import Delivery, MailKind
from projects.ung import matching
from projects.ung.models import Match, Mentor, MentorSession
from tests.projects.ung.factories import (
    PUBLISHED,
    MenteeFactory,
    MentorFactory,
    MentorSchemeFactory,
)

NOW = dt.datetime(2026, 8, 1, 12, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db


def pair(**fields):
    mentor = MentorFactory.create(**fields)
    mentee = MenteeFactory.create(scheme=mentor.scheme)
    return matching.propose_pair(mentor=mentor, mentee=mentee, at=NOW)


def test_points_follow_topics_field_and_languages():
    mentor = MentorFactory.build(topics=["career", "studies"], languages=["nb", "en"])
    mentee = MenteeFactory.build(topics=["studies", "career"], languages=["en", "nb", "pl"])

    found = matching.fit(mentor, mentee)

    assert found is not None
    assert found.points == 2 * 3 + 2 + 2 * 1
    assert "Samme fagfelt: IT og sikkerhet" in found.reasons
    assert "Felles språk: Engelsk" in found.reasons


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kongsberg Gruppen ASA", "kongsberg  gruppen"),
        ("TechnipFMC", "TECHNIPFMC AS"),
        ("Krona, Kongsberg", "Krona Kongsberg"),
    ],
)
def test_same_workplace_is_never_paired(one, other):
    assert (
        matching.fit(MentorFactory.build(workplace=one), MenteeFactory.build(workplace=other))
        is None
    )


def test_no_common_language_is_no_pair():
    mentor = MentorFactory.build(languages=["nb"])

    assert matching.fit(mentor, MenteeFactory.build(languages=["en"])) is None


def test_nobody_is_paired_with_themselves():
    mentor = MentorFactory.build(email="samme@example.no")

    assert matching.fit(mentor, MenteeFactory.build(email="samme@example.no")) is None


def test_proposals_take_the_best_with_room_and_can_run_again():
    scheme = MentorSchemeFactory.create()
    good = MentorFactory.create(scheme=scheme, topics=["career", "studies"])
    other = MentorFactory.create(scheme=scheme, topics=["network"])
    MentorFactory.create(scheme=scheme, topics=["career", "studies"], state="unconfirmed")
    first, second = (
        MenteeFactory.create(scheme=scheme, topics=["career", "studies"]) for _ in range(2)
    )

    made = matching.propose_pairs(scheme, at=NOW)

    assert [(m.mentee, m.mentor) for m in made] == [(first, good), (second, other)]
    assert matching.propose_pairs(scheme, at=NOW) == []
    good.refresh_from_db()
    assert good.pair_count == 1


def test_an_ended_pair_is_not_proposed_again():
    match = pair()
    matching.end(match, at=NOW)

    assert matching.propose_pairs(match.mentor.scheme, at=NOW) == []


@pytest.mark.parametrize(
    ("mentor", "mentee", "words"),
    [
        ({"state": "unconfirmed"}, {}, "Begge må være med"),
        ({}, {"state": "withdrawn"}, "Begge må være med"),
        ({"languages": ["pl"]}, {}, "kan ikke kobles"),
    ],
)
def test_coordinator_is_told_why_a_pair_cannot_be(mentor, mentee, words):
    one = MentorFactory.create(**mentor)
    other = MenteeFactory.create(scheme=one.scheme, **mentee)

    with pytest.raises(matching.MatchError, match=words):
        matching.propose_pair(mentor=one, mentee=other, at=NOW)


def test_pairs_stay_within_a_scheme():
    other = MentorSchemeFactory.create(state="running")

    with pytest.raises(matching.MatchError, match="samme ordning"):
        matching.propose_pair(
            mentor=MentorFactory.create(), mentee=MenteeFactory.create(scheme=other), at=NOW
        )


def test_a_mentee_has_one_live_mentor():
    match = pair()
    second = MentorFactory.create(scheme=match.mentor.scheme)

    with pytest.raises(matching.MatchError, match="alt en mentor"):
        matching.propose_pair(mentor=second, mentee=match.mentee, at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Match.objects.create(mentor=second, mentee=match.mentee, proposed_at=NOW)


def test_a_mentor_never_has_more_than_the_capacity():
    match = pair(capacity=1)
    another = MenteeFactory.create(scheme=match.mentor.scheme)

    with pytest.raises(matching.MatchError, match="ikke plass"):
        matching.propose_pair(mentor=match.mentor, mentee=another, at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Mentor.objects.filter(pk=match.mentor_id).update(pair_count=2)


def test_accepting_mails_both_once():
    match = pair()

    assert matching.accept(match, at=NOW)
    assert not matching.accept(match, at=NOW)

    sent = Delivery.objects.filter(kind=MailKind.MENTOR_MATCH).order_by("recipient")
    assert [d.recipient for d in sent] == sorted([match.mentor.email, match.mentee.email])
    to_mentee = sent.get(recipient=match.mentee.email)
    assert match.mentor.name in to_mentee.body.title
    assert match.mentor.email in to_mentee.body.text
    assert "Valg av jobb og karriere" in to_mentee.body.text


def test_a_pair_whose_half_has_left_cannot_be_accepted():
    match = pair()
    Mentor.objects.filter(pk=match.mentor_id).update(state="withdrawn")

    with pytest.raises(matching.MatchError):
        matching.accept(match, at=NOW)


def test_ending_gives_the_room_back_once():
    match = pair()
    matching.accept(match, at=NOW)

    assert matching.end(match, at=NOW)
    assert not matching.end(match, at=NOW)
    assert Mentor.objects.get().pair_count == 0
    with pytest.raises(matching.MatchError, match="avsluttet"):
        matching.accept(match, at=NOW)


def test_a_talk_has_a_plausible_length():
    with pytest.raises(IntegrityError):
        MentorSession.objects.create(match=pair(), held_date=PUBLISHED.date(), duration_minutes=601)


@pytest.mark.django_db(transaction=True)
def test_capacity_holds_when_many_are_paired_at_once():
    mentor = MentorFactory.create(capacity=3)
    mentees = [MenteeFactory.create(scheme=mentor.scheme) for _ in range(12)]
    ready = threading.Barrier(len(mentees))
    refused: list[str] = []

    def work(mentee):
        ready.wait()
        try:
            matching.propose_pair(mentor=mentor, mentee=mentee, at=NOW)
        except matching.MatchError as error:
            refused.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[mentee]) for mentee in mentees]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    mentor.refresh_from_db()
    assert (mentor.pair_count, Match.objects.live().count(), len(refused)) == (3, 3, 9)


@pytest.mark.django_db(transaction=True)
def test_one_mentee_wanted_by_many_gets_one():
    scheme = MentorSchemeFactory.create()
    mentee = MenteeFactory.create(scheme=scheme)
    mentors = [MentorFactory.create(scheme=scheme) for _ in range(6)]
    ready = threading.Barrier(len(mentors))
    made: list[Match] = []

    def work(mentor):
        ready.wait()
        try:
            made.append(matching.propose_pair(mentor=mentor, mentee=mentee, at=NOW))
        except matching.MatchError:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[mentor]) for mentor in mentors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(made) == 1
    assert sum(Mentor.objects.values_list("pair_count", flat=True)) == 1
