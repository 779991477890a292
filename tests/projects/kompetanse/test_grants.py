import threading
from collections.abc import Iterator

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from members.accounts.models import User
from members.mailings.models import Delivery, MailKind
from projects.kompetanse.grants import (
    ApplicationInput,
    ConflictOfInterestError,
    DuplicateApplicationError,
    FrameExceededError,
    GrantError,
    QuorumError,
    RoundClosedError,
    cast_vote,
    decide,
    own_address,
    start_review,
    submit_application,
    tally,
    withdraw_application,
)
from projects.kompetanse.models import (
    Application,
    ApplicationState,
    Award,
    GrantRound,
    GrantVote,
    Party,
    RoundState,
    TargetGroup,
    Vote,
)
from tests.members.companies.factories import CompanyContactFactory, CompanyFactory, SeatFactory
from tests.projects.kompetanse.factories import (
    AT,
    ApplicationFactory,
    BoardMemberFactory,
    GrantRoundFactory,
)
from vekst.celery import app as celery_app

Board = dict[str, User]


def stated(**changes: object) -> ApplicationInput:
    fields: dict[str, object] = {
        "orgnr": "310000019",
        "organisation": "Eksempel Teknologi AS",
        "amount_nok": 250_000,
        "course_title": "Robotkurs",
        "course_description": "Tre dager.",
        "target_group": TargetGroup.LAID_OFF,
        "headcount": 12,
        "contact_name": "Kari {{ title }}",
        "contact_email": "kari@example.no",
    }
    return ApplicationInput(**(fields | changes))  # type: ignore[arg-type]


@pytest.fixture
def board(db: None) -> Board:
    return {party: BoardMemberFactory.create(party=party).user for party in Party.values}


def vote_all(application: Application, board: Board, *votes: str) -> None:
    for (_, user), vote in zip(board.items(), votes, strict=True):
        cast_vote(application, by=user, vote=vote, at=AT)


@pytest.mark.django_db
def test_an_application_gets_a_receipt_with_its_own_address():
    company = CompanyFactory.create(orgnr="310000019")
    application = submit_application(GrantRoundFactory.create(), stated(), at=AT)

    delivery = Delivery.objects.get(kind=MailKind.GRANT_RECEIPT)
    assert application.company == company
    assert delivery.recipient == "kari@example.no"
    assert own_address(application) in delivery.body.text
    assert "250\u00a0000\u00a0kr" in delivery.body.text


@pytest.mark.django_db
@pytest.mark.time_machine("2026-11-20T12:00:00Z", tick=False)
def test_the_mail_is_in_the_language_of_the_form():
    application = submit_application(GrantRoundFactory.create(), stated(language="en"), at=AT)

    text = Delivery.objects.get(kind=MailKind.GRANT_RECEIPT).body.text
    assert "Participants:" in text
    with override("en"):
        assert own_address(application) in text


@pytest.mark.django_db
def test_what_was_withdrawn_since_it_was_chosen_is_not_reviewed():
    application, other = ApplicationFactory.create(), ApplicationFactory.create()
    withdraw_application(application, at=AT)
    application.state = ApplicationState.SUBMITTED

    assert start_review([application, other]) == 1
    application.refresh_from_db()
    assert application.state == ApplicationState.WITHDRAWN


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [
        {"state": RoundState.DRAFT},
        {"state": RoundState.DECIDING},
        {"opens_at": AT.replace(hour=13)},
        {"closes_at": AT},
    ],
)
def test_a_round_takes_applications_in_its_time_only(fields: dict[str, object]):
    with pytest.raises(RoundClosedError):
        submit_application(GrantRoundFactory.create(**fields), stated(), at=AT)


@pytest.mark.django_db
def test_the_same_course_is_applied_for_once_until_it_is_withdrawn():
    grant_round = GrantRoundFactory.create()
    first = submit_application(grant_round, stated(), at=AT)
    with pytest.raises(DuplicateApplicationError):
        submit_application(grant_round, stated(), at=AT)
    withdraw_application(first, at=AT)
    withdraw_application(first, at=AT)

    assert submit_application(grant_round, stated(), at=AT).pk != first.pk


