from members.posts.models import PostState
from tests.access_table import Row
from tests.members.posts.factories import NOW, PostFactory

ADDRESS: dict[str, object] = {"year": 2026, "week": 9}


def published() -> dict[str, object]:
    PostFactory.create(published=True, week=9)
    return ADDRESS


def draft() -> dict[str, object]:
    PostFactory.create(week=9)
    return ADDRESS


def scheduled() -> dict[str, object]:
    PostFactory.create(week=9, state=PostState.SCHEDULED, publish_at=NOW)
    return ADDRESS


ROWS: list[Row] = [
    Row("posts:post_list"),
    Row("posts:feed"),
    Row("posts:post_detail", published),
    # Nobody reads a draft at its address, editors neither: they preview it in the admin.
    Row("posts:post_detail", draft, anonymous=404, query="?draft"),
    Row("posts:post_detail", scheduled, anonymous=404, query="?scheduled"),
]
