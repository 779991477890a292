import datetime
import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from members.accounts.models import User
from members.mailings import newsletters
from members.mailings.models import Delivery, MailKind, Newsletter
from members.mailings.newsletter_content import from_json
from members.mailings.newsletter_lint import ProblemsError
from members.posts import publishing
from members.posts.models import Post, PostState
from members.posts.newsletter import block_from_post, newsletter_from_post
from members.posts.pictures import consents
from members.posts.tasks import publish_due_posts
from tests.members.mailings.factories import ConsentFactory, SubscriberFactory
from tests.members.posts.factories import NOW, PhotoFactory, PostFactory, PostItemFactory

pytestmark = pytest.mark.django_db

HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def post() -> Post:
    post = PostFactory.create(week=11)
    PostItemFactory.create(post=post)
    return post


def texts(post: Post) -> str:
    return " | ".join(p.text for p in publishing.problems_of(post) if p.is_blocking)


def test_beat_publishes_on_time_and_once(post: Post, editor: User):
    publishing.schedule(post=post, for_time=NOW + HOUR, at=NOW, by=editor)

    assert publishing.publish_due(at=NOW) == 0
    assert not Post.objects.public(at=NOW + 2 * HOUR).exists()
    assert publishing.publish_due(at=NOW + HOUR) == 1
    assert publishing.publish_due(at=NOW + HOUR) == 0

    post.refresh_from_db()
    assert (post.state, post.published_at) == (PostState.PUBLISHED, NOW + HOUR)
    reasons = list(post.history.order_by("pk").values_list("history_change_reason", "history_user"))
    assert reasons[1:] == [("Planlagt", editor.pk), ("Publisert", None)]


def test_a_beat_that_was_away_for_days_publishes_late(post: Post, editor: User):
    publishing.schedule(post=post, for_time=NOW + HOUR, at=NOW, by=editor)

    publish_due_posts()  # The real clock is years later.

    post.refresh_from_db()
    assert post.state == PostState.PUBLISHED


def test_a_scheduled_post_that_is_no_longer_ready_goes_back(post: Post, editor: User):
    publishing.schedule(post=post, for_time=NOW + HOUR, at=NOW, by=editor)
    PhotoFactory.create(post=post, credit="")

    assert publishing.publish_due(at=NOW + HOUR) == 0

    post.refresh_from_db()
    assert post.state == PostState.DRAFT
    assert "fotograf" in post.history.latest().history_change_reason


@pytest.mark.parametrize(
    ("photo", "expected"),
    [
        ({"credit": " "}, "fotograf"),
        ({"shows_people": True}, "samtykker"),
    ],
    ids=["credit", "consent"],
)
def test_a_picture_that_lacks_something_blocks(post: Post, editor: User, photo, expected):
    PhotoFactory.create(post=post, **photo)

    with pytest.raises(publishing.NotReadyError) as error:
        publishing.publish(post=post, at=NOW, by=editor)
    assert expected in str(error.value)
    post.refresh_from_db()
    assert post.state == PostState.DRAFT


def test_a_picture_is_ready_when_those_in_it_agreed(post: Post, editor: User):
    photo = PhotoFactory.create(post=post, shows_people=True)

    consents.record(
        picture_id=photo.picture_id, people=["Kari Nord"], given_on=NOW.date(), at=NOW, by=editor
    )

    assert publishing.publish(post=post, at=NOW, by=editor).state == PostState.PUBLISHED


def test_a_picture_without_alt_text_is_refused_by_the_database(post: Post):
    with pytest.raises(IntegrityError), transaction.atomic():
        PhotoFactory.create(post=post, alt="")


def test_a_post_without_pieces_is_not_published(editor: User):
    with pytest.raises(publishing.NotReadyError):
        publishing.publish(post=PostFactory.create(), at=NOW, by=editor)


def test_week_53_of_a_short_year_is_refused(post: Post):
    Post.objects.filter(pk=post.pk).update(year=2025, week=53)
    post.refresh_from_db()

    assert "2025 har ingen uke 53" in texts(post)
    Post.objects.filter(pk=post.pk).update(year=2026)
    post.refresh_from_db()
    assert texts(post) == ""


def test_one_post_a_week(post: Post, editor: User):
    PostFactory.create(published=True, week=11)

    assert "denne uka" in texts(post)
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.filter(pk=post.pk).update(state=PostState.PUBLISHED, published_at=NOW)


def test_a_dead_link_blocks(post: Post):
    PostItemFactory.create(post=post, body='<p><a href="/finnes/ikke/">mer</a></p>')

    assert "/finnes/ikke/" in texts(post)


@pytest.mark.parametrize(
    "path",
    ["//evil.example/", "https://evil.example/", "/\\evil.example", "/finnes/ikke/", "jobb/"],
)
def test_links_stay_in_the_portal(post: Post, path: str):
    item = PostItemFactory.build(post=post, link_label="Mer", link_path=path)

    with pytest.raises(ValidationError):
        item.full_clean()


@pytest.mark.parametrize("path", ["/nyhetsbrev/", "/uka-oppsummert/?ar=2026#x", "/en/nyhetsbrev/"])
def test_pages_of_the_portal_are_taken(post: Post, path: str):
    PostItemFactory.build(post=post, link_label="Mer", link_path=path).full_clean()


