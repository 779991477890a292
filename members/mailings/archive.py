"""The newsletters that have been sent, by year and topic."""

import datetime
import re
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Count
from django.db.models.functions import ExtractYear
from django.urls import reverse
from django.utils import timezone

from members.mailings.models import Newsletter, Topic
from members.mailings.models.newsletter import NewsletterQuerySet


@dataclass(frozen=True)
class Choice:
    """What a reader of the archive wants to see; 0 and empty are everything."""

    year: int = 0
    topic: str = ""

    @property
    def query(self) -> dict[str, str]:
        """The choice as it stands in an address."""
        chosen = {"ar": str(self.year or ""), "tema": self.topic}
        return {name: value for name, value in chosen.items() if value}

    @property
    def url(self) -> str:
        address = reverse("mailings:archive")
        return f"{address}?{urlencode(self.query)}" if self.query else address


@dataclass(frozen=True)
class Way:
    """A way into the archive, and how many newsletters lie behind it."""

    label: str
    url: str
    number: int
    is_current: bool


def read_choice(year: str, topic: str) -> Choice:
    """Return what an address asks for; what is no year or topic is no choice."""
    is_year = re.fullmatch(r"(?:19|20|21)[0-9]{2}", year)
    return Choice(int(year) if is_year else 0, topic if topic in Topic.values else "")


def year_ways(choice: Choice) -> list[Way]:
    """Return the years with newsletters on the chosen topic, the newest first. One query."""
    year = ExtractYear("sent_at", tzinfo=timezone.get_current_timezone())
    rows = letters(Choice(topic=choice.topic)).order_by().annotate(year=year).values_list("year")
    return [
        Way(str(year), Choice(year, choice.topic).url, number, year == choice.year)
        for year, number in sorted(rows.annotate(Count("pk")), reverse=True)
    ]


def topic_ways(choice: Choice) -> list[Way]:
    """Return the topics with newsletters in the chosen year, in the order of the topics. One query."""
    rows = letters(Choice(year=choice.year)).order_by().values_list("topic")
    numbers = dict(rows.annotate(Count("pk")))
    return [
        Way(
            str(topic.label),
            Choice(choice.year, topic.value).url,
            numbers[topic.value],
            topic.value == choice.topic,
        )
        for topic in Topic
        if topic.value in numbers
    ]


def letters(choice: Choice) -> NewsletterQuerySet:
    """Return the chosen newsletters, without what they hold."""
    found = Newsletter.objects.public().defer("blocks")
    if choice.year:
        begins, ends = _new_year(choice.year), _new_year(choice.year + 1)
        found = found.filter(sent_at__gte=begins, sent_at__lt=ends)
    return found.filter(topic=choice.topic) if choice.topic else found


def around(newsletter: Newsletter) -> tuple[Newsletter | None, Newsletter | None]:
    """Return the newsletter on the same topic after this one, and the one before. Two queries at most."""
    same = letters(Choice(topic=newsletter.topic)).exclude(pk=newsletter.pk)
    sent_at = newsletter.sent_at
    if sent_at is None:
        return None, same.order_by("-sent_at", "-pk").first()
    newer = same.filter(sent_at__gte=sent_at).order_by("sent_at", "pk").first()
    older = same.filter(sent_at__lt=sent_at).order_by("-sent_at", "-pk").first()
    return newer, older


def _new_year(year: int) -> datetime.datetime:
    return timezone.make_aware(
        datetime.datetime.combine(datetime.date(year, 1, 1), datetime.time())
    )
