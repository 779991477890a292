import datetime

import pytest
from django.db import IntegrityError

from members.accounts.models import User
from members.mailings import editions, newsletters, recipients, sending, subscribing
from members.mailings.models import (
    Audience,
    Consent,
    Delivery,
    Frequency,
    Newsletter,
    NewsletterState,
    Topic,
)
from members.mailings.newsletter_lint import ProblemsError
from tests.members.mailings.factories import (
    NOW,
    ConsentFactory,
    NewsletterFactory,
    SubscriberFactory,
)
from tests.members.mailings.smtp_sink import Sink

pytestmark = pytest.mark.django_db

HOUR = datetime.timedelta(hours=1)


def reader(name: str, **choices: object) -> Consent:
    return ConsentFactory.create(
        subscriber=SubscriberFactory.create(email=f"{name}@example.no", **choices)
    )


def start(newsletter: Newsletter, *, at: datetime.datetime = NOW) -> set[str]:
    """Send it and return who got it."""
    newsletter.refresh_from_db()
    expected = newsletters.count_recipients(newsletter, at=at)
    newsletter = newsletters.start(newsletter=newsletter, at=at, by=None)
    assert newsletter.recipient_count == expected
    return got(newsletter)


def got(newsletter: Newsletter) -> set[str]:
    rows = Delivery.objects.filter(subject=newsletter.occasion)
    return {email.partition("@")[0] for email in rows.values_list("recipient", flat=True)}


def schedule(newsletter: Newsletter, by: User, *, after: datetime.timedelta = HOUR) -> None:
    newsletters.schedule(newsletter=newsletter, for_time=NOW + after, at=NOW, by=by)


def test_a_newsletter_for_audiences_goes_to_those_who_chose_one_of_them_and_the_topic():
    reader("woman", audiences=[Audience.WOMEN])
    reader("both", audiences=[Audience.WOMEN, Audience.STUDENTS])
    reader("young", audiences=[Audience.YOUNG])
    reader("nobody")
    ConsentFactory.create(topic=Topic.HOMES, subscriber__audiences=[Audience.WOMEN])

    aimed = NewsletterFactory.create(audiences=[Audience.WOMEN, Audience.STUDENTS])

    assert start(aimed) == {"woman", "both"}
    assert start(NewsletterFactory.create()) == {"woman", "both", "young", "nobody"}


def test_those_who_gather_their_mail_get_no_single_newsletter():
    reader("each")
    reader("weekly", frequency=Frequency.WEEKLY)
    reader("monthly", frequency=Frequency.MONTHLY)

    assert start(NewsletterFactory.create()) == {"each"}


def test_without_an_edition_of_their_own_all_get_the_letter(editor: User):
    reader("kari")
    reader("john", language="en")
    newsletter = NewsletterFactory.create()
    # A draft is no promise.
    editions.make_edition(newsletter=newsletter, language="en", at=NOW, by=editor)

    assert start(newsletter) == {"kari", "john"}


@pytest.mark.parametrize("first", ["original", "edition"])
def test_each_reader_gets_the_edition_in_their_language_once(first: str, editor: User):
    reader("kari")
    reader("john", language="en")
    original = NewsletterFactory.create()
    edition = editions.make_edition(newsletter=original, language="en", at=NOW, by=editor)
    schedule(edition, editor)

    if first == "original":
        assert start(original) == {"kari"}
        assert start(edition) == {"john"}
    else:
        assert start(edition) == {"john"}
        assert start(original) == {"kari"}


def test_an_edition_that_comes_later_goes_to_nobody_who_has_the_letter(editor: User):
    reader("john", language="en")
    original = NewsletterFactory.create()
    assert start(original) == {"john"}
    reader("jane", language="en")

    edition = editions.make_edition(newsletter=original, language="en", at=NOW, by=editor)

    assert start(edition) == {"jane"}


def test_nobody_is_left_without_when_the_edition_is_stopped(sink: Sink, editor: User):
    reader("kari")
    reader("john", language="en")
    original = NewsletterFactory.create()
    edition = editions.make_edition(newsletter=original, language="en", at=NOW, by=editor)
    schedule(edition, editor)
    start(original)
    sending.send_due(clock=lambda: NOW)
    # Not closed: john still waits for his edition.
    assert newsletters.finish_sent(at=NOW) == 0

    newsletters.cancel(newsletter=edition, at=NOW, by=editor)
    reader("late", language="en")
    Consent.objects.filter(subscriber__email="late@example.no").update(given_at=NOW + HOUR)
    assert newsletters.finish_sent(at=NOW + HOUR) == 0
    sending.send_due(clock=lambda: NOW + HOUR)
    assert newsletters.finish_sent(at=NOW + 2 * HOUR) == 1

    assert got(original) == {"kari", "john"}
    original.refresh_from_db()
    assert original.recipient_count == 2
    assert original.state == NewsletterState.SENT
    assert len(sink.received) == 2