def test_scripts_and_styles_in_pasted_text_are_dropped(post: Post):
    item = PostItemFactory.build(
        post=post,
        body='<p style="color:red" onclick="x()">Hei<script>alert(1)</script>'
        '<a href="javascript:x()">a</a></p><o:p>Word</o:p>',
    )

    item.full_clean()

    assert item.body == '<p>Hei<a rel="noopener nofollow">a</a></p>Word'


def test_withdrawing_hides_the_page_and_keeps_the_history(post: Post, editor: User):
    publishing.publish(post=post, at=NOW, by=editor)

    publishing.withdraw(post=post, text="Feil uke.", at=NOW, by=editor)

    assert not Post.objects.public(at=NOW).exists()
    assert post.history.count() == 3


def test_the_past_is_no_schedule(post: Post, editor: User):
    with pytest.raises(publishing.WrongStateError):
        publishing.schedule(post=post, for_time=NOW, at=NOW, by=editor)


def letter_of(post: Post, editor: User) -> Newsletter:
    letter = newsletter_from_post(post=post, at=NOW, by=editor)
    subscriber = SubscriberFactory.create()
    ConsentFactory.create(subscriber=subscriber, topic=letter.topic)
    return letter


@pytest.mark.parametrize("state", ["draft", "review", "approved", "withdrawn"])
def test_what_is_not_out_or_on_its_way_is_not_mailed(post: Post, editor: User, state: str):
    letter = letter_of(post, editor)
    if state == "withdrawn":
        publishing.publish(post=post, at=NOW, by=editor)
        publishing.withdraw(post=post, text="Et navn sto der uten lov.", at=NOW, by=editor)
    else:
        Post.objects.filter(pk=post.pk).update(state=state)

    with pytest.raises(ProblemsError, match="er ikke publisert"):
        newsletters.start(newsletter=letter, at=NOW, by=editor)
    with pytest.raises(ProblemsError, match="er ikke publisert"):
        newsletters.schedule(newsletter=letter, for_time=NOW + HOUR, at=NOW, by=editor)


def test_a_post_that_is_withdrawn_takes_its_scheduled_newsletter_along(post: Post, editor: User):
    letter = letter_of(post, editor)
    publishing.publish(post=post, at=NOW, by=editor)
    newsletters.schedule(newsletter=letter, for_time=NOW + HOUR, at=NOW, by=editor)
    publishing.withdraw(post=post, text="Et navn sto der uten lov.", at=NOW, by=editor)

    assert newsletters.start_due(at=NOW + HOUR) == 0

    letter.refresh_from_db()
    assert letter.state == "missed"
    assert not Delivery.objects.filter(kind=MailKind.NEWSLETTER).exists()


def test_post_and_newsletter_are_scheduled_for_the_same_moment(post: Post, editor: User):
    letter = letter_of(post, editor)
    publishing.schedule(post=post, for_time=NOW + HOUR, at=NOW, by=editor)
    newsletters.schedule(newsletter=letter, for_time=NOW + HOUR, at=NOW, by=editor)

    assert newsletters.start_due(at=NOW + HOUR) == 1


def test_a_newsletter_is_in_bokmal_whatever_language_its_editor_reads(post: Post, editor: User):
    with translation.override("en"):
        letter = newsletter_from_post(post=post, at=NOW, by=editor)

    block = from_json(letter.blocks)[0]
    assert block.items[0].meta == "Torsdag 12. mars"
    assert (letter.source_url, block.link_url) == ("/uka-oppsummert/2026/11/",) * 2
    assert block.items[0].url.startswith("/uka-oppsummert/2026/11/#bit-")
    with translation.override("en"):
        # A part that shows the newest post is read in the language of its edition.
        assert block_from_post(post, at=NOW).items[0].meta == "Thursday 12 March"


@pytest.mark.django_db(transaction=True)
def test_of_two_posts_for_one_week_published_at_once_one_is_refused_with_words(
    post: Post, editor: User
):
    other = PostItemFactory.create(post=PostFactory.create(year=post.year, week=post.week)).post
    started, outcomes = threading.Barrier(2), []

    def publish(which: Post) -> None:
        started.wait()
        try:
            publishing.publish(post=which, at=NOW, by=editor)
            outcomes.append("out")
        except publishing.NotReadyError as error:
            outcomes.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=publish, args=(which,)) for which in (post, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes, key=len)[0] == "out"
    assert "En annen ukepost" in max(outcomes, key=len)


def test_a_post_becomes_a_newsletter(post: Post, editor: User):
    item = post.items.get()
    PhotoFactory.create(post=post, item=item)

    newsletter = newsletter_from_post(post=post, at=NOW, by=editor)

    block = from_json(newsletter.blocks)[0]
    assert (newsletter.title, newsletter.intro) == (post.title, post.intro)
    assert block.items[0].title == item.heading
    assert block.items[0].text == "Over 30 var med, og praten gikk."
    assert block.items[0].meta == "Torsdag 12. mars"
    assert block.items[0].picture_alt
    assert block.link_url == "/uka-oppsummert/2026/11/"
