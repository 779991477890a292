import datetime as dt

import pytest

from members.accounts.retention import RetentionRule
from projects.bypuls import retention
from projects.bypuls.models import Answer, Invitation, SeriesSignUp
from tests.projects.bypuls.factories import (
    NOW,
    EventFactory,
    InvitationFactory,
    QuestionFactory,
    SeriesSignUpFactory,
    SignUpFactory,
)

pytestmark = pytest.mark.django_db


def rule(start: str) -> RetentionRule:
    return next(rule for rule in retention.RULES if rule.data == start)


def test_answers_go_with_the_names_and_interest_without_a_date_within_a_year():
    question = QuestionFactory.create()
    signup = SignUpFactory.create(event=question.event)
    Answer.objects.create(signup=signup, question=question, text="Vegetar")
    undated = EventFactory.create(is_date_set=False, date_note="våren")
    interest = SignUpFactory.create(event=undated, state="interested")
    people = rule("Påmeldinger til arrangementer")

    assert people.apply(signup.event.ends_at + dt.timedelta(days=31), False) == 1
    assert not Answer.objects.exists()
    interest.refresh_from_db()
    assert interest.email
    assert people.apply(interest.created_at + dt.timedelta(days=366), False) == 1


def test_series_and_invitations_are_forgotten_after_thirty_days():
    over = SeriesSignUpFactory.create()
    EventFactory.create(series=over.series, recurrence_start=NOW, starts_at=NOW)
    goes_on = SeriesSignUpFactory.create()
    later = NOW + dt.timedelta(days=40)
    EventFactory.create(series=goes_on.series, recurrence_start=later, starts_at=later)
    left = SeriesSignUpFactory.create(series=goes_on.series, cancelled_at=NOW)
    InvitationFactory.create(event=EventFactory.create(starts_at=NOW))
    kept = InvitationFactory.create(event=EventFactory.create(starts_at=later))
    at = NOW + dt.timedelta(days=31)

    assert rule("Påmeldinger til hele serier").apply(at, True) == 2
    assert rule("Påmeldinger til hele serier").apply(at, False) == 2
    assert rule("Invitasjoner til arrangementer").apply(at, True) == 1
    assert rule("Invitasjoner til arrangementer").apply(at, False) == 1

    emails = SeriesSignUp.objects.order_by("pk").values_list("email", flat=True)
    assert list(emails) == ["", goes_on.email, ""]
    assert left.pk
    assert Invitation.objects.get() == kept
