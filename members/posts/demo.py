"""Six weeks of "Uka oppsummert" and those that are on their way, told as examples."""

import datetime
import json
import zoneinfo
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from members.companies.models import Company, Forum
from members.mailings import demo as mailings_demo
from members.mailings.models import Topic
from members.posts import demo_workflow
from members.posts.demo_photos import put_landscape_in, put_people_in
from members.posts.models import Post, PostItem, PostState
from members.posts.newsletter import block_from_post
from members.posts.portal_links import leads_somewhere

CONTENT = Path(__file__).with_name("demo_content.json")
FRIDAY, HOUR = 5, 14
# What a piece is about, by the page that it leads to.
TOPICS = {
    "/arrangementer/": Topic.EVENTS,
    "/bolig/": Topic.HOMES,
    "/jobb/": Topic.JOBS,
    "/kompetanse": Topic.STUDIES,
    "/samferdsel/": Topic.TRANSPORT,
    "/steder/": Topic.TOWN_LIFE,
    "/studier/": Topic.STUDIES,
    "/ung/": Topic.YOUNG,
}


@transaction.atomic
def load(*, at: datetime.datetime) -> None:
    """Write a post for this week and each of the six before; one that is there stays as it is."""
    content: list[dict[str, Any]] = json.loads(CONTENT.read_text(encoding="utf-8"))
    this_week = at.astimezone(_zone()).date()
    latest: Post | None = None
    for age, raw in enumerate(content):
        day = this_week - datetime.timedelta(weeks=age)
        year, week, _weekday = day.isocalendar()
        if Post.objects.filter(year=year, week=week).exists():
            continue
        friday = datetime.date.fromisocalendar(year, week, FRIDAY)
        published_at = datetime.datetime.combine(friday, datetime.time(HOUR), _zone())
        is_out = published_at <= at
        post = Post.objects.create(
            year=year,
            week=week,
            title=raw["title"],
            intro=raw["intro"],
            state=PostState.PUBLISHED if is_out else PostState.SCHEDULED,
            publish_at=published_at,
            published_at=published_at if is_out else None,
        )
        _write_pieces(post, raw, seed=age + 1, at=at)
        if is_out and latest is None:
            latest = post
            put_people_in(post.items.order_by("-position", "-pk")[0], at=at)
    if latest is not None and latest.published_at is not None:
        mailings_demo.load_sent_newsletter(
            title=latest.title,
            intro=latest.intro,
            blocks=[block_from_post(latest, at=latest.published_at)],
            source_url=latest.get_absolute_url(),
            sent_at=latest.published_at + datetime.timedelta(minutes=30),
        )
    demo_workflow.load(at=at)


def _write_pieces(post: Post, raw: dict[str, Any], *, seed: int, at: datetime.datetime) -> None:
    palette, alt = raw["picture"]
    for position, row in enumerate(raw["items"]):
        weekday, heading, body, label, path, forum, *company = row
        has_link = leads_somewhere(path)
        PostItem.objects.create(
            post=post,
            position=position,
            weekday=weekday,
            heading=heading,
            body=body,
            link_label=label if has_link else "",
            link_path=path if has_link else "",
            forum=Forum.objects.filter(slug__contains=forum).order_by("pk").first()
            if forum
            else None,
            company=Company.objects.filter(slug__in=company).order_by("pk").first(),
            topic=next((topic for start, topic in TOPICS.items() if path.startswith(start)), ""),
        )
    put_landscape_in(post, palette=palette, alt=alt, seed=seed * 11, at=at)


def _zone() -> zoneinfo.ZoneInfo:
    return zoneinfo.ZoneInfo(settings.TIME_ZONE)