@pytest.mark.django_db
def test_more_than_the_whole_frame_is_refused():
    with pytest.raises(FrameExceededError):
        submit_application(GrantRoundFactory.create(), stated(amount_nok=1_000_001), at=AT)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("votes", "is_granted"),
    [
        (("ja", "ja", "ja"), True),
        (("ja", "ja", "nei"), True),
        (("ja", "avstar", "ja"), True),
        (("ja", "nei", "nei"), False),
        (("ja", "avstar", "avstar"), False),
        (("nei", "nei", "nei"), False),
    ],
)
def test_two_of_three_decide(board: Board, votes: tuple[str, ...], is_granted: bool):
    application = ApplicationFactory.create()
    vote_all(application, board, *votes)

    award = decide(application, amount_nok=80_000, reason="Godt tiltak.", at=AT)

    application.refresh_from_db()
    grant_round = GrantRound.objects.get()
    assert (award is not None) == is_granted
    assert application.state == ("innvilget" if is_granted else "avslag")
    assert grant_round.granted_nok == (80_000 if is_granted else 0)
    delivery = Delivery.objects.get(kind=MailKind.GRANT_DECIDED)
    assert delivery.body.title.startswith("Innvilget" if is_granted else "Avslag")
    assert "Godt tiltak." in delivery.body.text


@pytest.mark.django_db
def test_no_decision_before_all_three_have_spoken(board: Board):
    application = ApplicationFactory.create()
    for party in (Party.INDUSTRY, Party.WORKERS):
        cast_vote(application, by=board[party], vote=Vote.YES, at=AT)

    with pytest.raises(QuorumError):
        decide(application, amount_nok=1, at=AT)
    assert not Award.objects.exists()


@pytest.mark.django_db
def test_whoever_speaks_for_the_applicant_cannot_vote_and_is_written_down(board: Board):
    application = ApplicationFactory.create()
    company = CompanyFactory.create(orgnr=application.orgnr)
    CompanyContactFactory.create(company=company, user=board[Party.INDUSTRY])

    with pytest.raises(ConflictOfInterestError):
        cast_vote(application, by=board[Party.INDUSTRY], vote=Vote.YES, at=AT)
    vote = cast_vote(
        application, by=board[Party.INDUSTRY], vote=Vote.YES, declared_conflict=True, at=AT
    )

    assert vote.vote == Vote.CONFLICTED
    assert not tally(application).is_quorate


@pytest.mark.django_db
def test_with_one_conflicted_the_other_two_decide(board: Board):
    application = ApplicationFactory.create()
    cast_vote(application, by=board[Party.INDUSTRY], vote="", declared_conflict=True, at=AT)
    for party in (Party.WORKERS, Party.PUBLIC):
        cast_vote(application, by=board[party], vote=Vote.YES, at=AT)

    assert decide(application, amount_nok=100_000, at=AT) is not None


@pytest.mark.django_db
def test_with_two_conflicted_there_is_no_quorum_until_a_deputy_votes(board: Board):
    application = ApplicationFactory.create()
    for party in (Party.INDUSTRY, Party.WORKERS):
        cast_vote(application, by=board[party], vote="", declared_conflict=True, at=AT)
    cast_vote(application, by=board[Party.PUBLIC], vote=Vote.YES, at=AT)
    with pytest.raises(QuorumError):
        decide(application, amount_nok=1, at=AT)

    deputy = BoardMemberFactory.create(party=Party.WORKERS, is_deputy=True).user
    cast_vote(application, by=deputy, vote=Vote.YES, at=AT)

    assert decide(application, amount_nok=1, at=AT) is not None


@pytest.mark.django_db
def test_nobody_votes_twice_and_no_party_does(board: Board):
    application = ApplicationFactory.create()
    cast_vote(application, by=board[Party.INDUSTRY], vote=Vote.YES, at=AT)
    deputy = BoardMemberFactory.create(party=Party.INDUSTRY, is_deputy=True).user

    for user in (board[Party.INDUSTRY], deputy):
        with pytest.raises(GrantError):
            cast_vote(application, by=user, vote=Vote.YES, at=AT)


