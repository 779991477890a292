"""The file of one's own data holds what was sent in from the account's address, and nobody else's."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from members.accounts.models import User
from members.mailings.models import Bounce, MailLookup
from projects.bypuls.models import Answer
from projects.kompetanse.models import GrantVote, Party, Vote
from projects.ung.models import Match, MentorScheme
from tests.members.mailings.factories import DeliveryFactory, SubscriptionRequestFactory
from tests.projects.bypuls.factories import (
    EventFactory,
    InvitationFactory,
    QuestionFactory,
    SeriesSignUpFactory,
    SignUpFactory,
)
from tests.projects.digital_stemme.factories import HomeFactory, VacancyFactory
from tests.projects.kompetanse.factories import (
    AT,
    ApplicationFactory,
    BoardMemberFactory,
    CompetenceNeedFactory,
)
from tests.projects.ung.factories import MenteeFactory, MentorFactory, MentorSchemeFactory

pytestmark = pytest.mark.django_db


def everything_of(user: User) -> None:
    """One row of each kind that bears the address or the account; the form keeps capitals as typed."""
    typed = user.email.capitalize()
    signup = SignUpFactory.create(email=user.email, note=f"Beskjed fra {user.email}")
    question = QuestionFactory.create(event=signup.event)
    Answer.objects.create(signup=signup, question=question, text=f"Svar fra {user.email}")
    SeriesSignUpFactory.create(email=user.email)
    InvitationFactory.create(email=user.email)
    EventFactory.create(submitter_email=typed, submitter_name="Innsender")
    HomeFactory.create(contact_email=typed, title=f"Bolig {user.email}")
    VacancyFactory.create(contact_email=typed, title=f"Jobb {user.email}")
    scheme = MentorScheme.objects.first() or MentorSchemeFactory.create()
    mentor = MentorFactory.create(scheme=scheme, email=user.email, about="Om meg")
    mentee = MenteeFactory.create(scheme=scheme, name="Adept Annen")
    Match.objects.create(mentor=mentor, mentee=mentee, proposed_at=AT)
    MenteeFactory.create(scheme=scheme, email=user.email, wishes="Ønsker")
    application = ApplicationFactory.create(contact_email=typed)
    BoardMemberFactory.create(user=user)
    GrantVote.objects.create(
        application=application, party=Party.INDUSTRY, voter=user, vote=Vote.YES, cast_at=AT
    )
    CompetenceNeedFactory.create(reported_by=user)
    delivery = DeliveryFactory.create(recipient=user.email)
    Bounce.objects.create(
        delivery=delivery, kind="soft", source="mailbox", happened_at=AT, received_at=AT
    )
    SubscriptionRequestFactory.create(email=user.email)
    MailLookup.objects.create(email=user.email, at=AT)


def test_the_file_holds_what_each_project_knows(client: Client, resident: User, editor: User):
    for person in (resident, editor):
        everything_of(person)
    client.force_login(resident)

    response = client.get(reverse("home:own_data"))

    data = json.loads(response.content)
    counts = {
        f"{name}.{kind}": len(rows)
        for name in ("mail_details", "events", "homes_and_jobs", "mentor_scheme", "competence")
        for kind, rows in data[name].items()
        if rows
    }
    assert counts == {
        "mail_details.returned_mail": 1,
        "mail_details.newsletter_sign_ups": 1,
        "mail_details.looked_up_by_staff": 1,
        "events.sign_ups": 1,
        "events.answers": 1,
        "events.series_sign_ups": 1,
        "events.invitations": 1,
        "events.events_sent_in": 1,
        "homes_and_jobs.homes": 1,
        "homes_and_jobs.vacancies": 1,
        "mentor_scheme.as_mentor": 1,
        "mentor_scheme.as_mentee": 1,
        "mentor_scheme.pairs": 1,
        "competence.grant_applications": 1,
        "competence.board_seats": 1,
        "competence.votes": 1,
        "competence.needs_reported": 1,
    }
    text = response.content.decode()
    assert editor.email not in text.lower()
    assert "Adept Annen" not in text
    assert "private" in response["Cache-Control"]


def test_a_person_whom_nobody_knows_gets_empty_lists(client: Client, resident: User):
    everything_of(resident)
    User.objects.filter(pk=resident.pk).update(email="ny@example.no")
    resident.refresh_from_db()
    client.force_login(resident)

    data = json.loads(client.get(reverse("home:own_data")).content)

    assert not any(data["events"].values())
    assert data["homes_and_jobs"] == {"homes": [], "vacancies": []}
