"""The link to a draft: read, commented and said yes to by somebody without an account."""

import datetime
import re
import uuid

import pytest
import time_machine
from django.test import Client

from members.accounts.models import User
from members.mailings.models import Delivery
from members.posts import publishing, reviewing
from members.posts.editing import comments, pieces
from members.posts.models import Post, PostComment, PostMove, PostState, PostVersion, ReviewLink
from members.posts.retention import remove_old_review_links
from tests.members.posts.factories import NOW, PhotoFactory, PostFactory, PostItemFactory

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture
def post(editor: User) -> Post:
    post = PostFactory.create(week=11, author=editor, title="Lys i vinduene")
    PostItemFactory.create(post=post, heading="Kveldsåpent")
    return post


def invite(post: Post, by: User, email: str = "kari@example.no") -> ReviewLink:
    return reviewing.invite(
        post=post, name="Kari Nes", email=email, message="Stemmer det?", days=7, at=NOW, by=by
    )


@pytest.fixture
def link(post: Post, editor: User) -> ReviewLink:
    return invite(post, editor)


@pytest.fixture(autouse=True)
def _a_moment_later():
    with time_machine.travel(NOW + DAY, tick=False):
        yield


def rows() -> list[int]:
    return [model.objects.count() for model in (PostComment, PostVersion, PostMove, Delivery)]


def test_the_link_in_the_mail_opens_the_draft(client: Client, post: Post, link: ReviewLink):
    mail = Delivery.objects.get(recipient="kari@example.no")
    assert "Stemmer det?" in mail.body.text
    address = re.search(r"https?://[^/]+(/uka-oppsummert/gjennomlesing/\S+)", mail.body.text)
    assert address
    before = rows()

    for _visit in range(2):
        response = client.get(address[1])

    assert response.status_code == 200
    page = response.content.decode()
    assert "Kveldsåpent" in page
    assert '<meta name="robots" content="noindex, nofollow">' in page
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Referrer-Policy"] == "same-origin"
    assert "no-store" in response["Cache-Control"]
    assert rows() == before
    assert client.get(post.get_absolute_url()).status_code == 404


def test_a_comment_stands_beside_those_of_the_editors(client: Client, post: Post, link: ReviewLink):
    item = post.items.get()
    data = {
        "comment": "1",
        "item": item.pk,
        "text": "Det var onsdag.",
        "form_token": str(uuid.uuid4()),
    }
    for _press in range(2):
        response = client.post(reviewing.path_of(link), data)
    assert response["Location"].endswith("?takk=kommentar")

    comment = PostComment.objects.get()
    assert (comment.item, comment.by, comment.writer) == (item, None, "Kari Nes (uten konto)")
    comments.mail_new(at=NOW + 2 * DAY)
    told = Delivery.objects.exclude(recipient="kari@example.no").get()
    assert "Kari Nes (uten konto) om «Kveldsåpent»:" in told.body.text
    page = client.get(response["Location"]).content.decode()
    assert "Det var onsdag." in page
    assert "Redaksjonen har fått kommentaren din." in page


def test_the_editors_own_talk_is_not_shown(client: Client, post: Post, link: ReviewLink, editor):
    comments.write(post=post, text="Bare oss imellom.", at=NOW, by=editor)

    assert "Bare oss imellom." not in client.get(reviewing.path_of(link)).content.decode()


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001], ids=["empty", "blank", "long"])
def test_a_comment_that_is_none_gets_a_message_and_keeps_what_was_typed(
    client: Client, link: ReviewLink, text: str
):
    for _try in range(2):
        response = client.post(reviewing.path_of(link), {"comment": "1", "text": text})
        assert response.status_code == 200
        assert response.context["form"].errors["text"]
    assert text.strip() in response.content.decode()
    assert not PostComment.objects.exists()


def test_a_comment_on_a_piece_of_another_post_is_refused(client: Client, link: ReviewLink):
    other = PostItemFactory.create(heading="En annen post")

    response = client.post(
        reviewing.path_of(link), {"comment": "1", "text": "Hei", "item": other.pk}
    )

    assert "Velg en av delene i denne posten." in response.content.decode()
    assert "En annen post" not in response.content.decode()
    assert not PostComment.objects.exists()


def test_a_yes_is_advice_and_is_told_once(client: Client, post: Post, link: ReviewLink, editor):
    for _press in range(2):
        client.post(reviewing.path_of(link), {"approve": "1"})

    post.refresh_from_db()
    assert post.state == PostState.DRAFT
    assert not PostMove.objects.exists()
    told = Delivery.objects.get(recipient=editor.email)
    assert "Kari Nes godkjenner" in told.body.title
    version = PostVersion.objects.get()
    assert "Kari" not in version.name
    assert (
        "Du godkjente posten fra din side" in client.get(reviewing.path_of(link)).content.decode()
    )


def test_a_yes_to_other_words_is_asked_for_again(
    client: Client, post: Post, link: ReviewLink, editor: User
):
    reviewing.approve(link=link, at=NOW)
    fields = {"title": "Mørke vinduer", "intro": post.intro}
    seen = pieces.Seen(version=post.version, was_public=False)
    pieces.change_head(post=post, fields=fields, seen=seen, at=NOW, by=editor)

    page = client.get(reviewing.path_of(link)).content.decode()
    assert "Posten er endret siden du godkjente den." in page
    post.refresh_from_db()
    [state] = reviewing.links_of(post, at=NOW)
    assert state.is_yes_stale