@pytest.mark.django_db
def test_only_the_board_votes(resident: User):
    with pytest.raises(GrantError):
        cast_vote(ApplicationFactory.create(), by=resident, vote=Vote.YES, at=AT)


@pytest.mark.django_db
@pytest.mark.parametrize("amount", [0, -1, 100_001])
def test_an_award_is_at_most_what_was_applied_for(board: Board, amount: int):
    application = ApplicationFactory.create()
    vote_all(application, board, "ja", "ja", "ja")

    with pytest.raises(GrantError):
        decide(application, amount_nok=amount, at=AT)


@pytest.mark.django_db
def test_what_is_decided_stays_decided(board: Board):
    application = ApplicationFactory.create()
    vote_all(application, board, "ja", "ja", "ja")
    decide(application, amount_nok=1, at=AT)

    with pytest.raises(GrantError):
        decide(application, amount_nok=1, at=AT)
    with pytest.raises(GrantError):
        withdraw_application(application, at=AT)
    assert Delivery.objects.filter(kind=MailKind.GRANT_DECIDED).count() == 1


@pytest.mark.django_db
def test_the_database_itself_refuses_what_the_rules_forbid(board: Board):
    application = ApplicationFactory.create()
    refused = [
        lambda: GrantRound.objects.update(granted_nok=1_000_001),
        lambda: Award.objects.create(
            application=application, applied_nok=100_000, amount_nok=100_001, awarded_at=AT
        ),
        lambda: Application.objects.update(orgnr="310000010"),
        lambda: GrantVote.objects.create(
            application=application,
            party=Party.PUBLIC,
            voter=board[Party.PUBLIC],
            vote=Vote.YES,
            declared_conflict=True,
            cast_at=AT,
        ),
    ]
    for write in refused:
        with pytest.raises(IntegrityError), transaction.atomic():
            write()


@pytest.fixture
def _hints_to_the_broker() -> Iterator[None]:
    """Commits are real here, and so are the hints to the mail workers."""
    celery_app.conf.task_always_eager = False
    yield
    celery_app.conf.task_always_eager = True


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_hints_to_the_broker")
def test_parallel_decisions_never_exceed_the_frame():
    grant_round = GrantRoundFactory.create(frame_nok=1_000_000)
    board = [BoardMemberFactory.create(party=party).user for party in Party.values]
    applications = ApplicationFactory.create_batch(
        12, grant_round=grant_round, amount_nok=150_000, state=ApplicationState.REVIEW
    )
    for application in applications:
        for user in board:
            cast_vote(application, by=user, vote=Vote.YES, at=AT)
    start = threading.Barrier(len(applications))
    refused: list[Exception] = []

    def decide_one(application: Application) -> None:
        start.wait()
        try:
            decide(application, amount_nok=150_000, at=AT)
        except FrameExceededError as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=decide_one, args=[one]) for one in applications]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    grant_round.refresh_from_db()
    assert Award.objects.count() == 6
    assert len(refused) == 6
    assert grant_round.granted_nok == sum(award.amount_nok for award in Award.objects.all())
    assert grant_round.granted_nok == 900_000


@pytest.mark.django_db
def test_an_account_that_the_protocol_names_is_kept_and_says_so(client: Client, board: Board):
    member = board[Party.INDUSTRY]
    cast_vote(ApplicationFactory.create(), by=member, vote=Vote.YES, at=AT)
    seat = SeatFactory.create(delegate=member, delegate_name="Mona Medlem")
    client.force_login(member, backend="allauth.account.auth_backends.AuthenticationBackend")

    response = client.post(reverse("companies:account_erase"), {"email": member.email})

    assert response.status_code == 200
    assert "Kontoen er ikke slettet" in response.content.decode()
    assert User.objects.filter(pk=member.pk).exists()
    seat.refresh_from_db()
    assert (seat.delegate, seat.delegate_name) == (member, "Mona Medlem")