def test_there_is_one_edition_for_each_language(editor: User):
    original = NewsletterFactory.create()
    edition = editions.make_edition(newsletter=original, language="en", at=NOW, by=editor)

    for newsletter, language in ((original, "en"), (edition, "en"), (original, "nb")):
        with pytest.raises(editions.EditionExistsError):
            editions.make_edition(newsletter=newsletter, language=language, at=NOW, by=editor)
    with pytest.raises(IntegrityError):
        NewsletterFactory.create(edition_of=original, language="en")


def test_an_edition_takes_the_content_and_whom_it_is_for_with_it(editor: User):
    original = NewsletterFactory.create(topic=Topic.JOBS, audiences=[Audience.YOUNG])
    original.parts.create(position=0, kind="text", text="<p>Hei</p>")

    edition = editions.make_edition(newsletter=original, language="en", at=NOW, by=editor)

    assert (edition.topic, edition.audiences) == (Topic.JOBS, [Audience.YOUNG])
    assert edition.blocks == original.blocks
    assert edition.parts.get().text == "<p>Hei</p>"
    assert original.parts.count() == 1


def test_somebody_who_leaves_is_not_written_to_when_the_edition_is_stopped(editor: User):
    john = reader("john", language="en").subscriber
    original = NewsletterFactory.create()
    edition = editions.make_edition(newsletter=original, language="en", at=NOW, by=editor)
    schedule(edition, editor)
    start(original)
    subscribing.withdraw(subscriber=john, source="x", at=NOW)
    newsletters.cancel(newsletter=edition, at=NOW, by=editor)

    assert newsletters.finish_sent(at=NOW) == 1
    assert not Delivery.objects.exists()


def test_who_gets_it_costs_the_same_with_more_readers_and_editions(
    editor: User, django_assert_num_queries
):
    ConsentFactory.create_batch(5)
    newsletter = NewsletterFactory.create(audiences=[])
    editions.make_edition(newsletter=newsletter, language="en", at=NOW, by=editor)

    with django_assert_num_queries(2):
        assert recipients.count(newsletter, at=NOW) == 5


def problem_codes(newsletter: Newsletter) -> set[str]:
    newsletter.refresh_from_db()
    return {problem.code for problem in newsletters.problems(newsletter)}


def test_an_edition_that_is_not_translated_or_comes_too_late_is_pointed_out(editor: User):
    original = NewsletterFactory.create(title="Uka oppsummert")
    edition = editions.make_edition(newsletter=original, language="en", at=NOW, by=editor)
    assert problem_codes(edition) & {"not-translated", "late-edition"} == {"not-translated"}

    Newsletter.objects.filter(pk=edition.pk).update(title="The week in short")
    start(original)

    assert problem_codes(edition) & {"not-translated", "late-edition"} == {"late-edition"}
    assert not problem_codes(original) & {"not-translated", "late-edition"}


def test_an_edition_of_a_letter_that_is_gone_holds_each_part_once(editor: User):
    original = NewsletterFactory.create()
    original.parts.create(position=0, kind="text", text="<p>Hei</p>")
    start(original)

    edition = editions.make_edition(newsletter=original, language="en", at=NOW, by=editor)

    assert len(edition.blocks) == 2
    assert not edition.parts.exists()


@pytest.mark.parametrize(
    "change", [{"audiences": ["studenter"]}, {"topic": "jobb"}], ids=["audiences", "topic"]
)
def test_letter_and_edition_for_different_people_would_leave_some_with_neither(
    editor: User, change: dict[str, object]
):
    original = NewsletterFactory.create()
    edition = editions.make_edition(newsletter=original, language="en", at=NOW, by=editor)
    assert "other-readers" not in problem_codes(edition)

    Newsletter.objects.filter(pk=edition.pk).update(**change)
    assert "other-readers" in problem_codes(edition)
    with pytest.raises(ProblemsError, match="samme"):
        schedule(edition, editor)
    # A draft holds nobody back, so the letter may go.
    assert "other-readers" not in problem_codes(original)
    Newsletter.objects.filter(pk=edition.pk).update(topic=Topic.WEEKLY, audiences=[])
    schedule(edition, editor)
    Newsletter.objects.filter(pk=original.pk).update(**change)
    assert "other-readers" in problem_codes(original)

    newsletters.cancel(newsletter=edition, at=NOW, by=editor)
    assert "other-readers" not in problem_codes(original)
