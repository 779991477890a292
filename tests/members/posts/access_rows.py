import datetime

from django.utils import timezone

from members.posts import publishing, reviewing
from members.posts.models import PostState, ReviewLink
from tests.access_table import Row
from tests.members.accounts.factories import UserFactory
from tests.members.companies.factories import CompanyFactory, ForumFactory, MembershipFactory
from tests.members.posts.factories import NOW, PostFactory, PostItemFactory
from vekst.links import make_token

ADDRESS: dict[str, object] = {"year": 2026, "week": 9}


def published() -> dict[str, object]:
    PostFactory.create(published=True, week=9)
    return ADDRESS


def year_of_a_post() -> dict[str, object]:
    PostFactory.create(published=True)
    return {"year": 2026}


def draft() -> dict[str, object]:
    PostFactory.create(week=9)
    return ADDRESS


def scheduled() -> dict[str, object]:
    PostFactory.create(week=9, state=PostState.SCHEDULED, publish_at=NOW)
    return ADDRESS


def withdrawn() -> dict[str, object]:
    post = PostFactory.create(published=True, week=9)
    PostItemFactory.create(post=post)
    publishing.withdraw(post=post, text="Feil uke.", at=NOW, by=UserFactory.create())
    return ADDRESS


def review_link() -> ReviewLink:
    return ReviewLink.objects.create(
        post=PostFactory.create(week=9),
        name="Kari",
        email="kari@example.no",
        made_at=timezone.now(),
        expires_at=timezone.now() + datetime.timedelta(days=1),
    )


def opened() -> dict[str, object]:
    return {"token": make_token(reviewing.PURPOSE, review_link().pk)}


def called_back() -> dict[str, object]:
    link = review_link()
    reviewing.withdraw(link=link, at=timezone.now())
    return {"token": make_token(reviewing.PURPOSE, link.pk)}


def forged() -> dict[str, object]:
    return {"token": make_token("something-else", review_link().pk)}


ROWS: list[Row] = [
    Row("posts:post_list"),
    Row("posts:feed"),
    Row("posts:json_feed"),
    Row("posts:year_archive", year_of_a_post),
    Row("posts:year_archive", {"year": 2019}, anonymous=404, query="?without-posts"),
    Row("posts:topic_archive", {"topic": "bolig"}),
    Row("posts:topic_archive", {"topic": "hytteliv"}, anonymous=404, query="?unknown"),
    Row("posts:topic_feed", {"topic": "bolig"}),
    Row("posts:topic_json_feed", {"topic": "bolig"}),
    Row("posts:company_archive", lambda: {"slug": MembershipFactory.create().company.slug}),
    # Only members have a page, and with it an archive.
    Row(
        "posts:company_archive",
        lambda: {"slug": CompanyFactory.create(member=False).slug},
        anonymous=404,
        query="?no-member",
    ),
    Row("posts:forum_archive", lambda: {"slug": ForumFactory.create().slug}),
    Row(
        "posts:forum_archive",
        lambda: {"slug": ForumFactory.create(ended_at=NOW).slug},
        anonymous=404,
        query="?ended",
    ),
    Row("posts:post_detail", published),
    Row("posts:share_picture", published),
    Row("posts:share_picture", draft, anonymous=404, query="?draft"),
    # Nobody reads a draft at its address, editors neither: they preview it in the admin.
    Row("posts:post_detail", draft, anonymous=404, query="?draft"),
    Row("posts:post_detail", scheduled, anonymous=404, query="?scheduled"),
    Row("posts:post_detail", withdrawn, anonymous=410, query="?withdrawn"),
    # Whoever holds the link may read; nobody else, whatever their role.
    Row("posts:review", opened),
    Row("posts:review", called_back, anonymous=410, query="?called-back"),
    Row("posts:review", forged, anonymous=404, query="?forged"),
]
