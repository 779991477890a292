"""Say so when a week is about to pass without its post."""

import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from members.accounts.models import Role, User
from members.mailings import ledger
from members.mailings.models import Delivery
from members.posts import notices
from members.posts.models import LIVE_STATES, EditorialRules, Post
from members.posts.models.rules import ONLY
from members.posts.weeks import Week, monday_of, weeks_from


@transaction.atomic
def remind_of_missing_post(*, at: datetime.datetime) -> int:
    """
    Mail those who answer for the week's post when it is neither out nor on its way, once for each week.

    Not in quiet weeks, nor in weeks with most days off, nor before the hours that are set. Returns how
    many mails were written.
    """
    EditorialRules.objects.get_or_create(pk=ONLY)
    # Two beats at once wait here for each other: the second finds what the first wrote.
    current = EditorialRules.objects.select_for_update().get()
    week = weeks_from(monday_of(at), 1, rules=current)[0]
    due = week.publication - datetime.timedelta(hours=current.alarm_hours_before)
    if week.quiet_why or at < due:
        return 0
    posts = Post.objects.filter(year=week.year, week=week.number)
    if posts.filter(state__in=LIVE_STATES).exists() or _told(week):
        return 0
    people = ("author", "responsible", "stand_in")
    begun = posts.select_related(*people).order_by("-updated_at", "-pk").first()
    messages = [_message(week, begun, person) for person in _those_to_tell(begun)]
    return len(ledger.enqueue_many(messages, at=at))


def _subject(week: Week) -> str:
    return f"post-missing-{week.year}-{week.number:02}"


def _told(week: Week) -> bool:
    found = Delivery.objects.filter(kind=ledger.MailKind.POST_NOTICE, subject=_subject(week))
    return found.exists()


def _those_to_tell(begun: Post | None) -> list[User]:
    """Return the responsible and the stand-in; where there is neither, every editor."""
    named = notices.able([begun.responsible, begun.stand_in]) if begun else []
    return named or notices.able(User.objects.filter(groups__name=Role.EDITOR).order_by("pk"))


def _message(week: Week, begun: Post | None, person: User) -> ledger.Message:
    title = _("Uka oppsummert mangler for uke %(week)s") % {"week": week.number}
    if begun is None:
        lines = [_("Ingen har begynt på posten for denne uka.")]
        add = urlencode({"year": week.year, "week": week.number})
        url = f"{reverse('admin:posts_post_add')}?{add}"
    else:
        words = {"title": begun.title, "state": begun.get_state_display().lower()}
        lines = [_("«%(title)s» er begynt på, og står som %(state)s.") % words]
        url = reverse("admin:posts_post_edit", args=[begun.pk])
    lines.append(
        _("Leserne venter den til helgen. Skal uka være uten post, trenger du ikke gjøre noe.")
    )
    return notices.message(None, _subject(week), title, lines, person, url=url)