def test_a_yes_to_words_that_were_not_on_the_page_is_no_yes(
    client: Client, post: Post, link: ReviewLink, editor: User
):
    address = reviewing.path_of(link)
    seen = client.get(address).context["seen"]
    fields = {"title": "Mørke vinduer", "intro": post.intro}
    head = pieces.Seen(version=post.version, was_public=False)
    pieces.change_head(post=post, fields=fields, seen=head, at=NOW, by=editor)

    refused = client.post(address, {"approve": "1", "seen": seen})

    assert "endret siden du åpnet siden" in refused.content.decode()
    link.refresh_from_db()
    assert link.approved_at is None
    again = refused.context["seen"]
    assert client.post(address, {"approve": "1", "seen": again}).status_code == 302


@pytest.mark.parametrize(
    ("close", "status", "text"),
    [
        (lambda link: reviewing.withdraw(link=link, at=NOW), 410, "kalt lenken tilbake"),
        (
            lambda link: ReviewLink.objects.update(expires_at=NOW + DAY / 2),
            410,
            "den tiden er over",
        ),
        (
            lambda link: publishing.publish(post=link.post, at=NOW, by=None),
            410,
            "Posten er publisert",
        ),
        (lambda link: link.delete(), 404, "Lenken er ikke hel"),
    ],
    ids=["called back", "expired", "published", "gone"],
)
def test_a_closed_link_says_why_and_takes_nothing(client: Client, link, close, status, text):
    address = reviewing.path_of(link)
    close(link)
    before = rows()

    for response in (
        client.get(address),
        client.post(address, {"comment": "1", "text": "Hei"}),
        client.post(address, {"approve": "1"}),
    ):
        assert response.status_code == status
        assert text in response.content.decode()
        assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert rows() == before


def test_a_link_to_a_post_that_was_withdrawn_stays_shut(
    client: Client, post: Post, link: ReviewLink, editor
):
    publishing.publish(post=post, at=NOW, by=editor)
    publishing.withdraw(post=post, text="Et navn sto der uten lov.", at=NOW, by=editor)

    response = client.get(reviewing.path_of(link))

    assert response.status_code == 410
    assert "Kveldsåpent" not in response.content.decode()


def test_nobody_is_invited_to_read_what_is_out(post: Post, editor: User):
    publishing.publish(post=post, at=NOW, by=editor)

    with pytest.raises(reviewing.ReviewError, match="publisert"):
        invite(post, editor)
    assert not Delivery.objects.exists()


def test_a_forged_link_opens_nothing(client: Client, post: Post, link: ReviewLink):
    address = reviewing.path_of(link)
    for forged in (address[:-4] + "AAA/", "/uka-oppsummert/gjennomlesing/1/"):
        response = client.get(forged)
        assert response.status_code == 404
        assert "Kveldsåpent" not in response.content.decode()


def test_each_link_opens_its_own_post_alone(client: Client, link: ReviewLink, editor: User):
    other = invite(PostFactory.create(week=12, title="Den andre"), editor, "per@example.no")

    page = client.get(reviewing.path_of(other)).content.decode()
    client.post(reviewing.path_of(other), {"comment": "1", "text": "Hei", "link": link.pk})

    assert "Den andre" in page
    assert "Kveldsåpent" not in page
    assert PostComment.objects.get().post == other.post


def test_a_picture_that_nobody_agreed_to_is_shown_to_no_outsider(
    client: Client, post: Post, link: ReviewLink
):
    PhotoFactory.create(post=post, alt="Folk på torget", shows_people=True)

    assert "Folk på torget" not in client.get(reviewing.path_of(link)).content.decode()


def test_no_flood_of_comments(client: Client, link: ReviewLink):
    for number in range(reviewing.MOST_COMMENTS):
        reviewing.comment(link=link, text=f"Nr. {number}", item=None, at=NOW)

    response = client.post(reviewing.path_of(link), {"comment": "1", "text": "Én til"})

    assert "Du har skrevet så mye du kan her." in response.content.decode()
    assert "Én til" in response.content.decode()
    assert PostComment.objects.count() == reviewing.MOST_COMMENTS


def test_the_same_invitation_twice_is_one_link_and_one_mail(post: Post, editor: User):
    token = uuid.uuid4()
    for _press in range(2):
        reviewing.invite(
            post=post,
            name="Per",
            email="per@example.no",
            message="",
            days=1,
            at=NOW,
            by=editor,
            form_token=token,
        )

    assert ReviewLink.objects.count() == 1
    assert Delivery.objects.count() == 1


def test_links_go_a_year_after_they_went_out(link: ReviewLink):
    after = link.expires_at + 366 * DAY
    reviewing.comment(link=link, text="Fint.", item=None, at=NOW)

    assert remove_old_review_links(link.expires_at, dry_run=False) == 0
    assert remove_old_review_links(after, dry_run=True) == 1
    assert remove_old_review_links(after, dry_run=False) == 1
    assert PostComment.objects.get().writer == "–"


def test_the_draft_reads_in_english(client: Client, link: ReviewLink):
    page = client.get("/en" + reviewing.path_of(link)).content.decode()

    assert 'lang="en"' in page
    assert "Approved on my part" in page
