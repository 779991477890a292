"""The parts of a newsletter that show what the programme's apps hold."""

import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from members.mailings.models import BlockKind, NewsletterBlock
from members.mailings.newsletter_blocks.kinds import BLOCK_KINDS
from members.mailings.newsletter_content import Block, Item
from members.posts.models import Post
from members.posts.newsletter import block_from_post
from projects.bypuls.models import Event
from projects.digital_stemme.models import Home, Vacancy
from projects.innsikt.models import Indicator
from vekst.home.newsletter import event_item


def latest_post(part: NewsletterBlock, at: datetime.datetime) -> Block:
    """Return the pieces of the post that was published last."""
    post = Post.objects.public(at=at).order_by("-published_at", "-pk").first()
    return block_from_post(post, at=at) if post else Block(_("Denne uka"))


def events(part: NewsletterBlock, at: datetime.datetime) -> Block:
    """Return the first events of the coming days."""
    until = at + datetime.timedelta(days=part.days_ahead)
    found = (
        Event.objects.public(at)
        .dated()
        .taking_place()
        .filter(starts_at__gte=at, starts_at__lt=until)
        .select_related("venue")
        .order_by("starts_at", "pk")[: part.most]
    )
    items = [event_item(event) for event in found]
    return Block(
        _("Det skjer framover"), items, _("Alle arrangementer"), reverse("bypuls:event_list")
    )


def jobs(part: NewsletterBlock, at: datetime.datetime) -> Block:
    """Return the newest vacancies."""
    found = Vacancy.objects.public(at).for_list().order_by("-published_at", "-pk")[: part.most]
    items = [Item(job.title, "", job.get_absolute_url(), job.employer_name) for job in found]
    url = reverse("digital_stemme:vacancy_list")
    return Block(_("Ledige stillinger"), items, _("Alle ledige stillinger"), url)


def homes(part: NewsletterBlock, at: datetime.datetime) -> Block:
    """Return the newest homes."""
    found = Home.objects.public(at).for_list().order_by("-published_at", "-pk")[: part.most]
    items = [
        Item(home.title, "", home.get_absolute_url(), home.get_dwelling_display()) for home in found
    ]
    return Block(_("Boliger"), items, _("Alle boliger"), reverse("digital_stemme:home_list"))


def indicator_of_the_week(part: NewsletterBlock, at: datetime.datetime) -> Block:
    """Return one indicator with a conclusion; each week, from Monday, it is the next one's turn."""
    found = Indicator.objects.public(at=at).exclude(conclusion="").order_by("pk")
    count = found.count()
    if not count:
        return Block(_("Ukas tall"))
    # Day 1 of the calendar was a Monday.
    week = (timezone.localdate(at).toordinal() - 1) // 7
    indicator = found[week % count]
    item = Item(
        indicator.question, indicator.conclusion, indicator.get_absolute_url(), indicator.title
    )
    return Block(_("Ukas tall"), [item], _("Alle tallene"), reverse("innsikt:indicator_list"))


def register() -> None:
    """Tell the newsletter what each kind of part shows."""
    BLOCK_KINDS.update(
        {
            BlockKind.POST: latest_post,
            BlockKind.EVENTS: events,
            BlockKind.JOBS: jobs,
            BlockKind.HOMES: homes,
            BlockKind.INDICATOR: indicator_of_the_week,
        }
    )
