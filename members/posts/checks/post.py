"""All that is looked for in one post, in reading order."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

from django.utils.translation import gettext as _

from members.posts.checks.headings import heading_findings
from members.posts.checks.links import link_findings
from members.posts.checks.pictures import picture_findings
from members.posts.checks.problems import ALWAYS_BLOCKING, Finding, Problem, blocking_codes
from members.posts.checks.readability import reading_findings
from members.posts.models import LIVE_STATES, Photo, Post, PostItem, weeks_in


def check_post(
    post: Post,
    *,
    blocking: Collection[str] | None = None,
    items: Sequence[PostItem] | None = None,
    photos: Sequence[Photo] | None = None,
) -> list[Problem]:
    """
    Return what stands between the post and its readers, the blocking ones first. Four queries at most.

    `blocking` holds the codes that block; without it, those that are set. Who has read the pieces and the
    pictures already hands them over.
    """
    codes = frozenset(blocking_codes() if blocking is None else blocking) | ALWAYS_BLOCKING
    if items is None:
        items = list(post.items.order_by("position", "pk"))
    if photos is None:
        shown = post.photos.exclude(item__dropped_at__isnull=False)
        photos = list(shown.order_by("position", "pk"))
    findings = _all_findings(post, items, photos)
    found = [
        Problem(
            code=finding.code,
            text=finding.text,
            item_id=finding.item_id,
            photo_id=finding.photo_id,
            is_blocking=finding.code in codes,
        )
        for finding in findings
    ]
    return sorted(found, key=lambda problem: not problem.is_blocking)


def problems_by_item(problems: Collection[Problem]) -> dict[int | None, list[Problem]]:
    """Return the problems by the piece that they are about; None holds those of the whole post."""
    found: dict[int | None, list[Problem]] = defaultdict(list)
    for problem in problems:
        found[problem.item_id].append(problem)
    return found


def _all_findings(
    post: Post, items: Sequence[PostItem], photos: Sequence[Photo]
) -> Iterator[Finding]:
    yield from _post_findings(post)
    if not items:
        yield Finding(code="empty", text=_("Posten har ingen biter."))
    for item in items:
        if not item.plain_body:
            text = _("«%(piece)s» har ingen tekst.") % {"piece": item.heading}
            yield Finding(code="empty", text=text, item_id=item.pk)
    yield from heading_findings(items)
    yield from link_findings(items)
    for photo in photos:
        yield from picture_findings(photo)
    yield from reading_findings(post, items)


def _post_findings(post: Post) -> Iterator[Finding]:
    if post.week > weeks_in(post.year):
        text = _("%(year)s har ingen uke %(week)s.") % {"year": post.year, "week": post.week}
        yield Finding(code="week", text=text)
    taken = Post.objects.filter(year=post.year, week=post.week, state__in=LIVE_STATES)
    if taken.exclude(pk=post.pk).exists():
        text = _("En annen ukepost er alt planlagt eller publisert for denne uka.")
        yield Finding(code="taken", text=text)
    if not post.intro.strip():
        yield Finding(code="intro", text=_("Posten mangler ingress."))
